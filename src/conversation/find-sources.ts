import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import { Document } from '../document/document.entity.js';
import { urlOf } from '../document/document-url.js';
import { findById } from '../platform/load-by-id.js';
import { truncate } from '../platform/text/truncate.js';
import { embedderOf } from '../project/project.service.js';
import { SearchMode } from '../search/search.inputs.js';
import { withoutQuotes } from '../search/query.js';
import type { Hit } from '../search/rank.js';
import { MAX_QUERY_LENGTH, searchPassages } from '../search/search.service.js';
import { LEAST_EVIDENCE, weighEvidence } from './evidence.js';
import type { StoredSource } from './message-source.js';
import { readQuestionTerms } from './question-terms.js';

/** Passages in a prompt at most, and of one page at most: the second-best page is worth more than the third-best passage of the best. */
const MAX_SOURCES = 5;
const MAX_PER_DOCUMENT = 2;
const CANDIDATES = 20;

/** A passage is worth a place beside the best one when it covers this share of what that one does. */
const LEAST_SHARE = 0.5;

/**
 * What carries an answer to a question, best first, pinned as it is now. Empty where nothing does.
 *
 * @param isFollowUp whether a conversation goes before it, that holds what the question leaves out
 */
export async function findSources(
  ctx: Context,
  projectId: string,
  question: string,
  isFollowUp: boolean,
  signal: AbortSignal,
): Promise<StoredSource[]> {
  const hits = await searchPassages(ctx, {
    projectId,
    query: truncate(withoutQuotes(question), MAX_QUERY_LENGTH),
    topK: CANDIDATES,
    mode: SearchMode.HYBRID,
    signal,
  });
  signal.throwIfAborted();
  const sources: StoredSource[] = [];
  const perDocument = new Map<string, number>();
  for (const hit of await keepEvidence(ctx, projectId, question, hits, isFollowUp)) {
    const ofDocument = perDocument.get(hit.documentId) ?? 0;
    if (sources.length === MAX_SOURCES || ofDocument === MAX_PER_DOCUMENT) continue;
    const source = await pin(ctx, hit, sources.length + 1);
    if (!source) continue;
    perDocument.set(hit.documentId, ofDocument + 1);
    sources.push(source);
  }
  return sources;
}

/** The hits that are evidence: near enough, or with enough of the question's words; "and on Windows?" has not many. */
async function keepEvidence(
  ctx: Context,
  projectId: string,
  question: string,
  hits: readonly Hit[],
  isFollowUp: boolean,
): Promise<Hit[]> {
  const chunkIds = hits.map(({ chunkId }) => chunkId);
  const { terms, projectPassages } = await readQuestionTerms(ctx, projectId, question, chunkIds);
  const weighed = hits.map((hit) => ({ hit, weight: weighEvidence(terms, hit.chunkId, projectPassages) }));
  const most = Math.max(0, ...weighed.map(({ weight }) => weight));
  const enough = isFollowUp || most >= LEAST_EVIDENCE ? most * LEAST_SHARE : Infinity;
  const { minimumSimilarity } = await embedderOf(ctx, projectId);
  const isNear = ({ similarityScore }: Hit): boolean =>
    similarityScore !== null && similarityScore >= minimumSimilarity;
  return weighed.filter(({ hit, weight }) => (weight > 0 && weight >= enough) || isNear(hit)).map(({ hit }) => hit);
}

/** null where a sync took the passage away in between. */
async function pin(ctx: Context, hit: Hit, index: number): Promise<StoredSource | null> {
  const [chunk, document] = await Promise.all([
    findById(ctx, Chunk, hit.chunkId),
    findById(ctx, Document, hit.documentId),
  ]);
  if (!chunk || !document) return null;
  const { chunkText, headerAnchor, startLine, endLine } = chunk;
  const { filePath, fileName, commitSha } = document;
  const url = await urlOf(ctx, document, chunk);
  const { score, similarityScore, chunkId, documentId } = hit;
  return {
    index,
    chunkId,
    documentId,
    filePath,
    fileName,
    headerAnchor,
    score,
    similarityScore,
    startLine,
    endLine,
    commitSha,
    url,
    chunkText,
    title: document.title,
    headerPath: chunk.headerPath,
  };
}
