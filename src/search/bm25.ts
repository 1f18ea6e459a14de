import { type RawBuilder, sql } from 'kysely';

import type { QueryTerms } from './query-terms.js';

/** Okapi BM25 with its usual constants (Robertson and Zaragoza 2009): saturation of frequency, and weight of length. */
const K1 = 1.2;
const B = 0.75;

const FIXED = K1 * (1 - B);
const ofLength = (average: number): number => (K1 * B) / Math.max(average, 1);

/** How much a term tells that a text has so often, 0..1, by the text's and the average length. In SQL, of columns. */
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
