import { lightStem } from '../text/light-stem.js';
import { ENGLISH_STOP_WORDS } from '../text/stop-words.js';
import { tokenize } from '../text/tokenize.js';
import { createWorkerThread } from '../worker-thread.js';
import { EMBEDDING_DIMENSIONS, type Embedder } from './embedder.js';
import { hashText } from './hash-text.js';

// The last place is for texts without a word, so that nothing else resembles them.
const WORDLESS = EMBEDDING_DIMENSIONS - 1;
const BATCH_SIZE = 128;
/** Far more than a batch of the longest passages takes. */
const LIMITS = { timeLimitMs: 60_000, memoryLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 } };

// How much a word's letter groups count against the word itself; they let `config` meet `configuration`. Chosen by
// nDCG@10 of pure vector ranking on Cranfield: 0 gives .307, .3 .313, .5 .316, .7 .320, 1 .318.
const GROUPS_WEIGHT = 0.7;
const GROUP_LENGTHS = [3, 4, 5];
const MIN_GROUPED_WORD = 4;

/**
 * An embedder that needs no model, no download and no network: words and their letter groups, hashed with a sign into
 * a vector. It knows no meaning, only shared words, so the keyword leg leads. The same text always gives the same
 * vector; a change to how this is done is a new model name.
 */
export function createBuiltinEmbedder(): Embedder {
  const thread = createWorkerThread({
    program: new URL('./embed-worker.js', import.meta.url),
    work: hashTexts,
    ...LIMITS,
  });
  return {
    model: 'builtin/hashing-1',
    weight: 0.2,
    // It knows shared words only, of which evidence takes care: .3 separates questions on topic from others in long
    // passages (.34 to .72 against .12 to .28), but one word that a short passage repeats has more.
    minimumSimilarity: 0.5,
    batchSize: BATCH_SIZE,
    async embedDocuments(texts, signal) {
      signal?.throwIfAborted();
      const vectors = await thread.run(texts);
      signal?.throwIfAborted();
      return vectors;
    },
    async embedQuery(text, signal) {
      signal?.throwIfAborted();
      return Array.from(embed(text));
    },
    stop: () => thread.stop(),
  };
}

/** What the thread of the embedder does. */
export function hashTexts(texts: readonly string[]): Float64Array[] {
  return texts.map(embed);
}

/** How alike others are to a text for the builtin embedder: the cosine of their vectors. */
export function builtinSimilarityTo(text: string): (other: string) => number {
  const vector = embed(text);
  return (other) => embed(other).reduce((sum, value, place) => sum + value * vector[place]!, 0);
}

function embed(text: string): Float64Array {
  const vector = new Float64Array(EMBEDDING_DIMENSIONS);
  for (const [word, count] of countStems(text)) {
    const weight = 1 + Math.log(count);
    addFeature(vector, `w${word}`, weight);
    const groups = lettersOf(word);
    for (const group of groups) addFeature(vector, `g${group}`, (GROUPS_WEIGHT * weight) / Math.sqrt(groups.length));
  }
  // 0 without a word, or where all features cancel each other out: cosine is not defined there.
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (length === 0) vector[WORDLESS] = 1;
  return vector.map((value) => value / (length || 1));
}

function countStems(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of tokenize(text)) {
    if (ENGLISH_STOP_WORDS.has(word)) continue;
    const stem = lightStem(word);
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  return counts;
}

function addFeature(vector: Float64Array, feature: string, weight: number): void {
  const hash = hashText(feature);
  const place = hash % WORDLESS;
  vector[place] = vector[place]! + (hash >>> 31 === 0 ? weight : -weight);
}

/** All groups of 3 to 5 letters in a word, its beginning and end marked. */
function lettersOf(word: string): string[] {
  const groups: string[] = [];
  if (word.length < MIN_GROUPED_WORD) return groups;
  const marked = `^${word}$`;
  for (const length of GROUP_LENGTHS) {
    for (let start = 0; start + length <= marked.length; start += 1) groups.push(marked.slice(start, start + length));
  }
  return groups;
}
