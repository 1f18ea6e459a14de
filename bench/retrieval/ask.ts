import { firstRanks, mean, measureRanks, percentile } from '../../src/evaluation/metrics.js';
import type { Client } from '../../test/support/graphql-clients.js';
import type { Collection, Question } from './collection.js';

/** What one mode makes of a whole collection. */
export interface Outcome {
  mode: string;
  ndcgAt10: number;
  recallAt10: number;
  mrr: number;
  /** Questions for which the search found nothing at all. */
  withoutHit: number;
  /** Milliseconds of a request, as its client sees them. */
  p50: number;
  p99: number;
}

const SEARCH = `query($project: ID!, $query: String!, $mode: SearchMode!) {
  project(id: $project) { search(query: $query, topK: 100, mode: $mode) { hits { filePath } } }
}`;

/** Asks one question after the other. */
export async function askAll(client: Client, project: string, collection: Collection, mode: string): Promise<Outcome> {
  const results: { hits: string[]; ms: number; question: Question }[] = [];
  for (const question of collection.questions) {
    const began = performance.now();
    const found = await client.query(SEARCH, { project, query: question.text, mode });
    const ms = performance.now() - began;
    const paths = found.project.search.hits.map(({ filePath }: { filePath: string }) => filePath);
    results.push({ question, ms, hits: paths.map((path: string) => collection.idOfPath.get(path)!) });
  }
  const measured = results.map(({ question, hits }) => {
    const ranks = firstRanks(hits);
    return measureRanks([...question.grades].map(([id, grade]) => ({ grade, rank: ranks.get(id) ?? null })));
  });
  const times = results.map(({ ms }) => ms);
  return {
    mode,
    ndcgAt10: mean(measured.map(({ ndcgAt10 }) => ndcgAt10)),
    recallAt10: mean(measured.map(({ recallAt10 }) => recallAt10)),
    mrr: mean(measured.map(({ reciprocalRank }) => reciprocalRank)),
    withoutHit: results.filter(({ hits }) => hits.length === 0).length,
    p50: percentile(times, 0.5) ?? 0,
    p99: percentile(times, 0.99) ?? 0,
  };
}
