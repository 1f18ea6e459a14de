import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execute } from '../src/platform/database/query.js';
import { type Asked, type Chat, FILES, QUESTION, startChat } from './support/chat.js';
import { answers, fails, sendsHtml, staysSilent, type Step } from './support/scripted-provider.js';
import type { Values } from './support/test-app.js';
import { holdTimeout } from './support/timeouts.js';

const WINDOWS = '# Windows\n\nOn Windows, run the setup program as an administrator.\n';
/** Seven documents about zebras; one of them has three passages. */
const ZEBRAS = Object.fromEntries(
  Array.from({ length: 7 }, (_, index) => {
    const parts = index === 0 ? ['Food', 'Water', 'Sleep'] : ['Life'];
    const sections = parts.map((part) => `## ${part}\n\n${'The zebra grazes with its herd all day. '.repeat(40)}\n`);
    return [`zebras/${index}.md`, `# Zebra ${index}\n\n${sections.join('\n')}`];
  }),
);

let chat: Chat;
beforeAll(async () => {
  chat = await startChat({ files: { ...FILES, 'docs/windows.md': WINDOWS, ...ZEBRAS } });
});
afterEach(() => {
  jest.restoreAllMocks();
  chat.provider.reset();
});
afterAll(() => chat.stop());

const RETRIEVAL = `retrieval { queries origin candidates { rank filePath headerAnchor startLine endLine score sourceIndex cut
  explain { keyword { rank passageScore inOtherWords pageScore evidence score weight } vector { rank similarity score weight } }
  document { filePath } chunk { id startLine } } }`;

async function retrievalOf(id: string): Promise<Values> {
  return (await chat.app.query(`query($id: ID!) { message(id: $id) { ${RETRIEVAL} } }`, { id })).message.retrieval;
}

async function asked(question: string, model?: string): Promise<Asked> {
  const sent = await chat.ask(question, model);
  await chat.untilEnded(sent.answerId);
  return sent;
}

/** What the model that answers got for this question: others may be asked meanwhile. */
const promptsFor = (question: string): string[] =>
  chat.provider.requests
    .map(({ body }) => body.messages.at(-1).content)
    .filter((content) => content.endsWith(`<question>\n${question}\n</question>`));

/** A follow-up to QUESTION, and what was searched for. */
async function followedUp(question: string, ...rewrites: Step[]) {
  const { conversationId } = await asked(QUESTION);
  chat.provider.scriptRewrites(...rewrites);
  const { answerId } = await chat.send(conversationId, question);
  const answer = await chat.untilEnded(answerId);
  return { answer, ...(await retrievalOf(answerId)) } as Values & { answer: Values };
}

const ON_WINDOWS = 'How do I install the program on Windows?';
const CARRIED = ['And on Windows? install program npm'];

