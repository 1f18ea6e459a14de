import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type Chat, KEY, QUESTION, startChat } from './support/chat.js';
import {
  answers,
  breaksDown,
  cutAfter,
  endsEarlyAfter,
  fails,
  rateLimited,
  redirectsTo,
  sendsHtml,
  type Step,
  staysSilent,
} from './support/scripted-provider.js';

let chat: Chat;
let logged: string[] = [];
beforeAll(async () => void (chat = await startChat({ log: (line) => logged.push(line) })));
afterEach(() => chat.provider.reset());
afterAll(() => chat.stop());

/** Asks a provider that does this; nothing of what it says may come through. */
async function ask(steps: Step[], apiConfig: object = {}) {
  chat.provider.script(...steps);
  const asked = await chat.ask(QUESTION, await chat.createModel(apiConfig));
  const answer = await chat.untilEnded(asked.answerId);
  for (const secret of [KEY, '/srv/secret', 'scripted failure']) expect(JSON.stringify(answer)).not.toContain(secret);
  return { ...asked, answer };
}

describe('an answer whose provider fails', () => {
  it('FAILED with words that a user can act on, and the question stays', async () => {
    const { answer, questionId, conversationId } = await ask([fails(401)]);
    expect(answer).toMatchObject({
      status: 'FAILED',
      content: '',
      outcome: null,
      usage: null,
      error: {
        code: 'AUTH',
        message:
          'The provider refused the API key. Set OPENAI_COMPATIBLE_API_KEY to a valid one and restart the service.',
        retryable: false,
      },
      sources: [{ filePath: 'docs/install.md' }],
    });
    expect(await chat.message(questionId)).toMatchObject({ content: QUESTION, status: 'COMPLETE' });
    expect(chat.provider.requests).toHaveLength(1);

    chat.provider.script(answers('Now it works.'));
    const { answerId } = await chat.send(conversationId, QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE', content: 'Now it works.' });
  });

  it('is told to the operator once, in the words of the user', async () => {
    logged = [];
    const { answer, answerId } = await ask([fails(401)]);
    expect(logged.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40)).toEqual([
      {
        level: 40,
        time: expect.any(String),
        messageId: answerId,
        code: 'AUTH',
        reason: answer.error.message,
        msg: 'answer failed',
      },
    ]);
    expect(logged.join('')).not.toContain(KEY);
  });

  it('is complete when the provider answers at the second or third attempt', async () => {
    const { answer } = await ask([rateLimited(0), breaksDown(), answers('At last [1].')]);
    expect(answer).toMatchObject({ status: 'COMPLETE', outcome: 'ANSWERED', content: 'At last [1].', error: null });
    expect(chat.provider.requests).toHaveLength(3);
  });

  it.each([
    [
      '429',
      Array.from({ length: 3 }, () => rateLimited(0)),
      'RATE_LIMITED',
      'The provider is over its rate limit. Try again in a minute.',
    ],
    [
      '500',
      Array.from({ length: 3 }, () => breaksDown()),
      'PROVIDER_ERROR',
      'The provider failed with a fault of its own, try again in a moment (HTTP 500).',
    ],
  ])('FAILED as retryable after %s three times', async (_, steps, code, message) => {
    const { answer } = await ask(steps);
    expect(answer).toMatchObject({ status: 'FAILED', error: { code, message, retryable: true } });
    expect(chat.provider.requests).toHaveLength(3);
  });

  it.each([
    ['the connection is cut', cutAfter],
    ['the stream ends too early', endsEarlyAfter],
  ])('keeps what was generated when %s', async (_, breaks) => {
    const { answer } = await ask([breaks('Run npm install and')]);
    expect(answer).toMatchObject({
      status: 'FAILED',
      content: 'Run npm install and',
      outcome: null,
      error: {
        code: 'NETWORK',
        message: 'The connection to the provider broke off in mid-answer. Try again.',
        retryable: true,
      },
    });
    expect(chat.provider.requests).toHaveLength(1);
  });

  it.each([
    ['from the beginning, twice', [staysSilent(), staysSilent()], ''],
    ['in mid-answer', [staysSilent({ after: 'Run npm' })], 'Run npm'],
  ])('FAILED as TIMEOUT when the provider is silent for timeoutMs %s', async (_, steps, content) => {
    const { answer } = await ask(steps, { timeoutMs: 1_000 });
    expect(answer).toMatchObject({
      status: 'FAILED',
      content,
      error: {
        code: 'TIMEOUT',
        message: expect.stringMatching(/^The provider sent nothing for 1 s/),
        retryable: true,
      },
    });
    await chat.provider.untilAborted(steps.length);
    expect(chat.provider.requests).toHaveLength(steps.length);
  });

  it('FAILED at a redirect, and the key never leaves for another origin', async () => {
    const seen: unknown[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    for (const status of [301, 302, 307, 308]) {
      const { answer } = await ask([redirectsTo(`http://127.0.0.1:${port}/v1/chat/completions`, status)]);
      expect(answer).toMatchObject({
        status: 'FAILED',
        error: { code: 'NETWORK', message: expect.stringMatching(/^The provider redirected/), retryable: false },
      });
    }
    expect(seen).toEqual([]);
    expect(chat.provider.requests).toHaveLength(4);
    await new Promise((closed) => other.close(closed));
  });

  it('FAILED at a page in place of a stream', async () => {
    const { answer } = await ask([sendsHtml()]);
    expect(answer).toMatchObject({
      status: 'FAILED',
      content: '',
      error: {
        code: 'NETWORK',
        message: 'The provider answered with something other than JSON or an event stream. Check the baseUrl.',
        retryable: false,
      },
    });
  });

  it('FAILED as CONTENT_FILTER with what came before', async () => {
    const { answer } = await ask([answers('Run npm', { finishReason: 'content_filter' })]);
    expect(answer).toMatchObject({
      status: 'FAILED',
      content: 'Run npm',
      error: {
        code: 'CONTENT_FILTER',
        message: 'The provider withheld this answer because of its content rules. Rephrase the question.',
        retryable: false,
      },
    });
  });

  it.each(['', ' \n', '[99]', '[98] [99]\n'])('FAILED at %j, which is an empty answer', async (text) => {
    const { answer } = await ask([answers(text)]);
    expect(answer).toMatchObject({
      status: 'FAILED',
      outcome: null,
      error: {
        code: 'PROVIDER_ERROR',
        message: 'The model gave an empty answer. Try again, or choose another model.',
        retryable: true,
      },
    });
  });
});
