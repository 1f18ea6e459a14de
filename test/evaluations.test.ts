import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { Message } from '../src/conversation/message.entity.js';
import { MessageRating, MessageRole } from '../src/conversation/message.enums.js';
import type { StoredSource } from '../src/conversation/message-source.js';
import { createContext } from '../src/context.js';
import { EvaluationQuestion } from '../src/evaluation/evaluation-question.entity.js';
import { EvaluationResult } from '../src/evaluation/evaluation-result.entity.js';
import { EvaluationRun } from '../src/evaluation/evaluation-run.entity.js';
import { EvaluationGranularity, EvaluationRunStatus } from '../src/evaluation/evaluation-run.settings.js';
import {
  EVALUATION_QUEUE,
  type EvaluationJob,
  takeUpLostEvaluations,
} from '../src/evaluation/evaluation-run.service.js';
import { EvaluationSet } from '../src/evaluation/evaluation-set.entity.js';
import { findPassages } from '../src/evaluation/find-passages.js';
import { locateExpected } from '../src/evaluation/locate-expected.js';
import { FailureCode, FailureError } from '../src/platform/errors.js';
import { runEvaluationJob } from '../src/evaluation/run-evaluation.job.js';
import { newId } from '../src/platform/database/columns.js';
import { createLogger } from '../src/platform/logger.js';
import { Project } from '../src/project/project.entity.js';
import { setClockOff } from './support/clock.js';
import {
  buildConversation,
  buildDocument,
  buildEvaluationQuestion,
  buildEvaluationResult,
  buildEvaluationRun,
  buildEvaluationSet,
  buildMessage,
  buildProject,
  buildProjectDoc,
} from './support/factories.js';
import { type HostedProject, startHostedProject } from './support/hosted-app.js';
import { itOnServer } from './support/kind-of-database.js';
import { buildSyncedProject, type SyncedProject, syncToEnd } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';
import { until } from './support/until.js';

const FILES = {
  'docs/install.md': '# Installation\n\nRun the installer with npm.\n\n## Windows\n\nUse the winget package.\n',
  'docs/backup.md': '# Backups\n\nThe nightly vault copies the database at three.\n',
  'docs/mail.md': '# Mail\n\nLetters are sent by the postmaster of the town.\n',
};

let { host, app, project, stop } = {} as HostedProject;
beforeAll(async () => void ({ host, app, project, stop } = await startHostedProject(FILES)));
afterAll(() => stop());

const SET = `evaluationSet { id name description questions { totalCount nodes { id text
  expected { filePath startLine endLine quote grade document { filePath } } } } }`;
const RUN = `id status mode topK minScore filter { pathPrefix fileTypes projectDocId } granularity questionsTotal questionsDone
  questionsSkipped questionsWithoutHit progress ndcgAt10 recallAt10 mrr latencyP50Ms latencyP95Ms embeddingModel documentCount
  chunkCount commits { commitSha projectDoc { id } } error { code message } startedAt finishedAt`;
const RESULTS = `results { totalCount nodes { questionText question { text } ndcgAt10 recallAt10 reciprocalRank hitCount latencyMs
  expected { filePath startLine rank grade isMissing } topHits { rank filePath startLine endLine score grade document { filePath } } } }`;

const question = (text: string, ...expected: Values[]) => ({ text, expected });
const INSTALL = question('How do I run the installer?', { filePath: 'docs/install.md' });
const BACKUP = question('When does the vault copy the database?', { filePath: 'docs/backup.md', grade: 3 });

async function createSet(questions: Values[], { projectId } = project): Promise<Values> {
  const { evaluationSet, userErrors } = await app.mutate('createEvaluationSet', SET, {
    projectId,
    name: 'Core questions',
    questions,
  });
  expect(userErrors).toEqual([]);
  return evaluationSet;
}

const faultsOf = async (questions: Values[]): Promise<Values[]> =>
  (await app.mutate('createEvaluationSet', SET, { projectId: project.projectId, name: 'Faulty', questions }))
    .userErrors;

async function start(setId: string, settings: Values = {}): Promise<string> {
  const { evaluationRun, userErrors } = await app.mutate('runEvaluation', 'evaluationRun { id status }', {
    setId,
    ...settings,
  });
  expect(userErrors).toEqual([]);
  return evaluationRun.id;
}

const readRun = async (id: string): Promise<Values> =>
  (await app.query(`query($id: ID!) { evaluationRun(id: $id) { ${RUN} ${RESULTS} } }`, { id })).evaluationRun;

const untilEnded = (id: string): Promise<Values> =>
  until(
    () => readRun(id),
    ({ finishedAt }) => finishedAt !== null,
  );

const evaluate = async (setId: string, settings?: Values) => untilEnded(await start(setId, settings));

/** A run that has no job. Created in the future, so that nobody takes it for one that lost it. */
const QUEUED = {
  status: EvaluationRunStatus.QUEUED,
  startedAt: null,
  finishedAt: null,
  createdAt: new Date(Date.now() + 3_600_000),
};

/** The answer to a question, once it has ended: with what the chat searched for and found. */
async function untilAnswered({ id }: Values): Promise<Values> {
  const events = await app.follow(
    `subscription($id: ID!) { answerEvents(messageId: $id) { ... on AnswerEnded {
      message { id conversation { id } retrieval { queries origin candidates { filePath } } } } } }`,
    { id },
  );
  return events.at(-1)!.data.answerEvents.message;
}

async function askChat(message: string, { projectId } = project): Promise<Values> {
  const input = { projectId, message };
  return untilAnswered((await app.mutate('createConversation', 'assistantMessage { id }', input)).assistantMessage);
}

