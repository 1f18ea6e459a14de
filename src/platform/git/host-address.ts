import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { FailureCode, FailureError } from '../errors.js';
import {
  findHostEntry,
  type HostEntry,
  isInternalAddress,
  isLoopbackHost,
  isPrivateAddress,
  nameOfHost,
} from '../network/host-list.js';
import { sourceNotFound } from './host-failure.js';

/** Turns a host name into its addresses. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export const resolveHost: ResolveHost = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The addresses at which `url` may be reached; empty where its host is an address itself. Whoever connects uses these
 * and does not resolve the name again, or a second answer could differ from the one that was checked.
 *
 * @throws FailureError when the host is not on the list, cannot be resolved, or a listed name leads, with any of its
 * addresses, where it may not: `localhost` to this machine only, an entry with `=private` also into internal networks,
 * every other to public addresses only. An entry that is itself an address may be any.
 */
export async function checkedAddresses(
  url: URL,
  hosts: readonly HostEntry[],
  resolve: ResolveHost,
): Promise<readonly string[]> {
  const entry = findHostEntry(hosts, url);
  if (!entry || url.username !== '' || url.password !== '') {
    throw sourceNotFound(`The repository is at ${url.host}, which is not one of the allowed git hosts.`);
  }
  if (isIP(entry.host) !== 0) return [];
  const addresses = await resolve(entry.host).catch((cause: unknown) => {
    const message = `The name ${entry.host} could not be resolved. Check it, and the network of the machine that ibid runs on.`;
    throw new FailureError(FailureCode.NETWORK, message, true, { cause });
  });
  const bad = addresses.find((address) => !mayLeadTo(entry, address));
  if (addresses.length > 0 && bad === undefined) return addresses;
  const refusal = `The name ${entry.host} leads to an address that is not public.`;
  // The address is for operators: to whoever may name repositories, it would map the network behind the service.
  const cause = new Error(`${entry.host} leads to ${bad ?? 'no address'}`);
  throw sourceNotFound(entry.mayBePrivate || entry.host === 'localhost' ? refusal : `${refusal} ${adviceFor(entry)}`, {
    cause,
  });
}

function mayLeadTo(entry: HostEntry, address: string): boolean {
  if (entry.host === 'localhost') return isLoopbackHost(address);
  return !isPrivateAddress(address) || (entry.mayBePrivate === true && isInternalAddress(address));
}

function adviceFor(entry: HostEntry): string {
  return `If it belongs to your own network, GIT_HOSTS has to say so: ${nameOfHost(entry)}=private`;
}
