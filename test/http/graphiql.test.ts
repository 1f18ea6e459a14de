import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';

const examples = [{ query: 'query Greeting($name: String) { hello(name: $name) }', variables: { name: 'newcomer' } }];
let server: BareServer;

beforeAll(async () => {
  server = await startBareServer({ examples });
});
afterAll(() => server.stop());

describe('the GraphiQL page', () => {
  it('refers to nothing that is elsewhere', async () => {
    const html = await (await fetch(`${server.url}/graphiql`)).text();
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(html).not.toMatch(/@import|url\(["']?https?:/);
  });

  it('opens with the examples and their variables', async () => {
    const html = await (await fetch(`${server.url}/graphiql`)).text();
    expect(html).toMatch(/query Greeting.+newcomer/);
  });

  it('is sent once to a browser that keeps it', async () => {
    const { headers } = await fetch(`${server.url}/graphiql`);
    const again = await fetch(`${server.url}/graphiql`, { headers: { 'if-none-match': headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  it('lets only its own scripts run', async () => {
    const { headers } = await fetch(`${server.url}/graphiql`);
    expect(headers.get('content-security-policy')).toMatch(/script-src 'sha256-[\w+/]+=*';/);
  });
});