describe('Message.retrieval', () => {
  it('is what was searched for and found, as a search explains it, and what became of it', async () => {
    const { questionId, answerId } = await asked(QUESTION);
    expect(await retrievalOf(questionId)).toBeNull();
    const { queries, origin, candidates } = await retrievalOf(answerId);
    expect({ queries, origin }).toEqual({ queries: [QUESTION], origin: 'QUESTION' });
    const { hits } = (
      await chat.app.query(
        `query($id: ID!, $query: String!) { project(id: $id) { search(query: $query, topK: 20) { hits { rank filePath score
          chunk { id startLine } explain { keyword { rank passageScore inOtherWords pageScore evidence score weight }
            vector { rank similarity score weight } } } } } }`,
        { id: chat.project.projectId, query: QUESTION },
      )
    ).project.search;
    const found = ({ rank, filePath, score, chunk, explain }: Values) => ({ rank, filePath, score, chunk, explain });
    expect(candidates.map(found)).toEqual(hits.map(found));
    expect(candidates.length).toBeGreaterThan(1);
    expect(candidates[0]).toMatchObject({
      sourceIndex: 1,
      cut: null,
      headerAnchor: 'installation',
      startLine: 1,
      document: { filePath: 'docs/install.md' },
    });
    const { sources } = await chat.message(answerId);
    expect(candidates.filter(({ cut }: Values) => !cut).map(({ filePath }: Values) => filePath)).toEqual(
      sources.map(({ filePath }: Values) => filePath),
    );
    for (const { sourceIndex, cut } of candidates) expect(sourceIndex === null).toBe(cut !== null);
  });

  it('looks for the words of a question in the project once', async () => {
    const statements = await chat.app.statements(() => asked(QUESTION));
    expect(statements.filter((statement) => /ts_lexize[^]*document_term/.test(statement))).toHaveLength(1);
  });

  it('tells why something was cut', async () => {
    const question = 'With whom does the zebra graze all day?';
    const { answerId } = await asked(question);
    const { candidates } = await retrievalOf(answerId);
    const cuts: string[] = candidates.map(({ cut }: Values) => cut);
    expect(cuts.filter((cut) => cut === null)).toHaveLength(5);
    expect(cuts).toContain('BELOW_TOP');
    expect(cuts).toContain('NO_EVIDENCE');
    const about = await asked('Zebra 0: food, water or sleep?');
    const ofFirst = (await retrievalOf(about.answerId)).candidates.filter(
      ({ filePath }: Values) => filePath === 'zebras/0.md',
    );
    expect(ofFirst.slice(0, 3).map(({ cut }: Values) => cut)).toEqual([null, null, 'PER_DOCUMENT_LIMIT']);
  });

  it('leaves out of the sources what the model has no room for', async () => {
    const model = await chat.createModel({ contextWindow: 2_400, maxTokens: 100 });
    const question = 'With whom does the zebra graze all day?';
    const { answerId } = await asked(question, model);
    const { candidates } = await retrievalOf(answerId);
    const { sources } = await chat.message(answerId);
    expect(candidates.filter(({ cut }: Values) => cut === 'PROMPT_BUDGET')).toHaveLength(5 - sources.length);
    const shown = promptsFor(question)[0]!.match(/<passage n="\d"/g);
    expect(shown).toEqual(sources.map(({ index }: Values) => `<passage n="${index}"`));
    expect(sources.length).toBeLessThan(5);
  });

  it('is read as well where it was stored before other words counted', async () => {
    const { answerId } = await asked(QUESTION);
    const wordsOf = async (): Promise<string[][]> =>
      (await retrievalOf(answerId)).candidates.flatMap(({ explain: { keyword } }: Values) =>
        keyword ? [keyword.inOtherWords] : [],
      );
    expect(await wordsOf()).toEqual([[], ['install']]);
    await execute(chat.app.app.services.database.fork())`
      update message set retrieval = regexp_replace(retrieval::text, '"inOtherWords": [^]]*], ', '', 'g')::jsonb where id = ${answerId}`;
    expect(await wordsOf()).toEqual([[], []]);
  });

  it('is kept where nothing was found', async () => {
    const { answerId } = await asked('Quels poissons vivent sous la banquise?');
    const { queries, candidates } = await retrievalOf(answerId);
    expect(queries).toEqual(['Quels poissons vivent sous la banquise?']);
    expect(candidates.length).toBeGreaterThan(0);
    for (const { cut } of candidates) expect(cut).toBe('NO_EVIDENCE');
  });
});

