import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { sweepAnswers } from '../src/conversation/answering/answer-leases.js';
import { type Chat, QUESTION, startChat } from './support/chat.js';
import { defaultProviderId } from './support/factories.js';
import {
  answers,
  breaksDown,
  cutAfter,
  fails,
  rateLimited,
  resets,
  type Step,
  staysSilent,
} from './support/scripted-provider.js';
import type { Values } from './support/test-app.js';
import { until } from './support/until.js';

let chat: Chat;
let builtin: string;
/** Three models on the scripted provider, by the names that it knows them by, and a fourth that gives up early. */
let main: string;
let second: string;
let third: string;
let hasty: string;
beforeAll(async () => {
  chat = await startChat();
  const { nodes } = (await chat.app.query('{ llmProviders { nodes { id providerName } } }')).llmProviders;
  builtin = nodes.find(({ providerName }: Values) => providerName === 'builtin').id;
  main = await defaultProviderId(chat.app);
  [second, third, hasty] = [
    await chat.createModel({}),
    await chat.createModel({}),
    await chat.createModel({ timeoutMs: 1_000 }),
  ];
});
afterEach(() => chat.provider.reset());
afterAll(() => chat.stop());

const [MAIN, SECOND, THIRD, HASTY] = ['scripted-1', 'scripted-2', 'scripted-3', 'scripted-4'];
const SAID = 'It says so [1].';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

const ANSWER = `id status content outcome error { code message retryable } llmProvider { id } usage { inputTokens outputTokens }
  attempts { llmProvider { id } providerName modelName startedAt firstTokenAt finishedAt outcome
    error { code message retryable } inputTokens outputTokens }`;

const answerOf = async (id: string): Promise<Values> =>
  (await chat.app.query(`query($id: ID!) { message(id: $id) { ${ANSWER} } }`, { id })).message;

/** The answer once it has come to that. */
const untilAnswer = (id: string, reached: (answer: Values) => boolean) => until(() => answerOf(id), reached);

/** Asks the first model, then the others, while the provider does this. */
async function begin(models: string[], steps: Step[]): Promise<string> {
  chat.provider.script(...steps);
  const [llmProviderId, ...fallbackProviderIds] = models;
  const input = { projectId: chat.project.projectId, llmProviderId, fallbackProviderIds, message: QUESTION };
  const { assistantMessage, userErrors } = await chat.app.mutate(
    'createConversation',
    'assistantMessage { id }',
    input,
  );
  expect(userErrors).toEqual([]);
  return assistantMessage.id;
}

async function ask(models: string[], ...steps: Step[]): Promise<Values> {
  return untilAnswer(await begin(models, steps), ({ status }) => status !== 'GENERATING');
}

const askedModels = (): string[] => chat.provider.requests.map(({ body }) => body.model);
const ends = ({ attempts }: Values): string[] =>
  attempts.map(({ modelName, outcome, error }: Values) => `${modelName} ${error?.code ?? outcome}`);
const isInOrder = (...times: (string | null)[]): boolean =>
  times.every((time, place) => time !== null && (place === 0 || time >= times[place - 1]!));

