import type { Context } from '../../context.js';
import { Chunk } from '../../document/chunk.entity.js';
import { Document } from '../../document/document.entity.js';
import { urlOf } from '../../document/document-url.js';
import type { Row } from '../../platform/database/rows.js';
import { findById } from '../../platform/graphql/load-by-id.js';
import { embedderOf } from '../../project/project.service.js';
import { stemmerOf } from '../../platform/text/languages.js';
import { SearchMode } from '../../search/search-mode.js';
import { findHeldTerms } from '../../search/held-terms.js';
import type { QueryTerms } from '../../search/query-terms.js';
import type { Hit } from '../../search/rank.js';
import { searchPassages } from '../../search/search.service.js';
import { leastEvidence, weighEvidence } from './evidence.js';
import { RetrievalCut, type StoredCandidate } from '../message-retrieval.js';
import type { StoredSource } from '../message-source.js';
import { questionWords } from './question-terms.js';

/** Passages in a prompt at most, and of one page: another page is worth more than a third passage of the best. */
const MAX_SOURCES = 5;
const MAX_PER_DOCUMENT = 2;
const CANDIDATES = 20;

/** A passage is worth a place beside the best one when it covers this share of what that one does. */
const LEAST_SHARE = 0.5;

export interface FoundSources {
  sources: StoredSource[];
  /** All that was found, best first, and what became of it. */
  candidates: StoredCandidate[];
}

/**
 * What carries an answer to a query, best first, pinned as it is now. Empty where nothing does.
 *
 * @param isFollowUp whether a conversation goes before it, that holds what the question leaves out
 */
export async function findSources(
  ctx: Context,
  projectId: string,
  query: string,
  isFollowUp: boolean,
  signal: AbortSignal,
): Promise<FoundSources> {
  const request = { projectId, query, topK: CANDIDATES, mode: SearchMode.HYBRID, signal };
  const found = await searchPassages(ctx, request);
  signal.throwIfAborted();
  const read = (await Promise.all(found.hits.map((hit) => readHit(ctx, hit)))).filter((each) => each !== null);
  const evidence = await keepEvidence(ctx, projectId, read, found.words, isFollowUp);
  const passages = await Promise.all(read.map((each) => pin(ctx, each)));
  const sources: StoredSource[] = [];
  const candidates: StoredCandidate[] = [];
  const perDocument = new Map<string, number>();
  for (const [place, { hit }] of read.entries()) {
    const passage = passages[place]!;
    const { filePath, headerAnchor, startLine, endLine } = passage;
    const { chunkId, documentId, score, keyword, vector } = hit;
    const ofDocument = perDocument.get(documentId) ?? 0;
    const cut = cutOf({ isEvidence: evidence.has(hit), ofDocument, sources: sources.length });
    const index = sources.length + 1;
    if (!cut) {
      perDocument.set(documentId, ofDocument + 1);
      sources.push({ index, ...passage });
    }
    const was = { filePath, headerAnchor, startLine, endLine, chunkId, documentId, score, keyword, vector };
    candidates.push({ rank: candidates.length + 1, ...was, sourceIndex: cut ? null : index, cut });
  }
  return { sources, candidates };
}

function cutOf(at: { isEvidence: boolean; ofDocument: number; sources: number }): RetrievalCut | null {
  if (!at.isEvidence) return RetrievalCut.NO_EVIDENCE;
  if (at.ofDocument === MAX_PER_DOCUMENT) return RetrievalCut.PER_DOCUMENT_LIMIT;
  return at.sources === MAX_SOURCES ? RetrievalCut.BELOW_TOP : null;
}

interface ReadHit {
  hit: Hit;
  chunk: Row<Chunk>;
  document: Row<Document>;
}

/** null where a sync took the passage away in between. */
async function readHit(ctx: Context, hit: Hit): Promise<ReadHit | null> {
  const [chunk, document] = await Promise.all([
    findById(ctx, Chunk, hit.chunkId),
    findById(ctx, Document, hit.documentId),
  ]);
  return chunk && document && { hit, chunk, document };
}

/** The hits that are evidence: near enough, or with enough of the query's words; "and on Windows?" has not many. */
async function keepEvidence(
  ctx: Context,
  projectId: string,
  read: readonly ReadHit[],
  words: QueryTerms,
  isFollowUp: boolean,
): Promise<ReadonlySet<Hit>> {
  const asked = questionWords(words);
  const passages = read.map(({ chunk, document }) => ({
    stemmer: stemmerOf(document.language),
    title: document.title,
    headerPath: chunk.headerPath,
    text: chunk.chunkText,
  }));
  const terms = words.terms.map(({ term }) => term);
  const held = await findHeldTerms(ctx, terms, passages);
  const projectPassages = words.project.passages;
  const weighed = read.map(({ hit }, index) => {
    // What means nothing in the passage's language, the passage need not have.
    const inLanguage = asked.filter(({ stemmers }) => stemmers.has(passages[index]!.stemmer));
    return { hit, weight: weighEvidence(inLanguage, held[index]!, projectPassages) };
  });
  const most = Math.max(0, ...weighed.map(({ weight }) => weight));
  const enough = isFollowUp || most >= leastEvidence(projectPassages) ? most * LEAST_SHARE : Infinity;
  const { minimumSimilarity } = await embedderOf(ctx, projectId);
  const isNear = ({ similarityScore }: Hit): boolean =>
    similarityScore !== null && similarityScore >= minimumSimilarity;
  const isEvidence = ({ hit, weight }: (typeof weighed)[number]) => (weight > 0 && weight >= enough) || isNear(hit);
  return new Set(weighed.filter(isEvidence).map(({ hit }) => hit));
}

async function pin(ctx: Context, { hit, chunk, document }: ReadHit): Promise<Omit<StoredSource, 'index'>> {
  const { chunkText, headerAnchor, startLine, endLine } = chunk;
  const { filePath, fileName, commitSha } = document;
  const url = await urlOf(ctx, document, chunk);
  const { score, similarityScore, chunkId, documentId } = hit;
  return {
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