describe('createEvaluationSet', () => {
  it('stores questions with the documents and passages that answer them', async () => {
    const set = await createSet([
      INSTALL,
      question(
        ' On Windows? ',
        { filePath: 'docs/install.md', startLine: 5, endLine: 7, grade: 3 },
        { filePath: 'docs/install.md', projectDocId: project.projectDocId, quote: 'winget' },
      ),
    ]);
    expect(set).toMatchObject({ name: 'Core questions', description: null });
    const document = { filePath: 'docs/install.md' };
    const whole = { filePath: 'docs/install.md', startLine: null, endLine: null, quote: null, grade: 1, document };
    expect(set.questions).toMatchObject({
      totalCount: 2,
      nodes: [
        { text: INSTALL.text, expected: [whole] },
        {
          text: 'On Windows?',
          expected: [
            { ...whole, startLine: 5, endLine: 7, quote: '## Windows\n\nUse the winget package.', grade: 3 },
            { ...whole, startLine: 7, endLine: 7, quote: 'winget' },
          ],
        },
      ],
    });
  });

  it('takes a passage as a search found it, and a document by its id', async () => {
    const { project: found } = await app.query(
      'query($id: ID!) { project(id: $id) { search(query: "vault", topK: 1) { hits { chunk { id } document { id } } } } }',
      { id: project.projectId },
    );
    const [{ chunk, document }] = found.search.hits;
    const set = await createSet([question('Vault?', { chunkId: chunk.id }, { documentId: document.id })]);
    expect(set.questions.nodes[0].expected).toMatchObject([
      { filePath: 'docs/backup.md', startLine: 1, endLine: 3, quote: expect.stringContaining('The nightly vault') },
      { filePath: 'docs/backup.md', startLine: null, quote: null },
    ]);
  });

  it('tells what is wrong with each question, and stores nothing', async () => {
    const setsOf = async () =>
      (
        await app.query('query($id: ID!) { project(id: $id) { evaluationSets { totalCount } } }', {
          id: project.projectId,
        })
      ).project.evaluationSets.totalCount;
    const before = await setsOf();
    const file = { filePath: 'docs/install.md' };
    const faults = await faultsOf([
      question(' ', file),
      question('No answer?'),
      question('Which?', { filePath: 'docs/none.md' }, { documentId: newId() }, { chunkId: newId() }, {}),
      question('Where?', { ...file, startLine: 90 }, { ...file, quote: 'not there' }, { ...file, endLine: 3 }),
      question('How good?', { ...file, grade: 4 }, { ...file, startLine: 1, quote: 'npm' }),
    ]);
    expect(faults.map(({ field }) => field.slice(1).join('.'))).toEqual([
      'questions.0.text',
      'questions.1.expected',
      'questions.2.expected.0.filePath',
      'questions.2.expected.1.documentId',
      'questions.2.expected.2.chunkId',
      'questions.2.expected.3.filePath',
      'questions.3.expected.2.endLine',
      'questions.4.expected.0.grade',
      'questions.4.expected.1.quote',
    ]);
    expect(faults.slice(2, 6).map(({ code, message }) => [code, message])).toEqual([
      ['INVALID', 'The project has no document with this path.'],
      ['NOT_FOUND', 'There is no document with this id.'],
      ['NOT_FOUND', 'There is no passage with this id.'],
      ['INVALID', 'Name one of filePath, documentId and chunkId.'],
    ]);
    const faultOf = async (passage: Values): Promise<string[]> => {
      const faults = await faultsOf([question('Where?', { ...file, ...passage })]);
      expect(faults.map(({ field }) => field.slice(1, -1).join('.'))).toEqual(['questions.0.expected.0']);
      return [faults[0]!.field.at(-1), faults[0]!.message];
    };
    expect(await faultOf({ startLine: 7, endLine: 90 })).toEqual(['startLine', 'The document ends at line 7.']);
    expect(await faultOf({ startLine: 0 })).toEqual(['startLine', 'startLine must be 1 or more.']);
    expect(await faultOf({ startLine: 5, endLine: 4 })).toEqual(['endLine', 'endLine must not be before startLine.']);
    expect(await faultOf({ quote: 'not there' })).toEqual(['quote', 'The document does not hold these words.']);
    const quotes = [' ', 'a\0', 'x'.repeat(2_001), '😀'.repeat(2_000)].map((quote) => ({ ...file, quote }));
    expect((await faultsOf([question('Where?', ...quotes)])).map(({ message }) => message)).toEqual([
      'Quote must not be blank.',
      'Quote must not hold NUL characters or broken Unicode.',
      'Quote must have at most 2,000 characters.',
    ]);
    expect(await setsOf()).toBe(before);
  });

  it('takes 1,000 questions at once and no more', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => question(`Question ${index}?`, { filePath: 'docs/mail.md' }));
    expect(await faultsOf(many(1_001))).toMatchObject([{ code: 'INVALID', field: ['input', 'questions'] }]);
    const set = await createSet(many(1_000));
    expect(set.questions.totalCount).toBe(1_000);
    await app.mutate('addEvaluationQuestions', SET, { setId: set.id, questions: many(1_000) });
    expect(
      (await app.mutate('addEvaluationQuestions', SET, { setId: set.id, questions: many(1) })).userErrors,
    ).toMatchObject([{ code: 'LIMIT_EXCEEDED', message: 'A set has at most 2,000 questions.' }]);
  });

  it('takes 100 answers of a question and 10,000 at once, and no more', async () => {
    const answers = (count: number) => Array.from({ length: count }, () => ({ filePath: 'docs/mail.md' }));
    const many = Array.from({ length: 100 }, () => question('Who sends letters?', ...answers(100)));
    expect(await faultsOf([question('Who?', ...answers(101))])).toMatchObject([
      { field: ['input', 'questions', '0', 'expected'], message: 'Expected must name 1 to 100 answers.' },
    ]);
    expect(await faultsOf([...many, question('Who?', ...answers(1))])).toMatchObject([
      { field: ['input', 'questions'], message: expect.stringContaining('at most 10,000 expected answers') },
    ]);
    const { evaluationSet, userErrors } = await app.mutate('createEvaluationSet', 'evaluationSet { id }', {
      projectId: project.projectId,
      name: 'Many answers',
      questions: many,
    });
    expect(userErrors).toEqual([]);
    await app.mutate('deleteEvaluationSet', 'deletedId', { id: evaluationSet.id });
  });

  it('takes texts of 10,000 characters and quotes of 2,000, and no longer ones', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    const content = `${'x'.repeat(2_001)}\n`;
    const { filePath } = await buildDocument(app, { projectId, projectDocId, content });
    const asked = (text: number, quote: number, description = 10_000) =>
      app.mutate('createEvaluationSet', SET, {
        projectId,
        name: 'n'.repeat(255),
        description: 'd'.repeat(description),
        questions: [question('?'.repeat(text), { filePath, quote: 'x'.repeat(quote) })],
      });
    const messageOf = async (...lengths: Parameters<typeof asked>) => (await asked(...lengths)).userErrors[0].message;
    expect(await asked(10_000, 2_000)).toMatchObject({ userErrors: [] });
    expect(await messageOf(10_001, 2_000)).toBe('Text must have at most 10,000 characters.');
    expect(await messageOf(10_000, 2_001)).toBe('Quote must have at most 2,000 characters.');
    expect(await messageOf(10_000, 2_000, 10_001)).toBe('Description must have at most 10,000 characters.');
  });

  it('tells up to 20 faults at once', async () => {
    const faulty = (count: number) => Array.from({ length: count }, () => question('Which?', { filePath: 'none.md' }));
    expect(await faultsOf(faulty(20))).toHaveLength(20);
    expect(await faultsOf(faulty(21))).toHaveLength(20);
  });

  it('asks whose file is meant where several ProjectDocs have it', async () => {
    const { id: projectId } = await buildProject(app);
    const docs = [await buildProjectDoc(app, { projectId }), await buildProjectDoc(app, { projectId })];
    for (const { id: projectDocId } of docs) await buildDocument(app, { projectId, projectDocId, filePath: 'a.md' });
    const create = (projectDocId?: string) =>
      app.mutate('createEvaluationSet', SET, {
        projectId,
        name: 'Whose?',
        questions: [question('Which?', { filePath: 'a.md', projectDocId })],
      });
    expect(await create()).toMatchObject({
      userErrors: [
        {
          code: 'INVALID',
          field: ['input', 'questions', '0', 'expected', '0', 'filePath'],
          message: 'Several ProjectDocs have such a file. Name one by projectDocId.',
        },
      ],
    });
    expect(await create(docs[1]!.id)).toMatchObject({ userErrors: [] });
  });

  it('makes one set for one idempotency key, and tells other questions from the same ones', async () => {
    const input = { projectId: project.projectId, name: 'Once', questions: [INSTALL], idempotencyKey: newId() };
    const { evaluationSet } = await app.mutate('createEvaluationSet', SET, input);
    expect((await app.mutate('createEvaluationSet', SET, input)).evaluationSet.id).toBe(evaluationSet.id);
    const other = { ...input, questions: [{ ...INSTALL, text: 'Something else?' }] };
    expect((await app.mutate('createEvaluationSet', SET, other)).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED' },
    ]);
  });

  it('gives the first result again for one idempotency key, though a sync has taken the expected file away', async () => {
    const own = await buildSyncedProject(app, host, FILES);
    const created = { projectId: own.projectId, name: 'Once', questions: [INSTALL], idempotencyKey: newId() };
    const create = () => app.mutate('createEvaluationSet', 'evaluationSet { id }', created);
    const first = await create();
    expect(first.userErrors).toEqual([]);
    const added = { setId: first.evaluationSet.id, questions: [INSTALL], idempotencyKey: newId() };
    const add = () => app.mutate('addEvaluationQuestions', 'evaluationSet { questions { totalCount } }', added);
    const grown = await add();
    expect(grown).toEqual({ evaluationSet: { questions: { totalCount: 2 } }, userErrors: [] });
    await own.repository.commit({ 'docs/install.md': null });
    await syncToEnd(app, own);
    expect(await create()).toEqual(first);
    expect(await add()).toEqual(grown);
  });

  it('does not take what belongs to another project', async () => {
    const { id: projectId } = await buildProject(app);
    const { userErrors } = await app.mutate('createEvaluationSet', SET, {
      projectId,
      name: 'Foreign',
      questions: [INSTALL],
    });
    expect(userErrors).toMatchObject([{ code: 'INVALID', message: 'The project has no document with this path.' }]);
    expect(
      (await app.mutate('createEvaluationSet', SET, { projectId: newId(), name: 'None' })).userErrors,
    ).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'projectId'] }]);
  });

  it('says of a projectDocId that it is none of the project, not that the path is wrong', async () => {
    const { id: projectId } = await buildProject(app);
    const foreign = await buildProjectDoc(app, { projectId });
    const ids = [newId(), 'nonsense', foreign.id];
    const named = ids.map((projectDocId) => ({ filePath: 'docs/install.md', projectDocId }));
    expect(await faultsOf([question('Where?', ...named)])).toEqual(
      ids.map((_, place) => ({
        code: 'NOT_FOUND',
        message: 'There is no ProjectDoc with this id.',
        field: ['input', 'questions', '0', 'expected', String(place), 'projectDocId'],
      })),
    );
  });
});

