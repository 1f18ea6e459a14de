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
import { searchPassages } from '../search/search.service.js';
import type { StoredSource } from './message-source.js';

/** Passages in a prompt at most, and of one page at most: the second-best page is worth more than the third-best passage of the best. */
const MAX_SOURCES = 5;
const MAX_PER_DOCUMENT = 2;
const CANDIDATES = 20;
const MAX_QUERY_LENGTH = 10_000;

/** What carries an answer to a question, best first, pinned as it is now. Empty where nothing does. */
export async function findSources(
  ctx: Context,
  projectId: string,
  question: string,
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
  const { minimumSimilarity } = await embedderOf(ctx, projectId);
  const sources: StoredSource[] = [];
  const perDocument = new Map<string, number>();
  for (const hit of hits.filter((candidate) => isEvidence(candidate, minimumSimilarity))) {
    const ofDocument = perDocument.get(hit.documentId) ?? 0;
    if (sources.length === MAX_SOURCES || ofDocument === MAX_PER_DOCUMENT) continue;
    const source = await pin(ctx, hit, sources.length + 1);
    if (!source) continue;
    perDocument.set(hit.documentId, ofDocument + 1);
    sources.push(source);
  }
  return sources;
}

function isEvidence({ keywordScore, similarityScore }: Hit, minimumSimilarity: number): boolean {
  return keywordScore !== null || (similarityScore !== null && similarityScore >= minimumSimilarity);
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
