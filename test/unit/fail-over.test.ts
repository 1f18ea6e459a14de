import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { APICallError } from 'ai';

import { FailureCode, FailureError } from '../../src/platform/errors.js';
import { type Standing, stepAfter } from '../../src/platform/llm/fail-over.js';
import {
  contentFiltered,
  cutOff,
  emptyAnswer,
  missingKey,
  toProviderFailure,
} from '../../src/platform/llm/provider-failure.js';
import { LLM_SETTINGS } from '../../src/platform/llm/called-model.js';
import { PROVIDERS } from '../../src/platform/llm/providers.js';

const failureOf = (error: unknown) =>
  toProviderFailure(error, { ...PROVIDERS.openai, modelName: 'some-model', settings: LLM_SETTINGS });
const answered = (statusCode: number, headers: Record<string, string> = {}, responseBody = '') =>
  failureOf(
    new APICallError({
      message: 'Refused',
      url: 'https://api.openai.com',
      requestBodyValues: {},
      statusCode,
      responseHeaders: headers,
      responseBody,
    }),
  );
const unreachable = failureOf(new TypeError('fetch failed'));
const silent = new FailureError(FailureCode.TIMEOUT, 'The provider sent nothing.', true);

const FIRST: Standing = { hasBegun: false, tries: 1, hasNext: true, shareLeftMs: 30_000, budgetLeftMs: 60_000 };
const LAST: Standing = { ...FIRST, hasNext: false, shareLeftMs: 60_000 };
const typeAfter = (failure: unknown, standing: Standing) => stepAfter(failure, standing).type;

describe('stepAfter', () => {
  it.each([
    ['429', answered(429)],
    ['500', answered(500)],
    ['502', answered(502)],
    ['503', answered(503)],
    ['529', answered(529)],
    ['a fault of the network', unreachable],
    ['a connection that broke', cutOff()],
    ['503 in place of the first event', failureOf({ message: 'busy', code: 503 })],
    ['a fault that it reports in place of the first event', failureOf({ message: 'CUDA out of memory' })],
    ['"overloaded" in place of the first event', failureOf({ message: 'overloaded' })],
  ])('asks twice after %s, then another one; three times where there is no other', (_, failure) => {
    expect([1, 2].map((tries) => typeAfter(failure, { ...FIRST, tries }))).toEqual(['again', 'next']);
    expect([1, 2, 3].map((tries) => typeAfter(failure, { ...LAST, tries }))).toEqual(['again', 'again', 'give up']);
  });

  it.each([
    ['408', answered(408)],
    ['504', answered(504)],
    ['silence', silent],
  ])('asks another one at once after %s, and twice where there is no other', (_, failure) => {
    expect(typeAfter(failure, FIRST)).toBe('next');
    expect([1, 2].map((tries) => typeAfter(failure, { ...LAST, tries }))).toEqual(['again', 'give up']);
  });

  it.each([
    ['the account is out of credit', answered(429, {}, '{"error":{"code":"insufficient_quota"}}')],
    ['the answer is empty', emptyAnswer(false)],
    ['its tokens were used up before a word', emptyAnswer(true)],
  ])('asks another one, and the same never again, where %s', (_, failure) => {
    expect(typeAfter(failure, FIRST)).toBe('next');
    expect(typeAfter(failure, LAST)).toBe('give up');
  });

  it.each([
    ['400', answered(400)],
    ['400 that speaks of a rate limit', answered(400, {}, 'rate limit')],
    ['401', answered(401)],
    ['402', answered(402)],
    ['403', answered(403)],
    ['404', answered(404)],
    ['413', answered(413)],
    ['a content filter', contentFiltered()],
    ['a missing key', missingKey(PROVIDERS.openai)],
    ['400 in place of the first event', failureOf({ message: 'bad request', code: 400 })],
    ['a redirect', new FailureError(FailureCode.NETWORK, 'The provider redirected the request.', false)],
    ['a fault of the service', failureOf(new Error('bug'))],
  ])('asks nobody after %s', (_, failure) => {
    expect(typeAfter(failure, FIRST)).toBe('give up');
    expect(typeAfter(failure, LAST)).toBe('give up');
  });

  it('asks nobody once the answer has begun', () => {
    for (const failure of [answered(503), unreachable, silent])
      expect(typeAfter(failure, { ...FIRST, hasBegun: true })).toBe('give up');
  });

  it.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['part of a second', { 'retry-after': '0.5' }, 500],
    ['milliseconds', { 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    ['a time that is over', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
  ])('waits as Retry-After says, in %s', (_, headers: Record<string, string>, waitMs) => {
    expect(stepAfter(answered(429, headers), FIRST)).toEqual({ type: 'again', waitMs });
  });

  it('waits 0.5 to 1 s, then 1 to 2 s, where it says nothing', () => {
    for (const [tries, most] of [
      [1, 1_000],
      [2, 2_000],
    ] as const) {
      const step = stepAfter(answered(503), { ...LAST, tries }) as { waitMs: number };
      expect(step.waitMs).toBeGreaterThanOrEqual(most / 2);
      expect(step.waitMs).toBeLessThanOrEqual(most);
    }
  });

  it('waits no longer than its time: there it asks another one, or gives up', () => {
    const asksForHalfAMinute = answered(429, { 'retry-after': '30' });
    expect(typeAfter(asksForHalfAMinute, { ...FIRST, shareLeftMs: 30_001 })).toBe('again');
    expect(typeAfter(asksForHalfAMinute, { ...FIRST, shareLeftMs: 30_000 })).toBe('next');
    expect(typeAfter(asksForHalfAMinute, { ...LAST, shareLeftMs: 30_000 })).toBe('give up');
  });

  it('asks nobody when all of the time is over', () => {
    expect(typeAfter(unreachable, { ...FIRST, shareLeftMs: -1, budgetLeftMs: 0 })).toBe('give up');
  });
});

describe('the message of a provider that asks to be left alone', () => {
  afterEach(() => void jest.useRealTimers());

  it.each([
    ['nothing', 429, {}, 'The provider is over its rate limit. Try again in a minute.'],
    ['a minute', 429, { 'retry-after': '60' }, 'The provider is over its rate limit. Try again in a minute.'],
    [
      'two hours',
      429,
      { 'retry-after': '7200' },
      'The provider is over its rate limit. Try again after 2026-01-31 23:31 UTC.',
    ],
    [
      'a time',
      503,
      { 'retry-after': 'Sun, 01 Feb 2026 08:00:00 GMT' },
      'The provider failed with a fault of its own, try again after 2026-02-01 08:00 UTC (HTTP 503).',
    ],
    [
      'longer than there is time',
      429,
      { 'retry-after': '9'.repeat(30) },
      'The provider is over its rate limit. Try again after 2027-01-31 21:31 UTC.',
    ],
  ])('says when to try again where that is for %s', (_, status, headers: Record<string, string>, message) => {
    jest.useFakeTimers({ now: Date.parse('2026-01-31T21:30:01Z') });
    expect(answered(status, headers)).toMatchObject({ message });
  });
});