describe('the contents of documents', () => {
  const open = () => createContext(app.app.services, { requestId: newId(), logger: createLogger('silent') });

  it('are looked through a passage at a time: other operations have their turn in between', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    const { id: documentId, filePath } = await buildDocument(app, { projectId, projectDocId });
    let turn = 0;
    let next = setImmediate(function count() {
      turn += 1;
      next = setImmediate(count);
    });
    const turns = new Set<number>();
    const passages = Array.from({ length: 20 }, (_, index) => ({
      answer: {
        documentId,
        projectDocId,
        filePath,
        quote: `missing ${index}`,
        startLine: null,
        endLine: null,
        grade: 1,
      },
      path: [String(index)],
    }));
    await findPassages(open(), passages, () => turns.add(turn)).finally(() => clearImmediate(next));
    expect(turns.size).toBe(passages.length);
  });

  it('are read for twenty documents at a time', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    const documents = await Promise.all(
      Array.from({ length: 45 }, () => buildDocument(app, { projectId, projectDocId, content: 'Words.' })),
    );
    const expected = documents.map((document) => ({
      documentId: document.id,
      projectDocId,
      filePath: document.filePath,
      quote: 'Words.',
      startLine: 1,
      endLine: 1,
      grade: 1,
    }));
    const reads = await app.statements(async () => {
      const located = await locateExpected(open(), newId(), expected, EvaluationGranularity.PASSAGE);
      expect(located.map(({ place }) => place?.documentId)).toEqual(documents.map(({ id }) => id));
    });
    expect(reads.filter((statement) => /select id, content from document/.test(statement))).toHaveLength(3);
  });
});

describe('an EvaluationSet', () => {
  it('is renamed, gains and loses questions, and is deleted', async () => {
    const { id } = await createSet([INSTALL]);
    const { evaluationSet: renamed } = await app.mutate('updateEvaluationSet', SET, {
      id,
      name: 'New name',
      description: 'Why',
    });
    expect(renamed).toMatchObject({ name: 'New name', description: 'Why' });
    const { evaluationSet: grown } = await app.mutate('addEvaluationQuestions', SET, {
      setId: id,
      questions: [BACKUP],
    });
    expect(grown.questions.nodes.map(({ text }: Values) => text)).toEqual([INSTALL.text, BACKUP.text]);
    const remove = (...questionIds: string[]) =>
      app.mutate('removeEvaluationQuestions', SET, { setId: id, questionIds });
    const textsOf = ({ evaluationSet }: Values): string[] =>
      evaluationSet.questions.nodes.map(({ text }: Values) => text);
    const [removed, left] = grown.questions.nodes.map((each: Values) => each.id);
    expect(textsOf(await remove(removed, removed.toUpperCase()))).toEqual([BACKUP.text]);
    expect((await remove(left, removed, 'nonsense')).userErrors).toEqual(
      [removed, 'nonsense'].map((unknown, index) => ({
        code: 'NOT_FOUND',
        message: `The set has no question with the id ${unknown}.`,
        field: ['input', 'questionIds', String(index + 1)],
      })),
    );
    expect(textsOf(await app.mutate('updateEvaluationSet', SET, { id }))).toEqual([BACKUP.text]);
    expect(await app.mutate('deleteEvaluationSet', 'deletedId', { id })).toEqual({ deletedId: id, userErrors: [] });
    expect((await app.mutate('deleteEvaluationSet', 'deletedId', { id })).userErrors).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
  });
});

