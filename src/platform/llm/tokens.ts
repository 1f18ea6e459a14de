import { countTokens as countExactly } from 'gpt-tokenizer';

const BYTES_PER_TOKEN = 3;
const SLICE = 2_000;
// Without it, text that spells a control token such as <|endoftext|> would throw.
const AS_PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

/**
 * How many tokens a text takes at most, for any provider: its UTF-8 bytes by 3, rounded up. English comes to 4 bytes a
 * token and more, code to 3 and more, Chinese and Japanese to about 3. Providers' tokenizers differ, so a promise to fit
 * needs a bound, not one tokenizer's count.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** The longest beginning of `text` that `estimateTokens` puts at `tokens` or less. */
export function cutToTokens(text: string, tokens: number): string {
  const bytes = Buffer.from(text);
  const limit = tokens * BYTES_PER_TOKEN;
  if (bytes.length <= limit) return text;
  return bytes
    .subarray(0, Math.max(0, limit))
    .toString()
    .replace(/\uFFFD$/u, '');
}

/** Tokens by OpenAI's o200k vocabulary, counted in slices: one long run without a space would take quadratic time. */
export function countTokens(text: string): number {
  let total = 0;
  for (let start = 0; start < text.length; start += SLICE) {
    total += countExactly(text.slice(start, start + SLICE), AS_PLAIN_TEXT);
  }
  return total;
}
