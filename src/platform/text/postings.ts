const MAX_COUNT = 255;
const MAX_LENGTH = 65_535;

/**
 * That a term occurs in a passage, as one number: the passage's place in its document, its length in terms and how often the
 * term counts there. What ranking needs of a passage is in it. Ranking is saturated long before 255.
 */
export const postingOf = (passage: number, length: number, count: number): number =>
  passage * 2 ** 24 + Math.min(length, MAX_LENGTH) * 2 ** 8 + Math.min(count, MAX_COUNT);