describe('runEvaluation', () => {
  it('asks every question and tells how well it was answered', async () => {
    const set = await createSet([
      INSTALL,
      BACKUP,
      question('Does the nightly vault copy the database of the postmaster?', { filePath: 'docs/mail.md' }),
    ]);
    const run = await evaluate(set.id);
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      mode: 'HYBRID',
      topK: 100,
      minScore: null,
      filter: null,
      granularity: 'DOCUMENT',
      questionsTotal: 3,
      questionsDone: 3,
      questionsSkipped: 0,
      questionsWithoutHit: 0,
      progress: 1,
      embeddingModel: expect.stringContaining('builtin'),
      documentCount: 3,
      chunkCount: expect.any(Number),
      commits: [{ commitSha: project.commitSha, projectDoc: { id: project.projectDocId } }],
      error: null,
    });
    const [installed, backedUp, missed] = run.results.nodes;
    expect(installed).toMatchObject({
      questionText: INSTALL.text,
      question: { text: INSTALL.text },
      ndcgAt10: 1,
      recallAt10: 1,
      reciprocalRank: 1,
      latencyMs: expect.any(Number),
      expected: [{ filePath: 'docs/install.md', startLine: null, rank: 1, grade: 1, isMissing: false }],
    });
    expect(backedUp.topHits[0]).toMatchObject({
      rank: 1,
      filePath: 'docs/backup.md',
      startLine: 1,
      grade: 3,
      document: { filePath: 'docs/backup.md' },
    });
    // Each document once, in the order of its best passage.
    const paths = missed.topHits.map(({ filePath }: Values) => filePath);
    expect(paths).toEqual([...new Set(paths)]);
    const { rank } = missed.expected[0];
    expect(rank).toBe(paths.indexOf('docs/mail.md') + 1);
    expect(missed.reciprocalRank).toBeCloseTo(1 / rank, 12);
    expect(run.mrr).toBeCloseTo((1 + 1 + 1 / rank) / 3, 12);
    expect(run.ndcgAt10).toBeCloseTo((1 + 1 + 1 / Math.log2(rank + 1)) / 3, 12);
  });

  it('finds what the search finds, by the settings that are given', async () => {
    const set = await createSet([BACKUP, question('npm', { filePath: 'docs/install.md' })]);
    const filter = { pathPrefix: 'docs/b', fileTypes: ['md'], projectDocId: project.projectDocId };
    const run = await evaluate(set.id, { mode: 'KEYWORD', topK: 1, minScore: 0.1, filter });
    expect(run).toMatchObject({ mode: 'KEYWORD', topK: 1, minScore: 0.1, filter, recallAt10: 0.5 });
    expect(run.questionsWithoutHit).toBe(1);
    const [backup, none] = run.results.nodes;
    const { project: searched } = await app.query(
      `query($id: ID!, $filter: DocumentFilter) { project(id: $id) { search(query: "${BACKUP.text}", mode: KEYWORD, topK: 1, filter: $filter) {
        hits { rank score filePath chunk { startLine endLine } } } } }`,
      { id: project.projectId, filter },
    );
    const [{ rank, score, filePath, chunk }] = searched.search.hits;
    expect(backup.topHits).toMatchObject([{ rank, score, filePath, ...chunk }]);
    expect(none).toMatchObject({ hitCount: 0, ndcgAt10: 0, topHits: [] });
  });

  it.each([
    ['need not stand anywhere like that', 'vault copies the database'],
    ['may be longer than what a search may quote', 'vault copies the database '.repeat(100)],
  ])('asks as the chat does, for which what a question quotes %s', async (_, quoted) => {
    const text = `Does "${quoted}" say who sends letters?`;
    const set = await createSet([question(text, { filePath: 'docs/mail.md' })]);
    const [asked] = (await evaluate(set.id)).results.nodes;
    const { retrieval } = await askChat(text);
    const pathsOf = (found: Values[]): string[] => [...new Set(found.map(({ filePath }) => filePath))];
    expect(pathsOf(asked.topHits)).toEqual(pathsOf(retrieval.candidates));
    expect(asked.expected[0]).toMatchObject({ filePath: 'docs/mail.md', rank: expect.any(Number) });
  });

  it('ranks passages where it is asked to, whose words it finds after they have moved', async () => {
    const own = await buildSyncedProject(app, host, {
      'guide.md': `# Guide\n\nAll about keys.\n\n${'Filler of the key guide. '.repeat(300)}\n\n## Doors\n\nThe brass key opens the cellar.\n`,
      'old.md': '# Old\n\nA page about lanterns.\n',
      'gone.md': '# Gone\n\nA page about candles.\n',
    });
    const set = await createSet(
      [
        question('Which key opens the cellar?', { filePath: 'guide.md', quote: 'The brass key opens the cellar.' }),
        question('lanterns', { filePath: 'old.md', startLine: 1, endLine: 3 }),
        question('candles', { filePath: 'gone.md' }),
        question('keys', { filePath: 'guide.md', quote: 'All about keys.' }, { filePath: 'old.md' }),
      ],
      own,
    );
    const before = await evaluate(set.id, { granularity: 'PASSAGE' });
    expect(before.results.nodes[0].expected[0]).toMatchObject({ rank: 1, startLine: 9 });
    await own.repository.rename('old.md', 'new.md');
    await own.repository.commit({
      'gone.md': null,
      'guide.md': `# Guide\n\nFirst of all.\n\nAnother paragraph.\n\n${'Filler of the key guide. '.repeat(300)}\n\n## Doors\n\nThe brass key opens the cellar.\n`,
    });
    await syncToEnd(app, own);
    const after = await evaluate(set.id, { granularity: 'PASSAGE' });
    const [cellar, lanterns, candles, keys] = after.results.nodes;
    expect(cellar).toMatchObject({ ndcgAt10: 1, expected: [{ rank: 1, startLine: 11, isMissing: false }] });
    expect(lanterns).toMatchObject({ ndcgAt10: 1, expected: [{ filePath: 'new.md', rank: 1 }] });
    expect(candles).toMatchObject({ ndcgAt10: null, latencyMs: null, expected: [{ rank: null, isMissing: true }] });
    expect(keys.expected.map(({ isMissing }: Values) => isMissing)).toEqual([true, false]);
    expect(after).toMatchObject({ status: 'SUCCEEDED', questionsTotal: 4, questionsDone: 4, questionsSkipped: 1 });
    const { evaluationSet } = await app.query(
      `query($id: ID!) { evaluationSet(id: $id) { questions { nodes { expected { filePath document { id } } } } } }`,
      { id: set.id },
    );
    expect(evaluationSet.questions.nodes[1].expected).toMatchObject([{ filePath: 'new.md' }]);
    expect(evaluationSet.questions.nodes[2].expected).toEqual([{ filePath: 'gone.md', document: null }]);
  });

  const expectedNow = async (setId: string): Promise<Values[]> => {
    const { evaluationSet } = await app.query(
      'query($id: ID!) { evaluationSet(id: $id) { questions { nodes { expected { filePath document { filePath } } } } } }',
      { id: setId },
    );
    return evaluationSet.questions.nodes.flatMap(({ expected }: Values) => expected);
  };
  const HERE = { filePath: 'docs/mail.md', document: { filePath: 'docs/mail.md' } };
  const GONE = { filePath: 'docs/mail.md', document: null };
  const MAIL = question('Who sends letters?', { filePath: 'docs/mail.md' });

  async function loseMail(): Promise<{ id: string; own: SyncedProject }> {
    const own = await buildSyncedProject(app, host, FILES);
    const { id } = await createSet([MAIL], own);
    await own.repository.commit({ 'docs/mail.md': null });
    await syncToEnd(app, own);
    return { id, own };
  }

  it('finds a document again that left and came back', async () => {
    const { id, own } = await loseMail();
    expect(await expectedNow(id)).toEqual([GONE]);
    await own.repository.commit({ 'docs/mail.md': FILES['docs/mail.md'] });
    await syncToEnd(app, own);
    expect(await expectedNow(id)).toEqual([HERE]);
    expect(await evaluate(id)).toMatchObject({ status: 'SUCCEEDED', questionsSkipped: 0, ndcgAt10: 1 });
  });

  it('fails where everything is gone that its questions expect', async () => {
    expect(await evaluate((await loseMail()).id)).toMatchObject({
      status: 'FAILED',
      ndcgAt10: null,
      error: { code: 'NOTHING_TO_MEASURE', message: expect.stringMatching(/^No question could be measured: /) },
      results: { nodes: [{ ndcgAt10: null, expected: [{ isMissing: true }] }] },
    });
  });

  it('fails where the embedding model is gone, rather than go by words under the name of another mode', async () => {
    const own = await buildSyncedProject(app, host, FILES);
    const { id: setId } = await createSet([INSTALL], own);
    const { projectId: id } = own;
    await app.app.services.database.fork().nativeUpdate(Project, { id }, { embeddingModel: 'builtin/older' });
    expect(await evaluate(setId, { mode: 'HYBRID' })).toMatchObject({
      status: 'FAILED',
      ndcgAt10: null,
      error: { message: expect.stringMatching(/^The embedding model builtin\/older cannot be called/) },
    });
    expect(await evaluate(setId, { mode: 'KEYWORD' })).toMatchObject({ status: 'SUCCEEDED', ndcgAt10: 1 });
  });

  it("finds a document again in another ProjectDoc of its repository, once its own is deleted, but in no other repository's", async () => {
    const own = await buildSyncedProject(app, host, FILES);
    const other = await buildSyncedProject(app, host, FILES);
    const read = `projectDoc(id: $id) { githubUrl }`;
    const urlOf = async (id: string) => (await app.query(`query($id: ID!) { ${read} }`, { id })).projectDoc.githubUrl;
    const urls = [await urlOf(own.projectDocId), await urlOf(other.projectDocId)];
    const { id } = await createSet([MAIL], own);
    const addProjectDoc = async (githubUrl: string): Promise<void> => {
      const { projectDoc } = await app.mutate('createProjectDoc', 'projectDoc { id }', {
        projectId: own.projectId,
        name: 'Again',
        githubUrl,
      });
      await syncToEnd(app, { projectDocId: projectDoc.id });
    };
    await app.mutate('deleteProjectDoc', 'deletedId', { id: own.projectDocId });
    await addProjectDoc(urls[1]);
    expect(await expectedNow(id)).toEqual([GONE]);
    await addProjectDoc(urls[0]);
    expect(await expectedNow(id)).toEqual([HERE]);
    expect(await evaluate(id)).toMatchObject({ status: 'SUCCEEDED', questionsSkipped: 0 });
  });

  it('fails where the set has lost its questions before its turn comes', async () => {
    const { id: setId } = await createSet([]);
    const { id } = await buildEvaluationRun(app, { setId, ...QUEUED });
    await runEvaluationJob(
      app.app.services,
      createLogger('silent'),
      { evaluationRunId: id },
      new AbortController().signal,
    );
    expect(await readRun(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'NOTHING_TO_MEASURE', message: expect.stringMatching(/^The set has no questions any more\./) },
    });
  });

  it.each([
    ['topK', 'of 0', { topK: 0 }],
    ['topK', 'of 101', { topK: 101 }],
    ['minScore', 'of 1.5', { minScore: 1.5 }],
    ['filter', 'with 51 file types', { filter: { fileTypes: Array(51).fill('md') } }],
  ])('refuses a %s %s', async (field, _, settings) => {
    const { id: setId } = await buildEvaluationSet(app, { projectId: project.projectId });
    const { userErrors } = await app.mutate('runEvaluation', 'evaluationRun { id }', { setId, ...settings });
    expect(userErrors).toMatchObject([{ code: 'INVALID' }]);
    expect(userErrors[0].field.slice(0, 2)).toEqual(['input', field]);
  });

  it('tells every fault of a filter, and where it is', async () => {
    const { id: setId } = await buildEvaluationSet(app, { projectId: project.projectId });
    const filter = { fileTypes: Array(51).fill('md'), pathPrefix: 'x'.repeat(1_025) };
    const { userErrors } = await app.mutate('runEvaluation', 'evaluationRun { id }', { setId, filter });
    expect(userErrors.map(({ field }: Values) => field)).toEqual([
      ['input', 'filter', 'pathPrefix'],
      ['input', 'filter', 'fileTypes'],
    ]);
  });

  it('refuses a filter by what is no ProjectDoc of the project: it would find nothing', async () => {
    const { id: setId } = await createSet([INSTALL]);
    const { id: projectId } = await buildProject(app);
    const foreign = await buildProjectDoc(app, { projectId });
    for (const projectDocId of [newId(), 'nonsense', foreign.id]) {
      const input = { setId, filter: { projectDocId } };
      expect((await app.mutate('runEvaluation', 'evaluationRun { id }', input)).userErrors).toEqual([
        {
          code: 'NOT_FOUND',
          message: 'There is no ProjectDoc with this id.',
          field: ['input', 'filter', 'projectDocId'],
        },
      ]);
    }
  });

  it('refuses a set that is unknown, and one without questions', async () => {
    const { id: setId } = await buildEvaluationSet(app, { projectId: project.projectId });
    const codeFor = async (id: string) =>
      (await app.mutate('runEvaluation', 'evaluationRun { id }', { setId: id })).userErrors[0].code;
    expect(await codeFor(newId())).toBe('NOT_FOUND');
    expect(await codeFor(setId)).toBe('CONFLICT');
  });

  it('queues one run for one idempotency key', async () => {
    const { id: setId } = await createSet([INSTALL]);
    const idempotencyKey = newId();
    const ids = [await start(setId, { idempotencyKey }), await start(setId, { idempotencyKey })];
    expect(ids[1]).toBe(ids[0]);
    await untilEnded(ids[0]!);
  });
});

