/** Up to this many differences, every assignment of signs is tried: 2 to the 13th are no more than the random ones. */
const MAX_EXACT = 13;
const PERMUTATIONS = 10_000;
/** Sums of the same numbers in another order differ in their last digits. */
export const ROUNDING = 1e-9;

/**
 * Two-sided p-value of Fisher's randomization test for paired differences: were the two systems alike, each difference
 * could as well have had the other sign, and this is how often the mean would be at least as far from 0 as it is. Which
 * is the test that Smucker, Allan and Carterette (CIKM 2007) recommend for rankings: it assumes no distribution.
 *
 * Exact for up to 13 differences that are not 0; beyond, from 10,000 random assignments, always the same ones, where
 * the observed one counts as well (Phipson and Smyth 2010), so that it is never 0. 1 where no difference is left.
 */
export function pairedPValue(differences: readonly number[]): number {
  // Those of 0 add nothing, whatever their sign.
  const nonZero = differences.filter((difference) => difference !== 0);
  const observed = Math.abs(nonZero.reduce((sum, difference) => sum + difference, 0)) - ROUNDING;
  const isAsFar = (signs: () => number): boolean => Math.abs(sumWith(nonZero, signs)) >= observed;
  if (nonZero.length <= MAX_EXACT) {
    const assignments = 2 ** nonZero.length;
    const asFar = Array.from({ length: assignments }, (_, bits) => isAsFar(() => bits)).filter(Boolean).length;
    return asFar / assignments;
  }
  const random = createRandomBits(1);
  let asFar = 0;
  for (let count = 0; count < PERMUTATIONS; count += 1) if (isAsFar(random)) asFar += 1;
  return (asFar + 1) / (PERMUTATIONS + 1);
}

/** The sum of the values, each with the sign that its bit says; new bits come with every 32nd value. */
function sumWith(values: readonly number[], nextBits: () => number): number {
  let sum = 0;
  let bits = 0;
  for (let index = 0; index < values.length; index += 1) {
    if (index % 32 === 0) bits = nextBits();
    sum += bits & 1 ? -values[index]! : values[index]!;
    bits >>>= 1;
  }
  return sum;
}

/** Mulberry32, 32 bits at a time: the same on every machine. */
function createRandomBits(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
