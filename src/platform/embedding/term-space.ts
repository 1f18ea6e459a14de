import { findDirections } from './subspace.js';
import { countStems, toUnitLength } from './text-vector.js';

/**
 * What the words of a collection have to do with each other, learnt from which of them occur together (latent semantic
 * analysis): a text about the same in other words comes near. It crosses threads as it is, without being copied.
 */
export interface FittedSpace {
  /** Stems, separated by blanks. */
  readonly terms: string;
  /** DIRECTIONS numbers for each of them, its weight in them; in shared memory. */
  readonly vectors: Float16Array<SharedArrayBuffer>;
}

/** Of 60, 100, 150 and 200 none is best for HYBRID. SEMANTIC gains (.37, .39, .41, .41 on Cranfield) but costs more. */
const DIRECTIONS = 100;
/** Where a query lies of which a space knows no word: it is like nothing, not even like passages of unknown words. */
export const UNKNOWN = DIRECTIONS;
/** The place of such passages. */
const WORDLESS = DIRECTIONS + 1;
/** Numbers of a vector. */
export const SPACE_DIMENSIONS = DIRECTIONS + 2;
/** Texts that a term occurs in at least: of one or two there is nothing to learn. */
const MIN_TEXTS = 3;
/** The commonest, so that a space takes 2 MB at most. Documentations have some 2,500 in 1,000 passages. */
const MAX_TERMS = 10_000;

/** Fitted to `texts`; the same texts always give the same space. Takes about half a second for 1,000 passages. */
export function fitTermSpace(texts: readonly string[]): FittedSpace {
  const { terms, vectors } = fitExactly(texts);
  const rounded = toShared(vectors.length);
  rounded.set(vectors);
  return { terms, vectors: rounded };
}

/** Before its numbers are rounded. */
export function fitExactly(texts: readonly string[]): { terms: string; vectors: Float64Array } {
  const counted = texts.map(countStems);
  const frequencies = new Map<string, number>();
  for (const counts of counted)
    for (const term of counts.keys()) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  const terms = [...frequencies]
    .filter(([, count]) => count >= MIN_TEXTS)
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, MAX_TERMS);
  const rarities = terms.map(([, count]) => Math.log(1 + texts.length / count));
  const basis = findDirections(
    toRows(counted, new Map(terms.map(([term], place) => [term, place])), rarities),
    terms.length,
    DIRECTIONS,
  );
  const vectors = basis.map((value, place) => value * rarities[Math.floor(place / DIRECTIONS)]!);
  return { terms: terms.map(([term]) => term).join(' '), vectors };
}

/** Each text's terms by how often they occur and how rare they are, 1 long. */
function toRows(
  counted: readonly Map<string, number>[],
  places: ReadonlyMap<string, number>,
  rarities: readonly number[],
) {
  const rows = { starts: [0], columns: [] as number[], values: [] as number[] };
  for (const counts of counted) {
    const known = [...counts].flatMap(([term, count]) => {
      const place = places.get(term);
      return place === undefined ? [] : [[place, weightOf(count) * rarities[place]!] as const];
    });
    const length = Math.hypot(...known.map(([, value]) => value));
    for (const [place, value] of known) {
      rows.columns.push(place);
      rows.values.push(value / length);
    }
    rows.starts.push(rows.columns.length);
  }
  return rows;
}

/**
 * A function that gives texts their vectors in the space: SPACE_DIMENSIONS numbers, 1 long.
 * @param wordless the place of texts of which it knows no word; default: that of passages
 */
export function openTermSpace(
  { terms, vectors }: { terms: string; vectors: ArrayLike<number> },
  wordless = WORDLESS,
): (text: string) => Float64Array {
  const places = new Map(terms.split(' ').map((term, place) => [term, place]));
  return (text) => {
    const vector = new Float64Array(SPACE_DIMENSIONS);
    for (const [term, count] of countStems(text)) {
      const place = places.get(term);
      if (place === undefined) continue;
      const [base, weight] = [place * DIRECTIONS, weightOf(count)];
      for (let index = 0; index < DIRECTIONS; index += 1) vector[index]! += weight * vectors[base + index]!;
    }
    return toUnitLength(vector, wordless);
  };
}

function weightOf(count: number): number {
  return 1 + Math.log(count);
}

/** As it is stored: 16-bit floats, the low byte first. */
export function toBytes({ vectors }: FittedSpace): Buffer {
  return Buffer.from(new Uint8Array(vectors.buffer).slice().buffer);
}

export function fromBytes(terms: string, bytes: Uint8Array): FittedSpace {
  const vectors = toShared(bytes.length / Float16Array.BYTES_PER_ELEMENT);
  new Uint8Array(vectors.buffer).set(bytes);
  return { terms, vectors };
}

function toShared(length: number): Float16Array<SharedArrayBuffer> {
  return new Float16Array(new SharedArrayBuffer(length * Float16Array.BYTES_PER_ELEMENT));
}
