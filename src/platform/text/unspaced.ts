/**
 * A character of a script that puts no spaces between words, or the prolonged sound mark that Japanese scripts have in common:
 * what stands between the brackets of a regular expression with the flag `u`.
 */
export const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u30FC\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;

/** The same for those that are indexed by pairs of characters: Korean has spaces, but puts particles to its words without one. */
export const PAIRED = String.raw`${UNSPACED}\p{sc=Hangul}`;
