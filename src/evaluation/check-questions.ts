import type { Context } from '../context.js';
import type { Chunk } from '../document/chunk.entity.js';
import { isId } from '../platform/database/columns.js';
import { query } from '../platform/database/query.js';
import { InputRules, textFault } from '../platform/graphql/input-rules.js';
import { isStorable } from '../platform/text/is-storable.js';
import type { EvaluationQuestionInput, ExpectedAnswerInput } from './evaluation.inputs.js';
import type { StoredExpectation } from './expected-answer.js';
import { type NamedDocument, readDocuments } from './find-documents.js';
import { findPassages, type ExpectedPassage } from './find-passages.js';
import { MAX_QUOTE } from './find-lines.js';

export const MAX_QUESTIONS_AT_ONCE = 1_000;
/** Characters of one question. */
export const MAX_TEXT = 10_000;
/** Of one question. */
export const MAX_EXPECTED = 100;
const MAX_EXPECTED_AT_ONCE = 10_000;
const MAX_GRADE = 3;
/** What a form can show; whoever sent a file of questions mends its first faults first. */
export const MAX_FAULTS = 20;

export interface NewQuestion {
  text: string;
  expected: StoredExpectation[];
}

type Path = readonly string[];

/**
 * Checks questions against what the project holds now.
 * @throws Refusal with at most 20 faults
 */
export async function requireQuestions(
  ctx: Context,
  projectId: string,
  questions: readonly EvaluationQuestionInput[],
): Promise<NewQuestion[]> {
  const rules = new InputRules();
  const checked = await checkQuestions(ctx, rules, projectId, questions);
  rules.check();
  return checked;
}

/** Faults go to `rules`; the result is only good when there are none. */
async function checkQuestions(
  ctx: Context,
  rules: InputRules,
  projectId: string,
  questions: readonly EvaluationQuestionInput[],
): Promise<NewQuestion[]> {
  const all = questions.flatMap(({ expected }) => expected);
  if (questions.length > MAX_QUESTIONS_AT_ONCE || all.length > MAX_EXPECTED_AT_ONCE) {
    rules.invalid('questions', 'Questions must be at most 1,000 at once, with at most 10,000 expected answers.');
    return [];
  }
  const known = await readKnown(ctx, projectId, all);
  const passages: ExpectedPassage[] = [];
  const checked = questions.map(({ text, expected }, index): NewQuestion => {
    const path = ['questions', String(index)];
    const faults = rules.faults.length;
    if (faults >= MAX_FAULTS) return { text, expected: [] };
    checkText(rules, [...path, 'text'], text.trim());
    if (expected.length === 0 || expected.length > MAX_EXPECTED)
      rules.invalid([...path, 'expected'], 'Expected must name 1 to 100 answers.');
    if (rules.faults.length > faults) return { text, expected: [] };
    const answers = expected.map((input, place) => {
      const at = [...path, 'expected', String(place)];
      return rules.faults.length < MAX_FAULTS ? checkAnswer(rules, at, input, known, passages) : null;
    });
    return { text: text.trim(), expected: answers.filter((answer) => answer !== null) };
  });
  if (rules.faults.length === 0)
    await findPassages(ctx, passages, ({ path }, message) => {
      if (rules.faults.length < MAX_FAULTS) rules.invalid(path, message);
    });
  return checked;
}

function checkText(rules: InputRules, path: Path, text: string): void {
  const fault = text === '' ? 'Text must not be blank.' : textFault('Text', text, MAX_TEXT);
  if (fault !== null) rules.invalid(path, fault);
}

type NamedChunk = Pick<Chunk, 'id' | 'documentId' | 'startLine' | 'endLine'>;

interface Known {
  byId: Map<string, NamedDocument>;
  byPath: Map<string, NamedDocument[]>;
  chunks: Map<string, NamedChunk>;
  projectDocs: Set<string>;
}

