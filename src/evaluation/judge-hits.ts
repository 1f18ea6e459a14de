import { EvaluationGranularity } from './evaluation-run.settings.js';
import type { StoredExpectation, StoredHit, StoredRank } from './expected-answer.js';
import { type Expected, firstRanks, measureRanks, type QuestionMetrics } from './metrics.js';

/** How many documents or passages of each question are kept. */
const TOP_HITS = 10;

/** A passage that was found. */
export type FoundPassage = Omit<StoredHit, 'rank' | 'grade'>;

/** Where an expected answer is now. */
export interface LocatedExpectation {
  expectation: StoredExpectation;
  /** null: it is gone. */
  place: Pick<StoredExpectation, 'documentId' | 'filePath' | 'startLine' | 'endLine'> | null;
}

export interface Judgement {
  expected: StoredRank[];
  /** null where nothing that is expected is there any more. */
  metrics: QuestionMetrics | null;
  topHits: StoredHit[];
}

/** What the hits of a question are worth, given what it expects. */
export function judgeHits(
  hits: readonly FoundPassage[],
  located: readonly LocatedExpectation[],
  granularity: EvaluationGranularity,
): Judgement {
  const ranking = granularity === EvaluationGranularity.DOCUMENT ? rankDocuments(hits) : rankPassages(hits);
  const units = new Map<string, Expected>();
  const gradeOfRank = new Map<number, number>();
  const expected = located.map(({ expectation, place }): StoredRank => {
    if (!place) return { ...expectation, rank: null, isMissing: true };
    const { unit, rank } = ranking.find(place);
    // Two passages of one document are one document; so is one passage that was named twice.
    const grade = Math.max(expectation.grade, units.get(unit)?.grade ?? 0);
    units.set(unit, { grade, rank });
    if (rank !== null) gradeOfRank.set(rank, Math.max(grade, gradeOfRank.get(rank) ?? 0));
    return { ...expectation, ...place, rank, isMissing: false };
  });
  const topHits = ranking.top.map((hit, index) => {
    const rank = index + 1;
    return { ...hit, rank, grade: gradeOfRank.get(rank) ?? 0 };
  });
  return { expected, metrics: units.size === 0 ? null : measureRanks([...units.values()]), topHits };
}

type Place = NonNullable<LocatedExpectation['place']>;

interface Ranking {
  top: FoundPassage[];
  /** What an expected answer counts as, and its rank. */
  find(place: Place): { unit: string; rank: number | null };
}

function rankDocuments(hits: readonly FoundPassage[]): Ranking {
  const ranks = firstRanks(hits.map(({ documentId }) => documentId));
  const first = new Map(hits.toReversed().map((hit) => [hit.documentId, hit]));
  return {
    top: [...ranks.keys()].slice(0, TOP_HITS).map((documentId) => first.get(documentId)!),
    find: ({ documentId }) => ({ unit: documentId, rank: ranks.get(documentId) ?? null }),
  };
}

function rankPassages(hits: readonly FoundPassage[]): Ranking {
  return {
    top: hits.slice(0, TOP_HITS),
    find(place) {
      const index = hits.findIndex((hit) => hit.documentId === place.documentId && sharesLine(hit, place));
      const unit = `${place.documentId} ${place.startLine} ${place.endLine}`;
      return { unit, rank: index === -1 ? null : index + 1 };
    },
  };
}

function sharesLine(hit: FoundPassage, { startLine, endLine }: Place): boolean {
  return startLine === null || endLine === null || (hit.startLine <= endLine && hit.endLine >= startLine);
}
