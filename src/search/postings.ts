import { sql } from 'kysely';

// Ranking is saturated long before either is full.
export const LENGTH_BITS = 16;
const FREQUENCY_BITS = 8;
const [MAX_LENGTH, MAX_FREQUENCY] = [2 ** LENGTH_BITS - 1, 2 ** FREQUENCY_BITS - 1];
const CHUNK_INDEX_SHIFT = LENGTH_BITS + FREQUENCY_BITS;

/**
 * A posting says that a term occurs in a passage, in one number that holds all that ranking needs. Its highest bits are
 * the passage's place in its document, then come the passage's length in terms and how often the term counts there.
 */
export const postingOf = (chunkIndex: number, length: number, frequency: number): number =>
  chunkIndex * 2 ** CHUNK_INDEX_SHIFT +
  Math.min(length, MAX_LENGTH) * 2 ** FREQUENCY_BITS +
  Math.min(frequency, MAX_FREQUENCY);

/** The parts of a column `posting`, in SQL. */
export const CHUNK_INDEX = sql<number>`(posting >> ${sql.lit(CHUNK_INDEX_SHIFT)})::int`;
export const LENGTH = sql<number>`((posting >> ${sql.lit(FREQUENCY_BITS)}) & ${sql.lit(MAX_LENGTH)})`;
export const FREQUENCY = sql<number>`(posting & ${sql.lit(MAX_FREQUENCY)})`;