/** The embedded database has no clock of its own. */

describe('a run right after its questions', () => {
  itOnServer('asks all of them, though they were added by a process with a fast clock', async () => {
    setClockOff(3_600_000);
    const { id } = await createSet([INSTALL, BACKUP]).finally(() => setClockOff(0));
    expect(await evaluate(id)).toMatchObject({ status: 'SUCCEEDED', questionsDone: 2 });
  });
});

describe('a run whose process died', () => {
  const longAgo = new Date(Date.now() - 3_600_000);

  /** One that had asked the first of its two questions, by this model, of 7 passages. */
  async function takeUp(embeddingModel: string): Promise<Values> {
    const set = await createSet([INSTALL, BACKUP]);
    const [first] = set.questions.nodes;
    const { id } = await buildEvaluationRun(app, {
      setId: set.id,
      status: EvaluationRunStatus.RUNNING,
      questionsTotal: 2,
      questionsDone: 1,
      embeddingModel,
      chunkCount: 7,
      startedAt: new Date(),
      finishedAt: null,
      heartbeatAt: longAgo,
    });
    const done = { runId: id, questionId: first.id, ndcgAt10: 0.25, recallAt10: 0.25, reciprocalRank: 0.25 };
    await buildEvaluationResult(app, { ...done, questionText: 'as it was asked before' });
    await takeUpLostEvaluations(app.app.services);
    return untilEnded(id);
  }
  const textsOf = ({ results }: Values) => results.nodes.map(({ questionText }: Values) => questionText);

  it('is taken up again: what was asked is not asked again, what was not is', async () => {
    const run = await takeUp('builtin/hashing-1');
    expect(run).toMatchObject({ status: 'SUCCEEDED', questionsTotal: 2, questionsDone: 2, mrr: 1.25 / 2 });
    expect(run.chunkCount).toBe(7);
    expect(textsOf(run)).toEqual(['as it was asked before', BACKUP.text]);
  });

  it('begins anew where its project has come to another embedding model: no run is a mixture of two', async () => {
    const run = await takeUp('builtin/older');
    expect(run).toMatchObject({ status: 'SUCCEEDED', questionsTotal: 2, questionsDone: 2, mrr: 1, chunkCount: 3 });
    expect(run.embeddingModel).toBe('builtin/hashing-1');
    expect(textsOf(run)).toEqual([INSTALL.text, BACKUP.text]);
  });

  it('is started though its job was lost', async () => {
    const set = await createSet([INSTALL]);
    const { id } = await buildEvaluationRun(app, {
      setId: set.id,
      status: EvaluationRunStatus.QUEUED,
      startedAt: null,
      finishedAt: null,
      createdAt: longAgo,
    });
    await takeUpLostEvaluations(app.app.services);
    expect(await untilEnded(id)).toMatchObject({ status: 'SUCCEEDED', questionsDone: 1 });
  });
});

