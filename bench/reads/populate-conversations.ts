import type { StoredCitation } from '../../src/conversation/citation.js';
import type { StoredSource } from '../../src/conversation/message-source.js';
import type { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/database/columns.js';
import { execute, query } from '../../src/platform/database/query.js';
import { createWriter, type Writer } from './generate-text.js';
import { BEGINNING, LONG_CONVERSATIONS, messagesOf, POPULATION } from './population.js';

const SOURCES = 3;
const MINUTE = 60_000;

/** Who is asked, and what there is to be cited. */
interface Surroundings {
  readonly writer: Writer;
  readonly providerId: string;
  readonly passages: readonly Omit<StoredSource, 'index' | 'score' | 'similarityScore'>[];
}

/** The conversations of one project, as they are a day after their last answer: its events have gone. */
export async function populateConversations(database: Database, projectId: string, seed: number): Promise<void> {
  const em = database.fork();
  const rows = await query(em)<{ id: string }>`select id from llm_provider where is_default`;
  const passages = await readPassages(database, projectId);
  const around: Surroundings = { writer: createWriter(seed), providerId: rows[0]!.id, passages };
  const count = POPULATION.conversations / POPULATION.projects;
  const conversations = Array.from({ length: count }, (_, index) => {
    const began = BEGINNING + (seed * count + index) * 60 * MINUTE;
    return { id: newId(), began, messages: writeMessages(around, index, began) };
  });
  await execute(em)`
    insert into conversation (id, project_id, llm_provider_id, title, created_at, updated_at)
    select r.id, ${projectId}, ${around.providerId}, left(r.title, 50), r.began, r.ended
    from json_to_recordset(${JSON.stringify(
      conversations.map(({ id, began, messages }) => ({
        id,
        title: messages[0]!.content,
        began: new Date(began),
        ended: messages.at(-1)!.created_at,
      })),
    )}::json) as r(id uuid, title text, began timestamptz, ended timestamptz)`;
  await execute(em)`
    insert into message (id, conversation_id, sequence, role, content, status, outcome, sources, citations, usage, attempts,
      retrieval, llm_provider_id, parent_id, created_at)
    select r.id, r.conversation_id, r.sequence, r.role, r.content, 'COMPLETE', r.outcome, r.sources, r.citations, r.usage,
      coalesce(r.attempts, '[]'), r.retrieval, r.llm_provider_id, r.parent_id, r.created_at
    from json_to_recordset(${JSON.stringify(
      conversations.flatMap(({ id, messages }) => messages.map((message) => ({ ...message, conversation_id: id }))),
    )}::json) as r(id uuid, conversation_id uuid, sequence int, role text, content text, outcome text, sources jsonb,
      citations jsonb, usage jsonb, attempts jsonb, retrieval jsonb, llm_provider_id uuid, parent_id uuid,
      created_at timestamptz)`;
}

async function readPassages(database: Database, projectId: string): Promise<Surroundings['passages']> {
  return query(database.fork())<Surroundings['passages'][number]>`
    select c.id as "chunkId", d.id as "documentId", d.file_path as "filePath", d.file_name as "fileName",
      c.header_anchor as "headerAnchor", c.start_line as "startLine", c.end_line as "endLine", d.commit_sha as "commitSha",
      p.github_url || '/blob/' || d.commit_sha || '/' || d.file_path || '#L' || c.start_line || '-L' || c.end_line as url,
      c.chunk_text as "chunkText", d.title, c.header_path as "headerPath"
    from document d join project_doc p on p.id = d.project_doc_id join chunk c on c.document_id = d.id
    where d.project_id = ${projectId} order by d.file_path, c.chunk_index limit 100`;
}

/** Questions and answers by turns. Long conversations have sources throughout, of the others every fourth answer has. */
function writeMessages(around: Surroundings, conversation: number, began: number) {
  const ids = Array.from({ length: messagesOf(conversation) }, () => newId());
  return ids.map((id, index) => {
    const at = new Date(began + index * 5_000);
    const place = { id, sequence: index + 1, parent_id: ids[index - 1] ?? null, created_at: at };
    if (index % 2 === 0)
      return { ...place, role: 'user', content: question(around.writer), outcome: null, citations: [] };
    const isSourced = conversation < LONG_CONVERSATIONS || index % 8 === 1;
    const answer = isSourced ? writeAnswer(around, at) : NO_EVIDENCE;
    return { ...place, role: 'assistant', llm_provider_id: around.providerId, ...answer };
  });
}

const question = (writer: Writer): string => writer.sentence(8).replace(/\.$/, '?');

const NO_EVIDENCE = {
  content: 'The documentation of this project does not answer this question.',
  outcome: 'NO_EVIDENCE',
  sources: [],
  citations: [],
};

function writeAnswer({ writer, providerId, passages }: Surroundings, at: Date) {
  const start = Math.floor(writer.random() * (passages.length - SOURCES));
  const sources: StoredSource[] = passages.slice(start, start + SOURCES).map((passage, place) => ({
    index: place + 1,
    score: Number((0.9 - place / 10 - writer.random() / 20).toFixed(6)),
    similarityScore: Number((0.7 - place / 10 - writer.random() / 20).toFixed(6)),
    ...passage,
  }));
  let content = '';
  const citations = sources.map(({ index, chunkText, startLine }): StoredCitation => {
    const claim = writer.sentence(14).slice(0, -1);
    const answerStart = content.length;
    const answerEnd = answerStart + claim.length;
    content += `${claim} [${index}]. `;
    return {
      sourceIndex: index,
      answerStart,
      answerEnd,
      markerStart: answerEnd + 1,
      markerEnd: answerEnd + 4,
      quote: chunkText.split('\n')[2]!.slice(0, 80),
      quoteStartLine: startLine + 2,
      quoteEndLine: startLine + 2,
      verdict: 'SUPPORTED',
      judgeVerdict: null,
    } as StoredCitation;
  });
  const usage = { inputTokens: 900, outputTokens: 90 };
  const times = { startedAt: at, firstTokenAt: at, finishedAt: new Date(at.getTime() + 800) };
  const asked = { llmProviderId: providerId, providerName: 'builtin', modelName: 'extractive-1' };
  return {
    content: content.trimEnd(),
    outcome: 'ANSWERED',
    sources,
    citations,
    usage,
    attempts: [{ ...asked, ...times, ...usage, outcome: 'COMPLETE', error: null }],
    retrieval: { queries: [question(writer)], origin: 'QUESTION', candidates: sources.map(toCandidate) },
  };
}

function toCandidate({ index, filePath, headerAnchor, startLine, endLine, chunkId, documentId, score }: StoredSource) {
  const found = { filePath, headerAnchor, startLine, endLine, chunkId, documentId, score };
  return { rank: index, ...found, keyword: null, vector: null, sourceIndex: index, cut: null };
}
