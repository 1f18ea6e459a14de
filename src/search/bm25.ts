import { type RawBuilder, sql } from 'kysely';

import type { QueryTerms } from './query-terms.js';

/** Okapi BM25 with its customary constants (Robertson and Zaragoza 2009): saturation of frequency, and weight of length. */
const K1 = 1.2;
const B = 0.75;

const FIXED = K1 * (1 - B);
const ofLength = (average: number): number => (K1 * B) / Math.max(average, 1);

/** What a term that occurs so often says of a text of this length beside an average one, 0..1: in SQL, by the names of columns. */
export function saturated(frequency: string, length: string, average: number): RawBuilder<unknown> {
  return sql`${sql.ref(frequency)} / (${sql.ref(frequency)} + ${FIXED}::float + ${sql.ref(length)} * ${ofLength(average)}::float)`;
}

/** The same, in numbers. */
export function saturate(frequency: number, length: number, average: number): number {
  return frequency / (frequency + FIXED + length * ofLength(average));
}

/** How much each term counts among all passages or pages of the project. */
export function weightsAmong({ terms, project }: QueryTerms, all: 'pages' | 'passages'): number[] {
  return terms.map((term) => term.weight * idf(project[all], term[all]) * (K1 + 1));
}

/** How much rarer than others a word is that so many have. */
function idf(all: number, having: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5));
}
