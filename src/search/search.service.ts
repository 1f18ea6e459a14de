import { ApiError } from '../platform/errors.js';
import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import { findById } from '../platform/graphql/load-by-id.js';
import { embedderOf } from '../project/project.service.js';
import { findCandidates } from './candidates.js';
import { queryFault } from './query.js';
import { embedQuery, type VectorRequest } from './query-vector.js';
import { type Hit, rankCandidates } from './rank.js';
import { searchFaults, type SearchSettings } from './search-faults.js';
import { SearchMode } from './search-mode.js';
import type { QueryTerms } from './query-terms.js';

/** A search that a sync overtakes each time gives what is left of the last. */
const MAX_ATTEMPTS = 3;

export interface SearchRequest extends VectorRequest, SearchSettings {
  projectId: string;
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
 * @throws ApiError BAD_USER_INPUT for a query that cannot be looked for, and for settings out of range
 * @throws FailureError when the embedding model cannot be reached
 */
export async function searchPassages(ctx: Context, request: SearchRequest): Promise<Found> {
  const query = request.query.trim();
  const faults = [queryFault(query), ...Array.from(searchFaults(request), ([, fault]) => fault)];
  for (const fault of faults) if (fault !== null) throw new ApiError('BAD_USER_INPUT', fault);
  const { minScore, topK } = request;
  for (let attempt = 1; ; attempt += 1) {
    const embedder = await embedderOf(ctx, request.projectId);
    const vector = await embedQuery(ctx, embedder, { ...request, query });
    const mode = vector ? request.mode : SearchMode.KEYWORD;
    const { candidates, words } = await findCandidates(ctx, { ...request, query, mode, vector });
    const hits = rankCandidates(candidates, mode, embedder.weight)
      .filter(({ score }) => minScore == null || score >= minScore)
      .slice(0, topK);
    const [now, ...passages] = await Promise.all([
      embedderOf(ctx, request.projectId),
      ...hits.map(({ chunkId }) => findById(ctx, Chunk, chunkId)),
    ]);
    const left = hits.filter((_, index) => passages[index]);
    // Between the statements a sync may have replaced passages, which then have other ids. While the query was
    // embedded, another model's vectors may have come into use.
    const isWhole = left.length === hits.length && now.model === embedder.model;
    if (isWhole || attempt === MAX_ATTEMPTS) return { hits: left, mode, embeddingModel: embedder.model, words };
  }
}
