import 'reflect-metadata';
import { once } from 'node:events';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import type { Context } from '../../src/context.js';
import type { AnswerWriter } from '../../src/conversation/answering/answer-writer.js';
import { askModels } from '../../src/conversation/answering/ask-models.js';
import type { LLMProvider } from '../../src/llm-provider/llm-provider.entity.js';
import { FailureCode, FailureError } from '../../src/platform/errors.js';
import type { AnswerPart } from '../../src/platform/llm/answer-parts.js';
import type { AnswerRequest } from '../../src/platform/llm/models.js';

// What computes goes on while time stands still.
beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());

type Behaviour = (signal: AbortSignal) => AsyncGenerator<AnswerPart>;

/** Sends these, then nothing until it is given up. */
const silentAfter = (...parts: AnswerPart[]): Behaviour =>
  async function* (signal) {
    yield* parts;
    if (!signal.aborted) await once(signal, 'abort');
    signal.throwIfAborted();
  };
/** Fails as a network does, after so many milliseconds. */
const failsAfter = (ms: number, ...parts: AnswerPart[]): Behaviour =>
  async function* () {
    yield* parts;
    await new Promise((resolve) => setTimeout(resolve, ms));
    throw new FailureError(FailureCode.TIMEOUT, 'It took too long.', true);
  };

/**
 * Asks models that do this, where the database takes so many seconds to write an attempt down, and to look at the
 * budget. `asked` are those that have been asked so far, `logged` is what was told of them, and `end` what the last one
 * failed with.
 */
function askWith(databaseSeconds: number, ...behaviours: Behaviour[]) {
  const asked: number[] = [];
  const logged: object[] = [];
  const models = behaviours.map((_, index) => ({ id: String(index), modelName: String(index) }) as LLMProvider);
  const database = async (): Promise<void> => {
    if (databaseSeconds > 0) await new Promise((resolve) => setTimeout(resolve, databaseSeconds * 1_000));
  };
  async function* streamAnswer({ modelName, signal, onStart }: AnswerRequest) {
    await database();
    signal.throwIfAborted();
    onStart!();
    asked.push(Number(modelName));
    yield* behaviours[Number(modelName)]!(signal);
  }
  const ctx = { models: { streamAnswer }, logger: { info: (line: object) => logged.push(line) } } as unknown as Context;
  const writer = { attempts: database, attemptsLater: () => {}, text: () => {} } as unknown as AnswerWriter;
  const stop = new AbortController();
  const end = askModels(ctx, models, () => ({ system: '', messages: [] }), writer, stop.signal).catch(
    (error: unknown) => error,
  );
  return { asked, logged, end, stop: () => stop.abort(new Error('stopped')) };
}

const ask = (...behaviours: Behaviour[]) => askWith(0, ...behaviours);
const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1_000);

describe('askModels', () => {
  it('gives each that says nothing an equal share of a minute, and the last one its own time', async () => {
    const { asked, end, stop } = ask(silentAfter(), silentAfter(), silentAfter());
    await pass(19.9);
    expect(asked).toEqual([0]);
    await pass(0.2);
    expect(asked).toEqual([0, 1]);
    await pass(19.8);
    expect(asked).toEqual([0, 1]);
    await pass(0.2);
    expect(asked).toEqual([0, 1, 2]);
    await pass(600);
    expect(asked).toEqual([0, 1, 2]);
    stop();
    expect(await end).toEqual(new Error('stopped'));
  });

  it('leaves to the others what one does not use of its share', async () => {
    const { asked, stop } = ask(failsAfter(0), silentAfter(), silentAfter());
    await pass(29.9);
    expect(asked).toEqual([0, 1]);
    await pass(0.2);
    expect(asked).toEqual([0, 1, 2]);
    stop();
  });

  it('counts no time in which the database is away', async () => {
    // An attempt is written before the model is asked and after it has failed; in between the budget is looked at.
    const { asked, stop } = askWith(40, failsAfter(0), silentAfter(), silentAfter());
    await pass(79.9);
    expect(asked).toEqual([]);
    await pass(0.2);
    expect(asked).toEqual([0]);
    await pass(120);
    expect(asked).toEqual([0, 1]);
    await pass(30 + 119.8);
    expect(asked).toEqual([0, 1]);
    await pass(0.2);
    expect(asked).toEqual([0, 1, 2]);
    stop();
  });

  it('tells the log of one that failed in the words of its user, as nothing is wrong with the service', async () => {
    const { logged, stop } = ask(failsAfter(0), silentAfter());
    await pass(1);
    expect(logged).toEqual([{ code: 'TIMEOUT', reason: 'It took too long.', modelName: '0', type: 'next' }]);
    stop();
  });

  it('waits for one that is thinking', async () => {
    const { asked, stop } = ask(silentAfter({ type: 'thinking' }), silentAfter());
    await pass(600);
    expect(asked).toEqual([0]);
    stop();
  });

  it('asks nobody any more after a minute', async () => {
    const { asked, end } = ask(failsAfter(61_000, { type: 'thinking' }), silentAfter());
    await pass(62);
    expect(await end).toMatchObject({ code: 'TIMEOUT', message: 'It took too long.' });
    expect(asked).toEqual([0]);
  });

  it('ends at once when it is stopped, whatever it waits for', async () => {
    const { end, stop } = ask(silentAfter(), silentAfter());
    await pass(1);
    stop();
    expect(await end).toEqual(new Error('stopped'));
  });
});
