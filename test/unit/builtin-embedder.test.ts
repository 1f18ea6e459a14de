import { describe, expect, it } from '@jest/globals';
import { createHashingEmbedder } from '../../src/platform/embedding/builtin-embedders.js';
import { createBuiltinThread } from '../../src/platform/embedding/builtin-thread.js';
import { EMBEDDING_DIMENSIONS } from '../../src/platform/embedding/embedder.js';

const embedder = createHashingEmbedder(createBuiltinThread());

/** All vectors have length 1, so this is their cosine. */
function similarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, index) => sum + value * b[index]!, 0);
}

async function compare(question: string, passage: string): Promise<number> {
  const [vector] = await embedder.embedDocuments([passage]);
  return similarity(await embedder.embedQuery(question), vector!);
}

const PASSAGE =
  'Guide > Rate limits\n\nRequests are limited to 100 a minute. When the limit is reached, the server answers with ' +
  'status 429; configure it with the rateLimit option of each route.';

describe('embedDocuments', () => {
  it.each(['hello world', '', '---', 'the and of', '漢字', '🚀', 'x'.repeat(100), '\uD800'])(
    'gives a vector of length 1 for %j',
    async (text) => {
      const [vector] = await embedder.embedDocuments([text]);
      expect(vector).toHaveLength(EMBEDDING_DIMENSIONS);
      expect(similarity(vector!, vector!)).toBeCloseTo(1, 10);
    },
  );

  it('gives the vectors in the order of the texts, as embedQuery does', async () => {
    const texts = ['one apple', 'two pears'];
    expect((await embedder.embedDocuments(texts)).map((vector) => Array.from(vector))).toEqual([
      await embedder.embedQuery('one apple'),
      await embedder.embedQuery('two pears'),
    ]);
    expect(await embedder.embedDocuments([])).toEqual([]);
  });

  it('gives the vector it gave in every earlier version', async () => {
    // Stored vectors are compared with new ones: if this fails, the model needs a new name.
    const vector = await embedder.embedQuery('Configuring the cache, caching configurations');
    const strongest = vector
      .map((value, place) => ({ place, value }))
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    expect(strongest.slice(0, 2).map(({ place, value }) => [place, Number(value.toFixed(4))])).toEqual([
      [284, -0.5863],
      [319, 0.5863],
    ]);
  });

  it('stops when it is aborted', async () => {
    await expect(embedder.embedDocuments(['a'], AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

describe('embedQuery', () => {
  it('puts a question nearer to its answer than the least similarity that counts', async () => {
    expect(await compare('How do I configure the rate limit of a route?', PASSAGE)).toBeGreaterThan(
      embedder.minimumSimilarity,
    );
  });

  it.each(['What is the capital of France?', 'best pizza recipe', 'How tall is Mount Everest?'])(
    'finds nothing for %j',
    async (question) => {
      expect(await compare(question, PASSAGE)).toBeLessThan(embedder.minimumSimilarity);
    },
  );

  it('sees through endings and small mistakes', async () => {
    expect(await compare('configuration', 'configure it')).toBeGreaterThan(0.4);
    expect(await compare('asynchronus', 'asynchronous')).toBeGreaterThan(0.2);
  });

  it('finds a text without words like nothing else', async () => {
    expect(await compare('???', PASSAGE)).toBe(0);
  });
});
