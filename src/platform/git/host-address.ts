import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { FailureCode, FailureError } from '../../errors.js';
import { findHostEntry, isLoopbackHost, isPrivateAddress, type HostEntry } from '../http/host-list.js';

/** Turns a host name into its addresses. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export const resolveHost: ResolveHost = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The addresses at which `url` may be reached; empty where its host is an address itself. Whoever connects uses these
 * and does not resolve the name again, or a second answer could differ from the one that was checked.
 *
 * @throws FailureError when the host is not on the list, cannot be resolved, or a listed name leads into a private
 * network: only an entry that is itself an address, or `localhost`, may do that.
 */
export async function checkedAddresses(
  url: URL,
  hosts: readonly HostEntry[],
  resolve: ResolveHost,
): Promise<readonly string[]> {
  const entry = findHostEntry(hosts, url);
  if (!entry || url.username !== '' || url.password !== '') {
    throw notFound(`The repository is at ${url.host}, which is not one of the allowed git hosts.`);
  }
  if (isIP(entry.host) !== 0) return [];
  const addresses = await resolve(entry.host).catch((cause: unknown) => {
    throw new FailureError(FailureCode.NETWORK, `The name ${entry.host} could not be resolved.`, true, { cause });
  });
  const isAllowed = entry.host === 'localhost' ? isLoopbackHost : (address: string) => !isPrivateAddress(address);
  if (addresses.length > 0 && addresses.every(isAllowed)) return addresses;
  throw notFound(`The name ${entry.host} leads to an address that is not public.`);
}

function notFound(message: string): FailureError {
  return new FailureError(FailureCode.SOURCE_NOT_FOUND, message, false);
}
