import { ApiError } from '../platform/errors.js';
import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { characters } from '../platform/graphql/input-rules.js';
import { findById } from '../platform/graphql/load-by-id.js';
import { embedderOf } from '../project/project.service.js';
import { findCandidates } from './candidates.js';
import { findPhraseFault, MAX_QUERY_LENGTH, parseQuery } from './query.js';
import { embedQuery, type VectorRequest } from './query-vector.js';
import { type Hit, rankCandidates } from './rank.js';
import { SearchMode } from './search-mode.js';
import type { QueryTerms } from './query-terms.js';

export const MAX_TOP_K = 100;
/** A search that a sync overtakes each time gives what is left of the last. */
const MAX_ATTEMPTS = 3;

export interface SearchRequest extends VectorRequest {
  projectId: string;
  topK: number;
  minScore?: number | null;
  filter?: DocumentFilter | null;
}

export interface Found {
  /** Best first. */
  hits: Hit[];
  /** What ranked them: KEYWORD where no vector of the query was to be had. */
  mode: SearchMode;
  /** The embedding model whose vectors were compared. */
  embeddingModel: string;
  /** Of the query: none in SEMANTIC mode. */
  words: QueryTerms;
}

/**
 * The best passages of a project.
 * @throws ApiError BAD_USER_INPUT for a query that cannot be looked for, and for topK and minScore out of range
 * @throws FailureError when the embedding model cannot be reached
 */
export async function searchPassages(ctx: Context, request: SearchRequest): Promise<Found> {
  const query = request.query.trim();
  if (query === '') throw new ApiError('BAD_USER_INPUT', 'query must not be blank.');
  if (characters(query) > MAX_QUERY_LENGTH)
    throw new ApiError(
      'BAD_USER_INPUT',
      `query must have at most ${MAX_QUERY_LENGTH.toLocaleString('en')} characters.`,
    );
  const phraseFault = findPhraseFault(parseQuery(query));
  if (phraseFault !== null) throw new ApiError('BAD_USER_INPUT', phraseFault);
  if (request.topK < 1 || request.topK > MAX_TOP_K)
    throw new ApiError('BAD_USER_INPUT', `topK must be between 1 and ${MAX_TOP_K}.`);
  const { minScore } = request;
  if (minScore != null && !(minScore >= 0 && minScore <= 1))
    throw new ApiError('BAD_USER_INPUT', 'minScore must be between 0 and 1.');
  for (let attempt = 1; ; attempt += 1) {
    const embedder = await embedderOf(ctx, request.projectId);
    const vector = await embedQuery(ctx, embedder, { ...request, query });
    const mode = vector ? request.mode : SearchMode.KEYWORD;
    const { candidates, words } = await findCandidates(ctx, { ...request, query, mode, vector });
    const hits = rankCandidates(candidates, mode, embedder.weight)
      .filter(({ score }) => minScore == null || score >= minScore)
      .slice(0, request.topK);
    const [now, ...passages] = await Promise.all([
      embedderOf(ctx, request.projectId),
      ...hits.map(({ chunkId }) => findById(ctx, Chunk, chunkId)),
    ]);
    const left = hits.filter((_, index) => passages[index]);
    // What a sync replaced between the two statements is there anew, under other ids. And while the query was embedded, another
    // model's vectors may have come into use.
    const isWhole = left.length === hits.length && now.model === embedder.model;
    if (isWhole || attempt === MAX_ATTEMPTS) return { hits: left, mode, embeddingModel: embedder.model, words };
  }
}