describe('a model that fails before its first word', () => {
  it('is asked again after what Retry-After says', async () => {
    const answer = await ask([main, second], rateLimited(1), answers(SAID));
    expect(answer).toMatchObject({
      status: 'COMPLETE',
      content: SAID,
      error: null,
      llmProvider: { id: main },
      usage: { inputTokens: 7, outputTokens: 4 },
      attempts: [
        {
          llmProvider: { id: main },
          providerName: 'openai-compatible',
          modelName: MAIN,
          firstTokenAt: null,
          outcome: 'FAILED',
          error: {
            code: 'RATE_LIMITED',
            message: 'The provider is over its rate limit. Try again in a minute.',
            retryable: true,
          },
          inputTokens: null,
          outputTokens: null,
        },
        { modelName: MAIN, outcome: 'COMPLETE', error: null, inputTokens: 7, outputTokens: 4 },
      ],
    });
    const [failed, complete] = answer.attempts;
    expect(
      isInOrder(failed.startedAt, failed.finishedAt, complete.startedAt, complete.firstTokenAt, complete.finishedAt),
    ).toBe(true);
    expect(Date.parse(complete.startedAt) - Date.parse(failed.finishedAt)).toBeGreaterThanOrEqual(990);
    expect(askedModels()).toEqual([MAIN, MAIN]);
  });

  it('gives way to the next one after 503, twice', async () => {
    const answer = await ask([main, second, third], breaksDown(503), breaksDown(503), answers(SAID));
    expect(answer).toMatchObject({ status: 'COMPLETE', content: SAID, llmProvider: { id: second } });
    expect(ends(answer)).toEqual([`${MAIN} PROVIDER_ERROR`, `${MAIN} PROVIDER_ERROR`, `${SECOND} COMPLETE`]);
    expect(askedModels()).toEqual([MAIN, MAIN, SECOND]);
  });

  it('gives way to the next one when its connection is reset', async () => {
    const answer = await ask([main, second], resets(), resets(), answers(SAID));
    expect(answer).toMatchObject({ status: 'COMPLETE', llmProvider: { id: second } });
    expect(ends(answer)).toEqual([`${MAIN} NETWORK`, `${MAIN} NETWORK`, `${SECOND} COMPLETE`]);
  });

  it('gives way at once after silence, whose request is given up', async () => {
    const answer = await ask([hasty, second], staysSilent(), answers(SAID));
    expect(answer).toMatchObject({ status: 'COMPLETE', llmProvider: { id: second } });
    expect(ends(answer)).toEqual([`${HASTY} TIMEOUT`, `${SECOND} COMPLETE`]);
    await chat.provider.untilAborted(1);
  });

  it.each<[string, Step, string?]>([
    ['asks for a longer wait than its share of the time', rateLimited(31)],
    ['has no credit left', fails(429, { message: 'insufficient_quota' })],
    ['says nothing, and that this is all', answers(''), 'PROVIDER_ERROR'],
    ['says nothing but blank lines', answers('\n\n \n'), 'PROVIDER_ERROR'],
    ['has no tokens left for a word', answers('', { finishReason: 'length' }), 'PROVIDER_ERROR'],
  ])('gives way at once when it %s', async (_, step, code = 'RATE_LIMITED') => {
    const answer = await ask([main, second], step, answers(SAID));
    expect(answer).toMatchObject({ status: 'COMPLETE', content: SAID, llmProvider: { id: second } });
    expect(ends(answer)).toEqual([`${MAIN} ${code}`, `${SECOND} COMPLETE`]);
  });

  it('gives way to the builtin model, which never fails', async () => {
    const answer = await ask([main, builtin], answers(''));
    expect(answer).toMatchObject({
      status: 'COMPLETE',
      outcome: 'ANSWERED',
      content: expect.stringMatching(/npm install ibid-demo.* \[1\]/),
      llmProvider: { id: builtin },
      attempts: [{ outcome: 'FAILED' }, { providerName: 'builtin', modelName: 'extractive', outcome: 'COMPLETE' }],
    });
  });

  it('ends the answer when all have failed, with what the last one said', async () => {
    const steps = [rateLimited(60), breaksDown(), breaksDown(), ...Array.from({ length: 3 }, () => rateLimited(0))];
    const answer = await ask([main, second, third], ...steps);
    expect(answer).toMatchObject({
      status: 'FAILED',
      content: '',
      usage: null,
      error: { code: 'RATE_LIMITED', retryable: true },
      llmProvider: { id: third },
    });
    expect(answer.attempts.at(-1).error).toEqual(answer.error);
    expect(ends(answer)).toEqual([
      `${MAIN} RATE_LIMITED`,
      ...Array(2).fill(`${SECOND} PROVIDER_ERROR`),
      ...Array(3).fill(`${THIRD} RATE_LIMITED`),
    ]);
    expect(chat.provider.requests).toHaveLength(6);
  });
});

