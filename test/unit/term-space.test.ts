import { describe, expect, it } from '@jest/globals';
import { createSpaceEmbedder } from '../../src/platform/embedding/builtin-embedders.js';
import { createBuiltinThread } from '../../src/platform/embedding/builtin-thread.js';
import { findDirections } from '../../src/platform/embedding/subspace.js';
import {
  fitExactly,
  fitTermSpace,
  fromBytes,
  openTermSpace,
  SPACE_DIMENSIONS,
  toBytes,
} from '../../src/platform/embedding/term-space.js';
import { wordOf } from '../support/topic-pages.js';

const TOPICS = 90;
const WORDS = 10;

/** Each has five neighbours of the ten words of its topic, which stand in a ring: of two opposite ones it has one. */
const TEXTS = Array.from({ length: WORDS * TOPICS }, (_, number) =>
  Array.from({ length: 5 }, (_, index) => wordOf(number % TOPICS, (Math.floor(number / TOPICS) + index) % WORDS)).join(
    ' ',
  ),
);
const space = fitTermSpace(TEXTS);
const embed = openTermSpace(space);

/** All vectors have length 1, so this is their cosine. */
const similarity = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);
const compare = (one: string, other: string): number => similarity(embed(one), embed(other));

describe('a term space', () => {
  it('brings together what shares no word, but a topic', () => {
    const near = Array.from({ length: TOPICS }, (_, topic) => compare(wordOf(topic, 0), wordOf(topic, 5)));
    const far = Array.from({ length: TOPICS - 1 }, (_, topic) => compare(wordOf(topic, 0), wordOf(topic + 1, 5)));
    const mean = (numbers: number[]): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    expect(mean(near)).toBeGreaterThan(0.7);
    expect(mean(far.map(Math.abs))).toBeLessThan(0.15);
  });

  it('gives vectors of length 1 and of as many numbers as are stored', () => {
    for (const text of [TEXTS[0]!, wordOf(3, 3), 'nothing that is known', '']) {
      expect(embed(text)).toHaveLength(SPACE_DIMENSIONS);
      expect(similarity(embed(text), embed(text))).toBeCloseTo(1, 10);
    }
  });

  it('puts a text of which it knows no word where nothing is near it but its like', () => {
    expect(compare('nothing that is known', TEXTS[0]!)).toBe(0);
    expect(compare('nothing that is known', '')).toBe(1);
  });

  it('finds nothing for a query of which it knows no word, and what it knows for others', async () => {
    const embedder = createSpaceEmbedder(createBuiltinThread(), 'builtin/lsa-1/any', space);
    const [unknown, known] = await embedder.embedDocuments(['nothing that is known', TEXTS[0]!]);
    const ask = async (query: string, vector: ArrayLike<number>): Promise<number> =>
      similarity(Float64Array.from(await embedder.embedQuery(query)), Float64Array.from(vector));
    expect(await ask('nothing that is known', unknown!)).toBe(0);
    expect(await ask('nothing that is known', known!)).toBe(0);
    expect(await ask(TEXTS[0]!, known!)).toBeCloseTo(1, 10);
  });

  it('is the same for the same texts', () => {
    const again = fitTermSpace(TEXTS);
    expect(again.terms).toBe(space.terms);
    expect(toBytes(again).equals(toBytes(space))).toBe(true);
  });

  it('is after storing what it was', () => {
    const read = openTermSpace(fromBytes(space.terms, toBytes(space)));
    for (const text of TEXTS.slice(0, 20)) expect(read(text)).toEqual(embed(text));
  });

  it('keeps cosines to a hundredth in half precision', () => {
    const exact = openTermSpace(fitExactly(TEXTS));
    const pairs = TEXTS.slice(0, 200).map((text, index) => [text, TEXTS[3 * index]!] as const);
    const faults = pairs.map(([one, other]) => Math.abs(compare(one, other) - similarity(exact(one), exact(other))));
    expect(Math.max(...faults)).toBeGreaterThan(0);
    expect(Math.max(...faults)).toBeLessThan(0.01);
  });

  it('knows words of at least three texts only', () => {
    const known = fitTermSpace(['one apple', 'two apples', 'an apple and a pear', 'pears']).terms.split(' ');
    expect(known).toEqual(['appl']);
  });

  it.each([[[]], [['one']], [['same words', 'same words', 'same words']]])('is usable for as little as %j', (texts) => {
    const tiny = openTermSpace(fitTermSpace(texts));
    expect(similarity(tiny('same words'), tiny('same words'))).toBeCloseTo(1, 10);
  });
});

describe('findDirections', () => {
  const COUNT = 4;
  /** Ten rows of which each has two neighbouring columns, the first of them the more. */
  const rows = {
    starts: Array.from({ length: 11 }, (_, row) => 2 * row),
    columns: Array.from({ length: 10 }, (_, row) => [row, row + 1]).flat(),
    values: Array.from({ length: 10 }, (_, row) => [10 - row, 1]).flat(),
  };

  it('gives columns at right angles, 1 long', () => {
    const basis = findDirections(rows, 11, COUNT);
    const column = (place: number): number[] => Array.from({ length: 11 }, (_, row) => basis[row * COUNT + place]!);
    for (let a = 0; a < COUNT; a += 1)
      for (let b = 0; b < COUNT; b += 1) {
        const product = column(a).reduce((sum, value, index) => sum + value * column(b)[index]!, 0);
        expect(product).toBeCloseTo(a === b ? 1 : 0, 10);
      }
  });

  it('leaves numbers at 0 where there are no more directions', () => {
    const basis = findDirections({ starts: [0, 1, 2], columns: [0, 1], values: [2, 1] }, 3, COUNT);
    const lengths = Array.from({ length: COUNT }, (_, place) =>
      [0, 1, 2].reduce((sum, row) => sum + basis[row * COUNT + place]! ** 2, 0),
    );
    expect(lengths.map((length) => Math.round(length * 1e6) / 1e6).toSorted()).toEqual([0, 0, 1, 1]);
  });
});
