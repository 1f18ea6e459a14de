/** Scripts that put no spaces between words. */
const SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];

const charactersOf = (property: 'sc' | 'scx'): string => SCRIPTS.map((script) => `\\p{${property}=${script}}`).join('');

/**
 * A character of such a script, or the prolonged sound mark that Japanese scripts have in common: what stands between
 * the brackets of a regular expression with the flag `u`.
 */
export const UNSPACED = `${charactersOf('sc')}\\u30FC`;

/** The same with the signs that these scripts share, such as the full stops of Chinese and Japanese. */
export const UNSPACED_TEXT = charactersOf('scx');

/**
 * The same as UNSPACED for the scripts that are indexed by pairs of characters. Korean has spaces, but puts particles
 * to its words without one.
 */
export const PAIRED = `${UNSPACED}\\p{sc=Hangul}`;
