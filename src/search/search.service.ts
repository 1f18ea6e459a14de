import { ApiError } from '../errors.js';
import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { findById } from '../platform/load-by-id.js';
import { embedderOf } from '../project/project.service.js';
import { type Candidate, findCandidates } from './candidates.js';
import { embedQuery } from './query-vector.js';
import { SearchMode } from './search.inputs.js';

export const MAX_TOP_K = 100;
const MAX_QUERY_LENGTH = 10_000;
/** A search that a sync overtakes each time gives what is left of the last. */
const MAX_ATTEMPTS = 3;

export interface SearchRequest {
  projectId: string;
  query: string;
  topK: number;
  mode: SearchMode;
  minScore?: number | null;
  filter?: DocumentFilter | null;
  signal?: AbortSignal;
}

export interface Hit {
  chunkId: string;
  documentId: string;
  score: number;
  similarityScore: number | null;
  keywordScore: number | null;
}

/**
 * The best passages of a project, best first.
 * @throws ApiError BAD_USER_INPUT for a blank query, and for topK and minScore out of range
 * @throws FailureError when the embedding model cannot be reached
 */
export async function searchPassages(ctx: Context, request: SearchRequest): Promise<Hit[]> {
  const query = request.query.trim();
  if (query === '') throw new ApiError('BAD_USER_INPUT', 'query must not be blank.');
  if (query.length > MAX_QUERY_LENGTH)
    throw new ApiError(
      'BAD_USER_INPUT',
      `query must have at most ${MAX_QUERY_LENGTH.toLocaleString('en')} characters.`,
    );
  if (request.topK < 1 || request.topK > MAX_TOP_K)
    throw new ApiError('BAD_USER_INPUT', `topK must be between 1 and ${MAX_TOP_K}.`);
  const { minScore } = request;
  if (minScore != null && !(minScore >= 0 && minScore <= 1))
    throw new ApiError('BAD_USER_INPUT', 'minScore must be between 0 and 1.');
  for (let attempt = 1; ; attempt += 1) {
    const embedder = await embedderOf(ctx, request.projectId);
    const vector = await embedQuery(ctx, embedder, query, request.mode, request.signal);
    const candidates = await findCandidates(ctx, { ...request, query, vector });
    const hits = rank(candidates, vector ? request.mode : SearchMode.KEYWORD, embedder.weight)
      .filter((hit) => hasSomethingInCommon(hit) && (minScore == null || hit.score >= minScore))
      .slice(0, request.topK);
    const passages = await Promise.all(hits.map(({ chunkId }) => findById(ctx, Chunk, chunkId)));
    const left = hits.filter((_, index) => passages[index]);
    // What a sync replaced between the two statements is there anew, under other ids. And while the query was embedded, another
    // model's vectors may have come into use.
    const isWhole = left.length === hits.length && (await embedderOf(ctx, request.projectId)).model === embedder.model;
    if (isWhole || attempt === MAX_ATTEMPTS) return left;
  }
}

/** The nearest of all vectors may still be at right angles to the query's: that is no hit. */
function hasSomethingInCommon({ keywordScore, similarityScore }: Hit): boolean {
  return keywordScore !== null || (similarityScore ?? 0) > 0;
}

/** Each leg's scores are spread over 0..1 among the candidates, then weighed: better than ranks alone where one leg is much the stronger. */
function rank(candidates: readonly Candidate[], mode: SearchMode, vectorWeight: number): Hit[] {
  const weight = { [SearchMode.KEYWORD]: 0, [SearchMode.SEMANTIC]: 1, [SearchMode.HYBRID]: vectorWeight }[mode];
  const best = Math.max(...candidates.map(({ keyword }) => keyword ?? 0));
  const similarities = candidates.map(({ similarity }) => similarity ?? 0);
  const [least, most] = [Math.min(...similarities), Math.max(...similarities)];
  const spread = (similarity: number): number =>
    mode === SearchMode.SEMANTIC || most === least ? similarity : (similarity - least) / (most - least);
  return candidates
    .map(({ chunkId, documentId, keyword, similarity }) => ({
      chunkId,
      documentId,
      score: (1 - weight) * (best > 0 ? (keyword ?? 0) / best : 0) + weight * spread(similarity ?? 0),
      similarityScore: similarity,
      keywordScore: keyword,
    }))
    .sort((a, b) => b.score - a.score || (a.chunkId < b.chunkId ? -1 : 1));
}
