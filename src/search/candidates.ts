import type { Context } from '../context.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { findByWords } from './keyword-leg.js';
import { countOtherWords } from './other-words.js';
import { parseQuery, withoutQuotes } from './query.js';
import type { QueryVector } from './query-vector.js';
import { SearchMode } from './search-mode.js';
import { NO_TERMS, type QueryTerms, readQueryTerms } from './query-terms.js';
import { findNearest } from './vector-leg.js';

/** How many passages each leg contributes before they are joined. */
const CANDIDATES = 200;

export interface Candidate {
  chunkId: string;
  documentId: string;
  /** BM25 of the passage; null where no word of the query occurs. */
  keyword: number | null;
  /** BM25 of the whole document; null with `keyword`. */
  page: number | null;
  /** Words of the query that it lacks and says in other words, which `keyword` counts too. */
  inOtherWords: readonly string[];
  /** max(0, cosine similarity); null without a vector of the project's model. */
  similarity: number | null;
  /** Whether it is among the nearest. */
  isNear: boolean;
}

export interface Candidates {
  candidates: readonly Candidate[];
  /** What the keyword leg looked for: none in SEMANTIC mode. */
  words: QueryTerms;
}

export interface CandidateRequest {
  projectId: string;
  query: string;
  mode: SearchMode;
  filter?: DocumentFilter | null;
  /** Of the query; null, in KEYWORD mode only: it has none. */
  vector: QueryVector | null;
}

/**
 * The best passages of the keyword leg and of the vector leg, each with the scores of both. On PostgreSQL the two are
 * looked for at the same time. A sync may come between them: what it replaced is then a candidate under an id that is
 * gone.
 */
export async function findCandidates(ctx: Context, request: CandidateRequest): Promise<Candidates> {
  const { projectId, query, mode, vector } = request;
  const parsed = parseQuery(query);
  const reading = mode === SearchMode.SEMANTIC ? NO_TERMS : readQueryTerms(ctx, projectId, parsed);
  const isQuoting = parsed.phrases.length > 0 && (await reading).terms.length > 0;
  const phrases = isQuoting ? parsed.phrases : [];
  const place = { projectId, filter: request.filter ?? null, limit: CANDIDATES };
  const findWords = async () => {
    const words = await reading;
    const found = words.terms.length > 0 ? await findByWords(ctx, { ...place, words, phrases, vector }) : [];
    return { words, found: countOtherWords(words, found) };
  };
  // Only the keyword leg can tell what occurs word for word.
  const goesByVectors = vector && mode !== SearchMode.KEYWORD && !isQuoting;
  const [{ words, found }, nearest] = await Promise.all([
    findWords(),
    goesByVectors ? findNearest(ctx, { ...place, vector }) : [],
  ]);
  // A question about an error quotes what no page need have: it is searched for again without quotes.
  if (isQuoting && found.length === 0 && parsed.words.some(({ quoted }) => !quoted))
    return findCandidates(ctx, { ...request, query: withoutQuotes(query) });
  const candidates = new Map<string, Candidate>();
  for (const near of nearest)
    candidates.set(near.chunkId, { ...near, keyword: null, page: null, inOtherWords: [], isNear: true });
  for (const hit of found) candidates.set(hit.chunkId, { ...hit, isNear: candidates.has(hit.chunkId) });
  return { candidates: [...candidates.values()], words };
}
