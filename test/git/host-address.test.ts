import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { checkedAddresses } from '../../src/platform/git/host-address.js';
import { type HostEntry, parseHostEntry } from '../../src/platform/network/host-list.js';
import { createGitBench, type GitBench, readText } from '../support/git-bench.js';

const addressesOf = (entry: string, ...addresses: string[]) =>
  checkedAddresses(
    new URL(`https://${entry.replace('=private', '')}/r`),
    [parseHostEntry(entry, { allowPrivate: true })!],
    async () => addresses,
  );

describe('a name of GIT_HOSTS', () => {
  it('leads to public addresses', async () => {
    const addresses = ['93.184.216.34', '2606:4700::1'];
    expect(await addressesOf('git.example', ...addresses)).toEqual(addresses);
  });

  it.each([
    ['10.0.0.1'],
    ['127.0.0.1'],
    ['::ffff:192.168.0.1'],
    ['169.254.169.254'],
    ['93.184.216.34', '10.0.0.1'],
    ['10.0.0.1', '93.184.216.34'],
    ['93.184.216.34', '2606:4700::1', '::7f00:1'],
  ])('is refused when it leads to %s %s %s, with advice for the operator and without the address', async (...all) => {
    const failure = await addressesOf('git.example:8443', ...all).catch((error: Error) => error);
    expect(failure).toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      retryable: false,
      message:
        'The name git.example leads to an address that is not public. ' +
        'If it belongs to your own network, GIT_HOSTS has to say so: git.example:8443=private',
    });
  });

  it('is refused when it leads nowhere', async () => {
    await expect(addressesOf('git.example')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(addressesOf('git.example=private')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });

  it('leads into private networks with =private, and to public addresses still', async () => {
    for (const address of ['10.0.0.1', '192.168.1.1', '127.0.0.1', 'fd00::1', '::ffff:10.0.0.1', '93.184.216.34'])
      expect(await addressesOf('git.example=private', '172.16.0.1', address)).toEqual(['172.16.0.1', address]);
  });

  it.each(['169.254.169.254', 'fe80::1', '0.0.0.0', '::', '224.0.0.1', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe'])(
    'never leads to %s, not even with =private',
    async (address) => {
      await expect(addressesOf('git.example=private', '10.0.0.1', address)).rejects.toMatchObject({
        code: 'SOURCE_NOT_FOUND',
        message: 'The name git.example leads to an address that is not public.',
      });
    },
  );

  it('leads to this machine only when it is localhost, also with =private', async () => {
    expect(await addressesOf('localhost', '::1', '127.0.0.1')).toEqual(['::1', '127.0.0.1']);
    for (const entry of ['localhost', 'localhost=private'])
      await expect(addressesOf(entry, '127.0.0.1', '10.0.0.1')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});

describe('a name whose address changes', () => {
  let bench: GitBench;
  let decoy: Server;
  let asked: string[];

  beforeEach(async () => {
    bench = await createGitBench();
    asked = [];
    // Where the name leads to from the second answer on: a server of the same port at another address.
    decoy = createServer(({ url }, response) => void (asked.push(url!), response.writeHead(404).end()));
    await new Promise<void>((resolve) => decoy.listen(bench.host.port, '127.0.0.2', resolve));
  });

  afterEach(async () => {
    await new Promise((resolve) => decoy.close(resolve));
    await bench.remove();
  });

  /** A name that nobody but `resolve` knows. */
  function named(host: string): HostEntry {
    const entry = parseHostEntry(`${host}:${bench.host.port}=private`, { allowPrivate: true })!;
    return { ...entry, plainHttp: true };
  }

  it('is reached at the one that was checked, by the look at the repository and by git', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    let answers = 0;
    const sources = bench.sources({
      hosts: [named('git.example')],
      resolve: async () => [answers++ === 0 ? '127.0.0.1' : '127.0.0.2'],
    });
    const url = `http://git.example:${bench.host.port}/r`;
    const snapshot = await sources.openRemote({ url, branch: null, folder: null });
    expect(await readText(snapshot, 'a.md')).toBe('a');
    expect(answers).toBe(1);
    expect(asked).toEqual([]);
    await expect(sources.openRemote({ url, branch: null, folder: null })).rejects.toThrow();
    expect(asked).toEqual(['/r/info/refs?service=git-upload-pack']);
  });

  it('is checked again at each redirect', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    bench.host.redirect('/old', `http://git.example:${bench.host.port}/r`);
    for (const bad of ['169.254.169.254', '0.0.0.0']) {
      let answers = 0;
      const sources = bench.sources({
        hosts: [named('git.example')],
        resolve: async () => [answers++ === 0 ? '127.0.0.1' : bad],
      });
      bench.host.requests.length = 0;
      const url = `http://git.example:${bench.host.port}/old`;
      await expect(sources.openRemote({ url, branch: null, folder: null })).rejects.toMatchObject({
        code: 'SOURCE_NOT_FOUND',
        message: expect.stringMatching(/not public/),
      });
      expect(bench.host.requests.map(({ path }) => path)).toEqual(['/old/info/refs?service=git-upload-pack']);
    }
  });

  it.each(['127.2', '0x7f000002', '017700000002', '2130706434', '[::ffff:127.0.0.2]', '127.0.0.2'])(
    'cannot be replaced by a redirect to %s',
    async (address) => {
      bench.host.redirect('/old', `http://${address}:${bench.host.port}/r`);
      await expect(bench.sources().openRemote(bench.at('old'))).rejects.toMatchObject({
        code: 'SOURCE_NOT_FOUND',
        message: expect.stringMatching(/not one of the allowed git hosts/),
      });
      expect(asked).toEqual([]);
    },
  );
});
