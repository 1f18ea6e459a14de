import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { locateRepository, type LocateOptions } from '../../src/platform/git/redirects.js';
import { parseHostEntry } from '../../src/platform/network/host-list.js';
import { startGitHost, type GitHost } from '../support/git-host.js';

let host: GitHost;
let other: GitHost;

beforeAll(async () => {
  [host, other] = await Promise.all([startGitHost(), startGitHost()]);
  await host.createRepository('here', { 'a.md': 'a' });
  await other.createRepository('there', { 'a.md': 'a' });
  host.redirect('/old', host.url('here'));
  host.redirect('/away', other.url('there'));
  host.redirect('/loop', host.url('loop'));
  host.redirect('/credentials', `http://user:password@${host.hostEntry}/here`);
  host.redirect('/file', 'file:///etc/passwd');
  for (let i = 1; i <= 6; i++) host.redirect(`/hop${i}`, host.url(i === 6 ? 'here' : `hop${i + 1}`));
});

afterEach(() => {
  host.respondWith(null);
});

afterAll(async () => {
  await Promise.all([host.stop(), other.stop()]);
});

function locate(
  url: string,
  { entries = [host.hostEntry], ...options }: Partial<LocateOptions> & { entries?: string[] } = {},
) {
  return locateRepository(url, { hosts: entries.map((entry) => parseHostEntry(entry)!), ...options });
}

describe('locateRepository', () => {
  it('gives the address of a repository that has not moved', async () => {
    expect(await locate(host.url('here'))).toEqual({ url: host.url('here'), addresses: [], authorization: null });
  });

  it('follows a redirect on the same host, and one to another listed host', async () => {
    expect((await locate(host.url('old'))).url).toBe(host.url('here'));
    expect((await locate(host.url('away'), { entries: [host.hostEntry, other.hostEntry] })).url).toBe(
      other.url('there'),
    );
  });

  it('follows five redirects and no more', async () => {
    expect((await locate(host.url('hop2'))).url).toBe(host.url('here'));
    await expect(locate(host.url('hop1'))).rejects.toMatchObject({ code: 'NETWORK', retryable: false });
    await expect(locate(host.url('loop'))).rejects.toMatchObject({ code: 'NETWORK', retryable: false });
  });

  it('refuses a redirect to a host that is not listed, and sends it nothing', async () => {
    other.requests.length = 0;
    await expect(locate(host.url('away'))).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      message: expect.stringMatching(/not one of the allowed git hosts/),
    });
    expect(other.requests).toEqual([]);
  });

  it.each(['credentials', 'file'])('refuses a redirect to %s', async (name) => {
    await expect(locate(host.url(name))).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });

  it('sends a token to its own host only', async () => {
    const token = (name: string) => (name === host.hostEntry ? 'sesame' : null);
    other.requests.length = 0;
    const access = await locate(host.url('away'), { entries: [host.hostEntry, other.hostEntry], token });
    expect(access.authorization).toBeNull();
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([null]);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '0.0.0.0',
    '::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
  ])('refuses a listed name that leads to %s', async (address) => {
    const asked = locate('https://git.example/r', {
      entries: ['git.example'],
      resolve: async () => ['93.184.216.34', address],
    });
    await expect(asked).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      message: expect.stringMatching(/not public/),
    });
  });

  it('connects to the address that was checked', async () => {
    // 127.0.0.2 is nobody's here: the name itself would have led to the host.
    const server = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const asked = locate(`http://localhost:${port}/r`, {
      entries: [`localhost:${port}`],
      resolve: async () => ['127.0.0.2'],
      hopTimeoutMs: 1000,
    });
    await expect(asked).rejects.toMatchObject({ retryable: true });
    server.close();
  });

  it('says that a name cannot be resolved, and what to look at', async () => {
    const resolve = () => Promise.reject(new Error('ENOTFOUND'));
    const asked = locate('https://git.example/r', { entries: ['git.example'], resolve });
    await expect(asked).rejects.toMatchObject({
      code: 'NETWORK',
      message:
        'The name git.example could not be resolved. Check it, and the network of the machine that ibid runs on.',
    });
  });

  it('does not wait for a name for ever', async () => {
    const asked = locate('https://git.example/r', {
      entries: ['git.example'],
      resolve: () => new Promise(() => {}),
      hopTimeoutMs: 50,
    });
    await expect(asked).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
  });

  it.each([
    [401, 'SOURCE_NOT_FOUND', false],
    [403, 'AUTH', false],
    [404, 'SOURCE_NOT_FOUND', false],
    [200, 'SOURCE_NOT_FOUND', false],
    [429, 'RATE_LIMITED', true],
    [500, 'NETWORK', true],
    [504, 'TIMEOUT', true],
    ['reset', 'NETWORK', true],
    ['hang', 'TIMEOUT', true],
  ] as const)('turns the answer %s into %s', async (what, code, retryable) => {
    host.respondWith(what);
    const hopTimeoutMs = what === 'hang' ? 300 : 60_000;
    await expect(locate(host.url('here'), { hopTimeoutMs })).rejects.toMatchObject({ code, retryable });
  });

  it('tells a refused token from a missing repository', async () => {
    host.respondWith(401);
    await expect(locate(host.url('here'), { token: () => 'wrong' })).rejects.toMatchObject({ code: 'AUTH' });
  });

  it('stops at the signal', async () => {
    host.respondWith('hang');
    const reason = new Error('enough');
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 50);
    await expect(locate(host.url('here'), { signal: stop.signal })).rejects.toBe(reason);
  });
});
