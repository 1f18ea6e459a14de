import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Embedding } from '../src/document/embedding.entity.js';
import { storeVectors } from '../src/document/embeddings.js';
import { digestText } from '../src/platform/text/digest.js';
import { buildProject } from './support/factories.js';
import { startTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

async function store(vectors: ReadonlyMap<string, ArrayLike<number>>): Promise<Embedding[]> {
  const { id: projectId, embeddingModel } = await buildProject(app);
  const em = app.app.services.database.fork();
  await storeVectors(em, { projectId, embeddingModel }, vectors);
  return em.find(Embedding, { projectId }, { populate: ['vector'] });
}

const toUnit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.hypot(...vector));

describe('storeVectors', () => {
  it('stores a vector in the direction that it has, to a two-thousandth of each number, whatever numbers it holds', async () => {
    const direction = toUnit(Array.from({ length: 768 }, (_, place) => (place % 3 === 0 ? 0 : (place - 300) / 7)));
    const [stored] = await store(new Map([[digestText('one'), Float64Array.from(direction)]]));
    const found = toUnit(stored!.vector);
    const faults = found.map(
      (value, place) => Math.abs(value - direction[place]!) - Math.abs(direction[place]! / 2_000),
    );
    expect(Math.max(...faults)).toBeLessThan(1e-5);
  });

  it('stores more of them than one statement takes', async () => {
    const texts = Array.from({ length: 1_001 }, (_, place) => digestText(String(place)));
    const vector = new Float64Array(768).fill(Math.sqrt(1 / 768));
    const stored = await store(new Map(texts.map((digest) => [digest, vector])));
    expect(stored.map(({ textDigest }) => textDigest).sort()).toEqual(texts.sort());
  });
});