/** What of a project the answers name. */
async function readKnown(ctx: Context, projectId: string, answers: readonly ExpectedAnswerInput[]): Promise<Known> {
  const ids = (values: (string | null | undefined)[]): string[] => values.filter(isId);
  const chunks = await query(ctx.em)<NamedChunk>`
    select id, document_id as "documentId", start_line as "startLine", end_line as "endLine"
    from chunk where project_id = ${projectId} and id = any(${ids(answers.map(({ chunkId }) => chunkId))}::uuid[])`;
  const projectDocs = await query(ctx.em)<{ id: string }>`
    select id from project_doc
    where project_id = ${projectId} and id = any(${ids(answers.map((answer) => answer.projectDocId))}::uuid[])`;
  const documentIds = [...ids(answers.map(({ documentId }) => documentId)), ...chunks.map((row) => row.documentId)];
  const paths = answers.flatMap(({ filePath }) => (filePath != null && isStorable(filePath) ? [filePath] : []));
  const documents = await readDocuments(ctx, projectId, documentIds, paths);
  return {
    byId: new Map(documents.map((document) => [document.documentId, document])),
    byPath: Map.groupBy(documents, ({ filePath }) => filePath),
    chunks: new Map(chunks.map((row) => [row.id, row])),
    projectDocs: new Set(projectDocs.map(({ id }) => id)),
  };
}

/** null where there is a fault. What names a passage is added to `passages`, which are found together. */
function checkAnswer(
  rules: InputRules,
  path: Path,
  input: ExpectedAnswerInput,
  known: Known,
  passages: ExpectedPassage[],
): StoredExpectation | null {
  const fault = (field: string, message: string): null => rules.invalid([...path, field], message) ?? null;
  const unknown = (field: string, noun: string): null => rules.unknown([...path, field], noun) ?? null;
  const grade = input.grade ?? 1;
  if (grade < 1 || grade > MAX_GRADE) return fault('grade', 'Grade must be 1, 2 or 3.');
  const named = [input.filePath, input.documentId, input.chunkId].filter((name) => name != null);
  if (named.length !== 1) return fault('filePath', 'Name one of filePath, documentId and chunkId.');
  const chunk = input.chunkId == null ? null : known.chunks.get(input.chunkId.toLowerCase());
  if (chunk === undefined) return unknown('chunkId', 'passage');
  const projectDocId = input.projectDocId?.toLowerCase();
  if (projectDocId !== undefined && !known.projectDocs.has(projectDocId)) return unknown('projectDocId', 'ProjectDoc');
  const [document, another] = documentsNamedIn(input, known, chunk?.documentId);
  if (another) return fault('filePath', 'Several ProjectDocs have such a file. Name one by projectDocId.');
  if (!document && input.filePath != null) return fault('filePath', 'The project has no document with this path.');
  if (!document) return unknown('documentId', 'document');
  const answer: StoredExpectation = { ...document, grade, quote: null, startLine: null, endLine: null };
  const passage = (field: string, found: Partial<StoredExpectation>): StoredExpectation => {
    Object.assign(answer, found);
    passages.push({ answer, path: [...path, field] });
    return answer;
  };
  const { startLine, endLine } = input;
  const hasLines = startLine != null || endLine != null;
  if (chunk) {
    if (hasLines || input.quote != null)
      return fault('chunkId', 'chunkId names a passage already: leave out lines and quote.');
    return passage('chunkId', { startLine: chunk.startLine, endLine: chunk.endLine });
  }
  if (input.quote != null) {
    if (hasLines) return fault('quote', 'Give quote or lines, not both.');
    const quote = input.quote.trim();
    const wrong = quote === '' ? 'Quote must not be blank.' : textFault('Quote', quote, MAX_QUOTE);
    return wrong === null ? passage('quote', { quote }) : fault('quote', wrong);
  }
  if (startLine == null) return endLine == null ? answer : fault('endLine', 'endLine needs a startLine.');
  if (startLine < 1) return fault('startLine', 'startLine must be 1 or more.');
  if (endLine != null && endLine < startLine) return fault('endLine', 'endLine must not be before startLine.');
  return passage('startLine', { startLine, endLine: endLine ?? startLine });
}

/** One; none where there is none; several where the path is that of several ProjectDocs' files. */
function documentsNamedIn(input: ExpectedAnswerInput, known: Known, ofChunk: string | undefined): NamedDocument[] {
  if (input.filePath != null) {
    const projectDocId = input.projectDocId?.toLowerCase() ?? null;
    const documents = known.byPath.get(input.filePath) ?? [];
    return documents.filter((document) => projectDocId === null || document.projectDocId === projectDocId);
  }
  const document = known.byId.get(ofChunk ?? input.documentId!.toLowerCase());
  return document ? [document] : [];
}
