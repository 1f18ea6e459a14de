import { createRequire } from 'node:module';

import type { countTokens as countExactly, setMergeCacheSize } from 'gpt-tokenizer';

type Tokenizer = { countTokens: typeof countExactly; setMergeCacheSize: typeof setMergeCacheSize };
/** Loaded when it is first needed: its vocabulary takes some 70 MB. */
let tokenizer: Tokenizer | undefined;

// The tokenizer takes quadratic time over a run that it cannot break at a space: a minute for 1 MB of one letter.
const LONG_RUN = /(\S{64}|\s{64})/u;
// The tokenizer's cache of words finds its oldest entry the slower the more it holds: 15 times at its own 100,000.
const CACHED_WORDS = 1000;
// Without it, text that spells a control token such as <|endoftext|> would throw.
const AS_PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

/**
 * Tokens by OpenAI's o200k vocabulary, in time linear in the text's length. Runs of 64 characters and more without a
 * break are counted piece by piece, which can differ by a few tokens.
 */
export function countTokens(text: string): number {
  tokenizer ??= loadTokenizer();
  let total = 0;
  for (const part of text.split(LONG_RUN)) {
    if (part !== '') total += tokenizer.countTokens(part, AS_PLAIN_TEXT);
  }
  return total;
}

function loadTokenizer(): Tokenizer {
  const loaded = createRequire(import.meta.url)('gpt-tokenizer') as Tokenizer;
  loaded.setMergeCacheSize(CACHED_WORDS);
  return loaded;
}
