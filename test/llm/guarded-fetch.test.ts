import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createGuardedFetch } from '../../src/platform/network/guarded-fetch.js';
import { parseHostEntry } from '../../src/platform/network/host-list.js';
import {
  answers,
  fails,
  redirectsTo,
  type ScriptedProvider,
  sendsHtml,
  startScriptedProvider,
  staysSilent,
} from '../support/scripted-provider.js';

describe('guarded fetch', () => {
  let provider: ScriptedProvider;
  const ask = (options: object = {}, init: object = {}) =>
    createGuardedFetch({ hosts: [parseHostEntry(provider.hostEntry)!], ...options })(
      `${provider.baseUrl}/chat/completions`,
      { method: 'POST', body: '{}', headers: { authorization: 'Bearer secret' }, ...init },
    );

  beforeAll(async () => void (provider = await startScriptedProvider()));
  afterEach(() => provider.reset());
  afterAll(() => provider.stop());

  it('reads a stream from a listed host', async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('[DONE]');
  });

  it.each([
    ['another port', 'http://127.0.0.1:9/v1'],
    ['another host', 'https://example.com/'],
    ['an IPv6-mapped form of a listed host', 'http://[::ffff:127.0.0.1]:PORT/'],
    ['credentials in the URL', 'http://user:pass@127.0.0.1:PORT/'],
    ['https on the vendor list only as http', 'http://api.openai.com/'],
  ])('refuses %s before it connects', async (_, url) => {
    const fetchGuarded = createGuardedFetch({
      hosts: [parseHostEntry(provider.hostEntry)!],
      origins: ['https://api.openai.com'],
    });
    const target = url.replace('PORT', String(provider.port));
    await expect(fetchGuarded(target)).rejects.toMatchObject({ code: 'NETWORK', retryable: false });
    expect(provider.requests).toHaveLength(0);
  });

  it('refuses an unlisted origin whose name resolves to a private address', async () => {
    const origin = `http://localhost:${provider.port}`;
    const refused = createGuardedFetch({ origins: [origin] })(`${origin}/v1/chat/completions`);
    await expect(refused).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('private address'),
    });
    expect(provider.requests).toHaveLength(0);
  });

  it('refuses an unlisted origin that is an address', async () => {
    const origin = `http://127.0.0.1:${provider.port}`;
    await expect(createGuardedFetch({ origins: [origin] })(origin)).rejects.toMatchObject({ code: 'NETWORK' });
    expect(provider.requests).toHaveLength(0);
  });

  it('follows no redirect, so that the key goes nowhere else', async () => {
    const elsewhere = await startScriptedProvider();
    provider.script(redirectsTo(`${elsewhere.baseUrl}/chat/completions`));
    await expect(ask()).rejects.toMatchObject({ code: 'NETWORK', message: expect.stringContaining('redirected') });
    expect(elsewhere.requests).toHaveLength(0);
    await elsewhere.stop();
  });

  it('refuses a success that is neither JSON nor a stream', async () => {
    provider.script(sendsHtml());
    await expect(ask()).rejects.toMatchObject({ code: 'NETWORK', message: expect.stringContaining('JSON') });
  });

  it('passes an error status on with its headers', async () => {
    provider.script(fails(429, { headers: { 'retry-after': '7' } }));
    const response = await ask();
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('ends a reply that is too large', async () => {
    provider.script(answers('word '.repeat(200)));
    const response = await ask({ maxResponseBytes: 2048 });
    await expect(response.text()).rejects.toMatchObject({
      code: 'PROVIDER_ERROR',
      message: expect.stringContaining('2 kB'),
    });
  });

  it('gives up when no status comes within the time limit', async () => {
    provider.script(staysSilent());
    await expect(ask({}, { idleTimeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    await provider.untilAborted(1);
  });

  it('gives up when a stream falls silent', async () => {
    provider.script(staysSilent({ after: 'One' }));
    const response = await ask({}, { idleTimeoutMs: 500 });
    await expect(response.text()).rejects.toMatchObject({ code: 'TIMEOUT' });
    await provider.untilAborted(1);
  });

  it('lets a slow stream take longer in all than the limit on silence', async () => {
    provider.script(answers('one two three four five', { delayMs: 220 }));
    const response = await ask({}, { idleTimeoutMs: 1_000 });
    expect(await response.text()).toContain('five');
  });

  it('does not take a slow reader for a silent sender', async () => {
    provider.script(answers('one two three'));
    const response = await ask({}, { idleTimeoutMs: 300 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await response.text()).toContain('[DONE]');
  });

  it('ends the request when its signal is aborted', async () => {
    provider.script(staysSilent({ after: 'One' }));
    const controller = new AbortController();
    const response = await ask({}, { signal: controller.signal });
    controller.abort(new Error('stopped'));
    await expect(response.text()).rejects.toThrow('stopped');
    await provider.untilAborted(1);
  });

  it('throws as any fetch does when nobody listens', async () => {
    const gone = await startScriptedProvider();
    await gone.stop();
    const refused = createGuardedFetch({ hosts: [parseHostEntry(gone.hostEntry)!] })(gone.baseUrl);
    await expect(refused).rejects.toThrow(TypeError);
  });
});
