import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { launchBrowser } from './support/browser.js';
import { startTestApp, type TestApp } from './support/test-app.js';

// Found by scripts/test.mjs; without one the test is skipped visibly, and .ci/run counts that as a failure.
const chromium = process.env.CHROMIUM_PATH;

(chromium ? describe : describe.skip)('GraphiQL in a browser without a network', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  let answerId: string;
  const faults: string[] = [];

  beforeAll(async () => {
    app = await startTestApp();
    const { project } = await app.mutate('createProject', 'project { id }', { name: 'Handbook' });
    const input = { projectId: project.id, message: 'Where does it say so?' };
    answerId = (await app.mutate('createConversation', 'assistantMessage { id }', input)).assistantMessage.id;
    browser = await launchBrowser(chromium!);
  });
  // It meets no fault, and asks for nothing from elsewhere.
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await app.stop();
  });

  async function open(query?: string): Promise<void> {
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(app.url) && !/^(?:blob|data):/.test(request.url())) faults.push(request.url());
    });
    await page.goto(`${app.url}/graphiql${query ? `?query=${encodeURIComponent(query)}` : ''}`);
  }

  const run = (): Promise<void> => page.getByRole('button', { name: /execute query/i }).click();
  const shown = (text: string): Promise<void> => page.locator('.result-window').getByText(text).first().waitFor();

  it('opens with a query that runs', async () => {
    await open();
    await page.getByText('Everything is documented').first().waitFor();
    await run();
    await shown('Handbook');
  });

  it('has a tab for each other example, which a click opens with its variables', async () => {
    await open();
    for (const [name, variable] of [
      ['Ask', 'projectId'],
      ['Follow', 'messageId'],
    ] as const) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.locator('.graphiql-tab-active').getByText(name).waitFor();
      await page.locator('.graphiql-editor-tools ~ section').getByText(`"${variable}"`).waitFor();
    }
  });

  it('has a place for the id that a double click selects as a whole', async () => {
    await open();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    const variables = page.locator('.graphiql-editor-tools ~ section');
    await variables.getByText('PASTE_AN_ID_HERE').dblclick();
    await page.keyboard.insertText('019b');
    await variables.getByText('"019b"').waitFor();
  });

  it('follows a subscription to its end', async () => {
    await open(
      `subscription { answerEvents(messageId: "${answerId}") { __typename ... on AnswerEnded { message { outcome } } } }`,
    );
    await run();
    await shown('NO_EVIDENCE');
  });
});