describe('a model that is answered for', () => {
  it.each([
    ['refuses the request', fails(400), 'PROVIDER_ERROR'],
    ['is over its rate limit, it says with 400', fails(400, { message: 'rate limit' }), 'RATE_LIMITED'],
    ['refuses the key', fails(401), 'AUTH'],
    ['forbids it', fails(403), 'AUTH'],
    ['withholds the answer', answers('', { finishReason: 'content_filter' }), 'CONTENT_FILTER'],
    ['has no such model', fails(404), 'PROVIDER_ERROR'],
    ['says nothing but a source that does not exist', answers('[99]'), 'PROVIDER_ERROR'],
  ])('by nobody when it %s', async (_, step, code) => {
    const answer = await ask([main, second], step);
    expect(answer).toMatchObject({ status: 'FAILED', error: { code }, llmProvider: { id: main } });
    expect(ends(answer)).toEqual([`${MAIN} ${code}`]);
    expect(chat.provider.requests).toHaveLength(1);
  });

  it('by nobody once it has begun, and keeps what it said', async () => {
    const answer = await ask([main, second], cutAfter('Run npm install and'));
    expect(answer).toMatchObject({
      status: 'FAILED',
      content: 'Run npm install and',
      error: { code: 'NETWORK' },
      attempts: [{ modelName: MAIN, outcome: 'FAILED', error: { code: 'NETWORK' } }],
    });
    const [{ startedAt, firstTokenAt, finishedAt }] = answer.attempts;
    expect(isInOrder(startedAt, firstTokenAt, finishedAt)).toBe(true);
    expect(chat.provider.requests).toHaveLength(1);
  });

  it('with a prompt that fits the window of whoever answers', async () => {
    const narrow = await chat.createModel({ contextWindow: 1_100, maxTokens: 100 });
    const asked = await chat.ask(`${QUESTION} ${'and so on '.repeat(200)}`);
    await chat.untilEnded(asked.answerId);
    await chat.app.mutate('updateConversation', 'conversation { id }', {
      id: asked.conversationId,
      fallbackProviderIds: [narrow],
    });
    chat.provider.reset();
    chat.provider.script(rateLimited(60), answers(SAID));
    const { answerId } = await chat.send(asked.conversationId, QUESTION);
    await chat.untilEnded(answerId);
    // The conversation so far fits the one, and not the other.
    expect(chat.provider.requests.map(({ body }) => body.messages.length)).toEqual([4, 2]);
    expect(chat.provider.requests.map(({ body }) => body.max_tokens)).toEqual([undefined, 100]);
  });
});

