const BYTES_PER_TOKEN = 3;

/**
 * How many tokens a text takes at most, for any provider: its UTF-8 bytes by 3, rounded up. English comes to 4 bytes
 * a token and more, code to 3 and more, Chinese and Japanese to about 3. Providers' tokenizers differ: a promise to
 * fit needs a bound, not the count of one tokenizer.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** How many tokens the texts of a request take at most, without what a provider puts around them. */
export function promptTokens({
  system,
  messages,
}: {
  system: string;
  messages: readonly { content: string }[];
}): number {
  return estimateTokens(system + messages.map(({ content }) => content).join(''));
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