/**
 * Works on a run in this process. Before the embedding model answers for the first, second, ... time, it does what the test
 * says.
 */
async function workOn(job: EvaluationJob, onAsked: (time: number) => unknown, stopping = new AbortController()) {
  const { embedder } = app.app.services;
  let asked = 0;
  const embedQuery: typeof embedder.embedQuery = async (...args) => {
    await onAsked((asked += 1));
    return embedder.embedQuery(...args);
  };
  const counting = { ...embedder, embedQuery };
  const embedders = { ...app.app.services.embedders, of: async () => counting };
  const services = { ...app.app.services, embedder: counting, embedders };
  await runEvaluationJob(services, createLogger('silent'), job, stopping.signal);
}

/** A run of three questions whose embedding model does what the test says when it is asked for the second time. */
async function runUntilSecond(onSecond: (id: string) => unknown, stopping?: AbortController) {
  const { id: setId } = await createSet([INSTALL, BACKUP, INSTALL]);
  const { id } = await buildEvaluationRun(app, { setId, ...QUEUED });
  await workOn({ evaluationRunId: id }, (time) => time === 2 && onSecond(id), stopping);
  return id;
}

const modelFails = (retryable: boolean): never => {
  throw new FailureError(FailureCode.NETWORK, 'The embedding model cannot be reached.', retryable);
};

