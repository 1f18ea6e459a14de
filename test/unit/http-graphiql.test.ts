import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { findChromium, launchBrowser } from '../support/browser.js';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';

const chromium = findChromium(process.env.CHROMIUM_PATH);
const exampleQuery = 'query Greeting { hello(name: "newcomer") }\n\nsubscription Count { count(to: 3) }\n';
let server: BareServer;

beforeAll(async () => {
  server = await startBareServer({ exampleQuery });
});
afterAll(() => server.stop());

describe('the GraphiQL page', () => {
  it('refers to nothing that is elsewhere', async () => {
    const html = await (await fetch(`${server.url}/graphiql`)).text();
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(html).not.toMatch(/@import|url\(["']?https?:/);
    expect(html).toContain('query Greeting');
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

(chromium ? describe : describe.skip)('GraphiQL in a browser without a network', () => {
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser(chromium!);
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !/^(?:blob|data):/.test(request.url())) faults.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${server.url}/graphiql`);
    await page.getByText('query Greeting').first().waitFor();
  }, 30_000);
  afterAll(() => browser.close());

  it.each([
    ['query', 'Greeting', 'Hello newcomer'],
    ['subscription', 'Count', '"count": 3'],
  ])(
    'runs a %s',
    async (_, operation, expected) => {
      await page.getByRole('button', { name: /execute query/i }).click();
      await page.getByRole('menuitem', { name: operation }).click();
      await page.locator('.result-window').getByText(expected).waitFor();
    },
    15_000,
  );

  it('meets no fault and asks for nothing from elsewhere', () => {
    expect(faults).toEqual([]);
  });
});