describe('an attempt', () => {
  const stop = (id: string) => chat.app.mutate('stopMessage', `message { ${ANSWER} }`, { id });

  it('is there as soon as it starts, and ends CANCELLED with its answer', async () => {
    const id = await begin([main, second], [staysSilent({ after: 'Run npm' })]);
    const going = await untilAnswer(id, ({ content }) => content === 'Run npm');
    expect(going).toMatchObject({
      status: 'GENERATING',
      attempts: [
        { modelName: MAIN, firstTokenAt: expect.any(String), finishedAt: null, outcome: null, inputTokens: null },
      ],
    });
    const { message } = await stop(id);
    expect(message).toMatchObject({
      status: 'CANCELLED',
      attempts: [{ ...going.attempts[0], finishedAt: expect.any(String), outcome: 'CANCELLED', error: null }],
    });
    await chat.provider.untilAborted(1);
  });

  it('is not followed by another when the answer is stopped while that is waited for', async () => {
    const id = await begin([main, second], [rateLimited(25)]);
    const waiting = await untilAnswer(id, ({ attempts }) => attempts[0]?.outcome === 'FAILED');
    const { message } = await stop(id);
    expect(message).toEqual({ ...waiting, status: 'CANCELLED' });
    expect(chat.provider.requests).toHaveLength(1);
  });

  it('ends INTERRUPTED when its process dies', async () => {
    const id = await begin([main, second], [rateLimited(60), staysSilent({ after: 'Run npm' })]);
    await untilAnswer(id, ({ content }) => content === 'Run npm');
    // As another process does that has not heard of this one.
    await sweepAnswers(chat.app.app.services, new Date());
    // Which ends the generation here at once, and changes nothing.
    expect((await stop(id)).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    await chat.provider.untilAborted(1);
    const answer = await answerOf(id);
    expect(answer).toMatchObject({ status: 'INTERRUPTED', llmProvider: { id: second } });
    expect(ends(answer)).toEqual([`${MAIN} RATE_LIMITED`, `${SECOND} INTERRUPTED`]);
    expect(answer.attempts[1]).toMatchObject({ outcome: 'INTERRUPTED', firstTokenAt: expect.any(String) });
    expect(answer.attempts[1].error).toEqual(answer.error);
  });

  it('keeps the names of a model that was deleted since', async () => {
    const doomed = await chat.createModel({});
    const { id } = await ask([main, doomed], rateLimited(60), answers(SAID));
    expect(await chat.app.mutate('deleteLLMProvider', 'deletedId', { id: doomed })).toMatchObject({ userErrors: [] });
    expect(await answerOf(id)).toMatchObject({
      llmProvider: null,
      attempts: [
        { llmProvider: { id: main }, modelName: MAIN },
        { llmProvider: null, modelName: expect.stringMatching(/^scripted-/), outcome: 'COMPLETE' },
      ],
    });
  });

  it('asks no fallback that was deleted while another one was asked for', async () => {
    const doomed = await chat.createModel({});
    const id = await begin([main, doomed], [staysSilent({ after: 'Run' })]);
    await untilAnswer(id, ({ content }) => content === 'Run');
    await chat.app.mutate('deleteLLMProvider', 'deletedId', { id: doomed });
    await stop(id);
    chat.provider.script(rateLimited(0), answers(SAID));
    const { assistantMessage } = await chat.app.mutate('regenerateMessage', 'assistantMessage { id }', { id });
    const answer = await untilAnswer(assistantMessage.id, ({ status }) => status !== 'GENERATING');
    expect(ends(answer)).toEqual([`${MAIN} RATE_LIMITED`, `${MAIN} COMPLETE`]);
  });

  it('is not made where nothing was found', async () => {
    const asked = await chat.ask('Who painted the ceiling of the Sistine Chapel?');
    await chat.untilEnded(asked.answerId);
    expect(await answerOf(asked.answerId)).toMatchObject({ outcome: 'NO_EVIDENCE', attempts: [] });
    expect(await answerOf(asked.questionId)).toMatchObject({ attempts: [], llmProvider: null });
  });
});

describe('the fallback providers of a conversation', () => {
  const SELECTION = 'conversation { id llmProvider { id } fallbackProviders { id } }';
  const create = (input: Values) =>
    chat.app.mutate('createConversation', SELECTION, { projectId: chat.project.projectId, ...input });
  const update = (input: Values) => chat.app.mutate('updateConversation', SELECTION, input);
  const idsOf = ({ conversation }: Values): string[] => conversation.fallbackProviders.map(({ id }: Values) => id);

  it('come in the order in which they were given, and are replaced as a whole', async () => {
    const created = await create({ fallbackProviderIds: [third, builtin, second] });
    expect(idsOf(created)).toEqual([third, builtin, second]);
    const { id } = created.conversation;
    expect(idsOf(await update({ id, title: 'Another' }))).toEqual([third, builtin, second]);
    expect(idsOf(await update({ id, fallbackProviderIds: [second, third.toUpperCase()] }))).toEqual([second, third]);
    expect(idsOf(await update({ id, fallbackProviderIds: null }))).toEqual([]);
    expect(idsOf(await create({}))).toEqual([]);
  });

  it('change places with the one that answers in one call, and in no other way', async () => {
    const { conversation } = await create({ llmProviderId: main, fallbackProviderIds: [second] });
    const { id } = conversation;
    expect((await update({ id, llmProviderId: second })).userErrors).toEqual([
      {
        code: 'INVALID',
        field: ['input', 'llmProviderId'],
        message: 'This one is a fallback provider. Give the fallbackProviderIds without it as well.',
      },
    ]);
    const swapped = await update({ id, llmProviderId: second, fallbackProviderIds: [main] });
    expect(swapped).toMatchObject({ conversation: { llmProvider: { id: second } }, userErrors: [] });
    expect(idsOf(swapped)).toEqual([main]);
  });

  it('are at most five that exist, none twice, without the one that answers', async () => {
    const at = (place: number) => ['input', 'fallbackProviderIds', String(place)];
    const refusals: [string[], Values[]][] = [
      [
        Array(6).fill(second),
        [
          {
            code: 'INVALID',
            field: ['input', 'fallbackProviderIds'],
            message: 'At most 5 fallback providers can be given.',
          },
        ],
      ],
      [
        [second, UNKNOWN, 'x'],
        [
          { code: 'NOT_FOUND', field: at(1), message: 'There is no LLMProvider with this id.' },
          { code: 'NOT_FOUND', field: at(2), message: 'There is no LLMProvider with this id.' },
        ],
      ],
      [
        [second, third, second.toUpperCase()],
        [{ code: 'INVALID', field: at(2), message: 'This one is in the list already.' }],
      ],
      [
        [second, main],
        [
          {
            code: 'INVALID',
            field: at(1),
            message: 'This one answers already, as llmProviderId. Leave it out here.',
          },
        ],
      ],
    ];
    const { conversation } = await create({ llmProviderId: main, fallbackProviderIds: [third] });
    for (const [fallbackProviderIds, userErrors] of refusals) {
      expect(await create({ llmProviderId: main, fallbackProviderIds })).toEqual({ conversation: null, userErrors });
      expect(await update({ id: conversation.id, fallbackProviderIds })).toEqual({ conversation: null, userErrors });
    }
    expect(idsOf(await update({ id: conversation.id }))).toEqual([third]);
  });

  it('lose one that is deleted', async () => {
    const doomed = await chat.createModel({});
    const { conversation } = await create({ fallbackProviderIds: [second, doomed, third] });
    expect(await chat.app.mutate('deleteLLMProvider', 'deletedId', { id: doomed })).toEqual({
      deletedId: doomed,
      userErrors: [],
    });
    expect(idsOf(await update({ id: conversation.id }))).toEqual([second, third]);
  });
});