describe('a run that is going', () => {
  afterEach(() => setClockOff(0));

  const cancel = (id: string) => app.mutate('cancelEvaluationRun', `evaluationRun { ${RUN} }`, { id });

  it('ends when it is cancelled: what it found stays, and nothing is added', async () => {
    let cancelled: Values = {};
    const id = await runUntilSecond(async (id) => void (cancelled = (await cancel(id)).evaluationRun));
    const { results, ...run } = await untilEnded(id);
    expect(run).toMatchObject({ status: 'CANCELLED', questionsTotal: 3, questionsDone: 1, ndcgAt10: null });
    expect(run).toEqual(cancelled);
    expect(results.nodes.map(({ questionText }: Values) => questionText)).toEqual([INSTALL.text]);
    expect((await cancel(id)).userErrors).toMatchObject([{ code: 'CONFLICT', message: 'This run has ended already.' }]);
  });

  it('leaves the service free to answer, and to cancel it in the middle', async () => {
    const { id: setId } = await createSet(Array.from({ length: 200 }, () => BACKUP));
    const id = await start(setId, { mode: 'KEYWORD' });
    const seen = await until(
      () => readRun(id),
      ({ questionsDone }) => questionsDone > 0,
    );
    expect(seen).toMatchObject({ status: 'RUNNING', questionsTotal: 200, finishedAt: null });
    expect(seen.progress).toBeLessThan(1);
    expect((await cancel(id)).userErrors).toEqual([]);
    const { status, questionsDone, results } = await untilEnded(id);
    expect(status).toBe('CANCELLED');
    expect(questionsDone).toBeLessThan(200);
    expect(results.totalCount).toBe(questionsDone);
  });

  it('ends when it is deleted', async () => {
    const remove = (id: string) => app.mutate('deleteEvaluationRun', 'deletedId', { id });
    const id = await runUntilSecond(async (id) => {
      expect(await remove(id)).toEqual({ deletedId: id, userErrors: [] });
    });
    expect((await remove(id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await cancel(id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  itOnServer('is not taken for dead, slow as the clock of its process may be, by one with a fast clock', async () => {
    const { database, jobs } = app.app.services;
    const queued: string[] = [];
    const send: typeof jobs.send = async (_, { key }) => void queued.push(key);
    setClockOff(-3_600_000);
    const id = await runUntilSecond(async () => {
      setClockOff(3_600_000);
      await takeUpLostEvaluations({ database, jobs: { ...jobs, send } });
      setClockOff(0);
    });
    expect(queued).toEqual([]);
    expect(await untilEnded(id)).toMatchObject({ status: 'SUCCEEDED', questionsDone: 3 });
  });

  it('waits again when its process stops, and is finished by the next', async () => {
    const stopping = new AbortController();
    const id = await runUntilSecond(async () => stopping.abort(), stopping);
    app.app.services.jobs.wake(EVALUATION_QUEUE);
    expect(await untilEnded(id)).toMatchObject({ status: 'SUCCEEDED', questionsDone: 3, ndcgAt10: 1 });
  });

  it('fails with the words of the embedding model that fails; what it found stays', async () => {
    const id = await runUntilSecond(() => modelFails(false));
    const { results, ...run } = await untilEnded(id);
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'NETWORK' }, questionsDone: 1, ndcgAt10: null });
    expect(results.totalCount).toBe(1);
  });

  it('waits with the reason where its embedding model fails for a time, and then asks what is left', async () => {
    const { database, jobs } = app.app.services;
    const id = await runUntilSecond(() => modelFails(true));
    const waiting = await readRun(id);
    expect(waiting).toMatchObject({ status: 'QUEUED', questionsDone: 1, finishedAt: null, error: { code: 'NETWORK' } });
    const { rows } = await database.forJobs.executeSql(
      `update jobs.job set start_after = now() where singleton_key = '${id}' and state = 'created'
       returning id`,
    );
    expect(rows).toHaveLength(1);
    jobs.wake(EVALUATION_QUEUE);
    const ended = await untilEnded(id);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', questionsDone: 3, error: null });
    expect(ended.results.nodes[0]).toEqual(waiting.results.nodes[0]);
  });

  it('fails where its embedding model has failed for an hour without an answer', async () => {
    const evaluationRunId = await runUntilSecond(() => modelFails(true));
    const setbacks = { count: 9, since: Date.now() - 3_600_000 };
    await workOn({ evaluationRunId, setbacks }, (time) => time === 2 && modelFails(true));
    expect(await readRun(evaluationRunId)).toMatchObject({ status: 'QUEUED', questionsDone: 2 });
    await workOn({ evaluationRunId, setbacks }, () => modelFails(true));
    expect(await readRun(evaluationRunId)).toMatchObject({ status: 'FAILED', error: { code: 'NETWORK' } });
  });
});

describe('createEvaluationSetFromRatings', () => {
  const source = (index: number, documentId: string, chunkText: string): StoredSource => ({
    index,
    documentId,
    chunkId: newId(),
    filePath: 'docs/before.md',
    fileName: 'before.md',
    headerAnchor: null,
    title: 'Before',
    headerPath: [],
    score: 1,
    similarityScore: null,
    startLine: 3,
    endLine: 3,
    commitSha: project.commitSha,
    url: null,
    chunkText,
  });
  const citation = (sourceIndex: number) => ({ sourceIndex }) as never;

  async function answered(content: string, answers: Values[], { projectId } = project): Promise<void> {
    const { id: conversationId } = await buildConversation(app, { projectId });
    const { id: parentId } = await buildMessage(app, { conversationId, sequence: 1, content });
    for (const [index, values] of answers.entries())
      await buildMessage(app, {
        conversationId,
        sequence: index + 2,
        role: MessageRole.ASSISTANT,
        parentId,
        rating: MessageRating.GOOD,
        ...values,
      });
  }

  const create = (input: Values = {}) =>
    app.mutate('createEvaluationSetFromRatings', SET, { projectId: project.projectId, name: 'Rated', ...input });

  it('is refused where nothing is rated GOOD', async () => {
    const { id: projectId } = await buildProject(app);
    await answered('Bad?', [{ rating: MessageRating.BAD, sources: [] }], { ...project, projectId });
    expect((await create({ projectId })).userErrors).toMatchObject([
      { code: 'CONFLICT', field: ['input', 'projectId'] },
    ]);
  });

  it('expects what good answers cite, else all their sources, as far as they are still there', async () => {
    const { project: found } = await app.query(
      'query($id: ID!) { project(id: $id) { documents { nodes { id filePath } } } }',
      { id: project.projectId },
    );
    const [backup, install] = found.documents.nodes.map(({ id }: Values) => id);
    const vault = 'The nightly vault copies the database at three.';
    const installer = 'Run the installer with npm.';
    const sources = [source(1, backup, vault), source(2, install, installer), source(3, newId(), 'gone')];
    await answered('Cited?', [
      { sources, citations: [citation(2), citation(9)] },
      { sources, citations: [citation(1)] },
    ]);
    await answered('Not cited?', [{ sources }]);
    await answered('All gone?', [{ sources: [source(1, newId(), 'gone')] }]);
    await answered('Not rated?', [{ sources, rating: null }]);
    const { evaluationSet, userErrors } = await create();
    expect(userErrors).toEqual([]);
    const questions = Object.fromEntries(
      evaluationSet.questions.nodes.map(({ text, expected }: Values) => [
        text,
        expected.map(({ filePath, quote }: Values) => [filePath, quote]).sort(),
      ]),
    );
    const both = [
      ['docs/backup.md', vault],
      ['docs/install.md', installer],
    ];
    expect(questions).toEqual({ 'Cited?': both, 'Not cited?': both });
    expect(await evaluate(evaluationSet.id, { granularity: 'PASSAGE' })).toMatchObject({
      status: 'SUCCEEDED',
      questionsSkipped: 0,
    });
  });

  it('expects 100 answers of a question at most, those of its newest answers', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    const { id: documentId } = await buildDocument(app, { projectId, projectDocId });
    const sources = (name: string) =>
      Array.from({ length: 60 }, (_, index) => source(index + 1, documentId, `${name} ${index}`));
    await answered(
      'Often?',
      [
        { sources: sources('old'), createdAt: new Date('2026-01-31') },
        { sources: sources('new'), createdAt: new Date('2026-02-01') },
      ],
      { ...project, projectId },
    );
    const { evaluationSet } = await create({ projectId });
    const [{ expected }] = evaluationSet.questions.nodes;
    expect(expected).toHaveLength(100);
    expect(expected.slice(0, 60).map(({ quote }: Values) => quote)).toEqual(
      sources('new').map(({ chunkText }) => chunkText),
    );
  });

  it('asks of a follow-up what was searched for in its place, and leaves out one of which that is not known', async () => {
    const own = await buildSyncedProject(app, host, FILES);
    const text = 'How do I run the installer with npm?';
    const { conversation, ...first } = await askChat(text, own);
    const followUp = { conversationId: conversation.id, content: 'And on Windows?' };
    const sent = await app.mutate('sendMessage', 'userMessage { id } assistantMessage { id }', followUp);
    const second = await untilAnswered(sent.assistantMessage);
    const [query] = second.retrieval.queries.slice(-1);
    expect(query).toMatch(/^And on Windows\? .*installer/);
    for (const { id } of [first, second])
      expect((await app.mutate('rateMessage', 'message { id }', { id, rating: 'GOOD' })).userErrors).toEqual([]);
    const em = app.app.services.database.fork();
    const { sources } = await em.findOneOrFail(Message, { id: second.id });
    await buildMessage(app, {
      conversationId: conversation.id,
      sequence: 5,
      role: MessageRole.ASSISTANT,
      parentId: sent.userMessage.id,
      rating: MessageRating.GOOD,
      sources,
    });
    const { evaluationSet } = await create({ projectId: own.projectId });
    expect(evaluationSet.questions.nodes.map(({ text }: Values) => text).sort()).toEqual([query, text]);
  });
});

describe('compareEvaluationRuns', () => {
  const COMPARE = `query($baseId: ID!, $otherId: ID!, $first: Int) { compareEvaluationRuns(baseId: $baseId, otherId: $otherId, first: $first) {
    base { id } other { id } questionsCompared metrics { metric baseMean otherMean difference pValue wins losses ties }
    mostChanged { ndcgDifference base { questionText ndcgAt10 } other { ndcgAt10 } } } }`;
  const compare = (baseId: string, otherId: string, first?: number) => app.request(COMPARE, { baseId, otherId, first });

  async function buildRun(setId: string, values: (number | null)[], questionIds: string[]): Promise<string> {
    const { id: runId } = await buildEvaluationRun(app, { setId });
    for (const [index, ndcgAt10] of values.entries()) {
      const metrics = { ndcgAt10, recallAt10: ndcgAt10 === null ? null : 1, reciprocalRank: ndcgAt10 };
      await buildEvaluationResult(app, {
        runId,
        questionId: questionIds[index]!,
        questionText: `Question ${index}`,
        ...metrics,
      });
    }
    return runId;
  }

  it('pairs the questions that both measured, and tests the difference', async () => {
    const { id: setId } = await buildEvaluationSet(app, { projectId: project.projectId });
    const questionIds = Array.from({ length: 6 }, newId);
    const base = await buildRun(setId, [0.5, 0.5, 0.5, 0.5, 0.5, null], questionIds);
    const other = await buildRun(setId, [0.75, 1, 0.5, 0.25, null, 1], questionIds);
    const { data, errors } = await compare(base, other, 2);
    expect(errors).toBeUndefined();
    // Of the 8 ways to give .25, .5 and -.25 a sign, the sum is .5 or more from 0 in 6: all but ±(.25 - .5 + .25).
    const means = { baseMean: 0.5, otherMean: 0.625, difference: 0.125, pValue: 6 / 8, wins: 2, losses: 1, ties: 1 };
    const same = { baseMean: 1, otherMean: 1, difference: 0, pValue: 1, wins: 0, losses: 0, ties: 4 };
    expect(data.compareEvaluationRuns).toEqual({
      base: { id: base },
      other: { id: other },
      questionsCompared: 4,
      metrics: [
        { metric: 'NDCG_AT_10', ...means },
        { metric: 'RECALL_AT_10', ...same },
        { metric: 'MRR', ...means },
      ],
      mostChanged: [
        { ndcgDifference: 0.5, base: { questionText: 'Question 1', ndcgAt10: 0.5 }, other: { ndcgAt10: 1 } },
        { ndcgDifference: 0.25, base: { questionText: 'Question 0', ndcgAt10: 0.5 }, other: { ndcgAt10: 0.75 } },
      ],
    });
  });

  it('takes for a tie what was only summed in another order', async () => {
    const { id: setId } = await buildEvaluationSet(app, { projectId: project.projectId });
    const questionIds = Array.from({ length: 2 }, newId);
    const base = await buildRun(setId, [0.3 + 0.2 + 0.1, 0.5], questionIds);
    const other = await buildRun(setId, [0.1 + 0.2 + 0.3, 0.5], questionIds);
    const { metrics, mostChanged } = (await compare(base, other)).data.compareEvaluationRuns;
    expect(metrics[0]).toMatchObject({ difference: 0, pValue: 1, wins: 0, losses: 0, ties: 2 });
    expect(mostChanged).toEqual([]);
  });

  it('refuses runs of different sets or granularities and runs without a result, and knows no run that is not there', async () => {
    const [one, two] = await Promise.all([0, 1].map(() => buildEvaluationSet(app, { projectId: project.projectId })));
    const { id: base } = await buildEvaluationRun(app, { setId: one!.id });
    const { id: foreign } = await buildEvaluationRun(app, { setId: two!.id });
    const { id: failed } = await buildEvaluationRun(app, { setId: one!.id, status: EvaluationRunStatus.FAILED });
    const refusal = async (...args: Parameters<typeof compare>) => {
      const [error] = (await compare(...args)).errors!;
      return [error!.extensions.code, error!.message];
    };
    expect(await refusal(base, foreign)).toEqual([
      'BAD_USER_INPUT',
      'These runs are of different sets. Compare two runs of the same set.',
    ]);
    expect(await refusal(failed, base)).toEqual([
      'BAD_USER_INPUT',
      'One of these runs is FAILED. Compare runs that have SUCCEEDED.',
    ]);
    const passages = { setId: one!.id, granularity: EvaluationGranularity.PASSAGE };
    expect(await refusal(base, (await buildEvaluationRun(app, passages)).id)).toEqual([
      'BAD_USER_INPUT',
      'One of these runs ranks documents, the other passages. Compare two runs of the same granularity.',
    ]);
    expect(await refusal(base, base, 0)).toEqual(['BAD_USER_INPUT', 'first must be between 1 and 100.']);
    expect((await compare(base, newId())).data).toEqual({ compareEvaluationRuns: null });
  });
});

describe('a project that is deleted', () => {
  it('takes its sets, questions, runs and results with it', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: setId } = await buildEvaluationSet(app, { projectId });
    const { id: questionId } = await buildEvaluationQuestion(app, { setId });
    const { id: runId } = await buildEvaluationRun(app, { setId });
    const { id: resultId } = await buildEvaluationResult(app, { runId, questionId });
    const rows = () => {
      const em = app.app.services.database.fork();
      return Promise.all([
        em.count(EvaluationSet, { id: setId }),
        em.count(EvaluationQuestion, { id: questionId }),
        em.count(EvaluationRun, { id: runId }),
        em.count(EvaluationResult, { id: resultId }),
      ]);
    };
    expect(await rows()).toEqual([1, 1, 1, 1]);
    await app.mutate('deleteProject', 'deletedId', { id: projectId });
    expect(await rows()).toEqual([0, 0, 0, 0]);
  });
});
