import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';

/** They send a GET without the header that CSRF prevention asks for. */
const REFUSED_BY_CSRF_PREVENTION = ['5A70', 'D6D5', '6A70'];

describe('the GraphQL over HTTP audits', () => {
  let server: BareServer;

  beforeAll(async () => {
    server = await startBareServer();
  });
  afterAll(() => server.stop());

  it.each([
    ['MUST', 13, []],
    ['SHOULD', 23, []],
    ['MAY', 25, REFUSED_BY_CSRF_PREVENTION],
  ])('pass where they say %s', async (level, count, refused) => {
    const audits = serverAudits({ url: `${server.url}/graphql` }).filter(({ name }) => name.startsWith(level));
    const results = await Promise.all(audits.map(({ fn }) => fn()));
    expect(results).toHaveLength(count);
    expect(results.filter(({ status }) => status !== 'ok').map(({ id }) => id)).toEqual(refused);
  });
});
