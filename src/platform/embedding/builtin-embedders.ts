import { hashTexts } from './builtin.js';
import type { BuiltinThread } from './builtin-thread.js';
import type { Embedder } from './embedder.js';
import { EMBEDDING_PROVIDERS } from './providers.js';
import { openTermSpace, type FittedSpace, UNKNOWN } from './term-space.js';

/** For projects that are too small to learn from. */
export const HASHING_MODEL = 'builtin/hashing-1';
const SPACE_MODEL = 'builtin/lsa-1/';

/** The model of a project's own space: a change to how spaces are made or used is another name before the id. */
export function spaceModel(spaceId: string): string {
  return `${SPACE_MODEL}${spaceId}`;
}

/** null: the model is no space. */
export function spaceIdOf(model: string): string | null {
  return model.startsWith(SPACE_MODEL) ? model.slice(SPACE_MODEL.length) : null;
}

/** Whether it is made in the service, as EMBEDDING_PROVIDER=builtin has it. */
export function isBuiltin(model: string): boolean {
  return model.startsWith('builtin/');
}

/** An embedder that needs no model, no download and no network: see builtin.ts. */
export function createHashingEmbedder(thread: BuiltinThread): Embedder {
  return createBuiltinEmbedder(thread, null, {
    model: HASHING_MODEL,
    weight: 0.2,
    // It knows shared words only, of which evidence takes care: .3 separates questions on topic from others in long
    // passages (.34 to .72 against .12 to .28), but one word that a short passage repeats has more.
    minimumSimilarity: 0.5,
  });
}

/** One that has learnt from the project's own passages which words belong together: see term-space.ts. */
export function createSpaceEmbedder(thread: BuiltinThread, model: string, space: FittedSpace): Embedder {
  return createBuiltinEmbedder(thread, space, {
    model,
    weight: 0.25,
    // Never evidence by itself: to somebody else's question the few words that it has in common with the project give a
    // direction as good as any, and so passages that are very near. Words decide.
    minimumSimilarity: Infinity,
  });
}

function createBuiltinEmbedder(
  thread: BuiltinThread,
  space: FittedSpace | null,
  about: Pick<Embedder, 'model' | 'weight' | 'minimumSimilarity'>,
): Embedder {
  const embed = space ? openTermSpace(space, UNKNOWN) : (text: string) => hashTexts([text])[0]!;
  return {
    ...about,
    batchSize: EMBEDDING_PROVIDERS.builtin.batchSize,
    async embedDocuments(texts, signal) {
      signal?.throwIfAborted();
      const vectors = await thread.embed(texts, space);
      signal?.throwIfAborted();
      return vectors;
    },
    async embedQuery(text, signal) {
      signal?.throwIfAborted();
      return Array.from(embed(text));
    },
  };
}