describe('a follow-up question', () => {
  it('is searched for as the language model writes it, and answered as it was asked', async () => {
    const { queries, origin, answer } = await followedUp('And on Windows?', answers(ON_WINDOWS));
    expect({ queries, origin }).toEqual({ queries: [ON_WINDOWS], origin: 'LANGUAGE_MODEL' });
    expect(answer).toMatchObject({ outcome: 'ANSWERED', usage: { inputTokens: 14, outputTokens: 13 } });
    expect(answer.sources.map(({ filePath }: Values) => filePath)).toContain('docs/windows.md');
    expect(promptsFor('And on Windows?')).toHaveLength(1);
    expect(chat.provider.rewrites).toHaveLength(1);
    const { max_tokens, messages } = chat.provider.rewrites[0]!.body;
    expect(max_tokens).toBe(200);
    expect(messages.map(({ role }: Values) => role)).toEqual(['system', 'user']);
    expect(messages[1].content).toBe(
      [
        `<turn by="user">\n${QUESTION}\n</turn>`,
        '<turn by="assistant">\nThe documentation says so [1].\n</turn>',
        '<question>\nAnd on Windows?\n</question>',
      ].join('\n\n'),
    );
  });

  it.each<[string, Step]>([
    ['fails', fails(400)],
    ['says nothing', answers('')],
    ['says too much', answers('windows '.repeat(100))],
    ['says far too much', answers('windows '.repeat(1_000))],
    ['is no model', sendsHtml()],
  ])('is searched for with words of the questions before it where the model %s', async (_, step) => {
    const { queries, origin, answer } = await followedUp('And on Windows?', step);
    expect({ queries, origin }).toEqual({ queries: CARRIED, origin: 'CONVERSATION' });
    expect(answer).toMatchObject({ status: 'COMPLETE', outcome: 'ANSWERED' });
  });

  it('is searched for in both ways where what the model writes finds nothing', async () => {
    const fish = 'Quels poissons vivent sous la banquise?';
    const { queries, origin, answer } = await followedUp('And on Windows?', answers(fish));
    expect({ queries, origin }).toEqual({ queries: [fish, ...CARRIED], origin: 'CONVERSATION' });
    expect(answer).toMatchObject({ outcome: 'ANSWERED' });
  });

  it('costs no request where it says itself what it is about', async () => {
    const { queries, origin } = await followedUp('When does the nightly backup copy the database?');
    expect({ queries, origin }).toEqual({
      queries: ['When does the nightly backup copy the database?'],
      origin: 'QUESTION',
    });
    expect(chat.provider.rewrites).toEqual([]);
  });

  it('can be stopped while it is rewritten', async () => {
    const { conversationId } = await asked(QUESTION);
    chat.provider.scriptRewrites(staysSilent());
    const { answerId } = await chat.send(conversationId, 'And on OpenBSD?');
    await chat.provider.untilRewrites(1);
    const { message } = await chat.app.mutate('stopMessage', 'message { status content }', { id: answerId });
    expect(message).toEqual({ status: 'CANCELLED', content: '' });
    expect(await retrievalOf(answerId)).toBeNull();
    expect(promptsFor('And on OpenBSD?')).toEqual([]);
  });

  it('is answered by the builtin provider from what the questions before it were about', async () => {
    const { nodes } = (await chat.app.query('{ llmProviders(first: 20) { nodes { id providerName } } }')).llmProviders;
    const builtin = nodes.find(({ providerName }: Values) => providerName === 'builtin').id;
    const { conversationId } = await asked(QUESTION, builtin);
    const why = await chat.send(conversationId, 'Why?');
    expect(await chat.untilEnded(why.answerId)).toMatchObject({
      outcome: 'ANSWERED',
      content: expect.stringContaining('npm install ibid-demo'),
      sources: [{ filePath: 'docs/install.md' }],
    });
    expect(await retrievalOf(why.answerId)).toMatchObject({
      queries: ['Why? install program npm'],
      origin: 'CONVERSATION',
    });
    const windows = await chat.send(conversationId, 'And on Windows?');
    expect((await chat.untilEnded(windows.answerId)).content).toContain('run the setup program as an administrator');
    expect(chat.provider.rewrites).toEqual([]);
  });

  it('waits five seconds for the model, not longer', async () => {
    const fiveSeconds = holdTimeout(5_000);
    const { conversationId } = await asked(QUESTION);
    chat.provider.scriptRewrites(staysSilent());
    const { answerId } = await chat.send(conversationId, 'And on macOS?');
    await chat.provider.untilRewrites(1);
    expect(fiveSeconds.isUsed).toBe(true);
    expect(await chat.message(answerId)).toMatchObject({ status: 'GENERATING' });
    fiveSeconds.pass();
    expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE', outcome: 'ANSWERED' });
    expect(await retrievalOf(answerId)).toMatchObject({
      queries: ['And on macOS? install program npm'],
      origin: 'CONVERSATION',
    });
  });
});
