import { ENGLISH_STOP_WORDS } from '../text/stop-words.js';

const UNSPACED = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}]/gu;
/** A word's worth of text without spaces. */
const UNSPACED_PER_WORD = 2;
const LEAST_WORDS = 3;

const CLOSING = `["'”’»)\\]*_\\s]*$`;
const QUESTION = new RegExp(`[?？]${CLOSING}`);
const LEAD_IN = new RegExp(`[:：]${CLOSING}`);
/** A line in bold type is a heading, unless it ends as a sentence does. */
const TITLE = /^(\*\*|__)[^*_]*[^*_.!]\1$/;
const SOURCES = /^[*_\s]*(?:sources?|references?|citations?|quellen?(?:angaben)?|belege)[*_\s]*(?:$|[:：])/i;
const PATH = /\S*\w\/\S*|\S*\w\.[a-z]{2,4}(?![\w.])/gi;

/** Words of a text; inline code counts for two. */
export function countWords(text: string): number {
  const plain = text.replace(/`+[^`]+`+/g, ' code code ');
  const unspaced = plain.match(UNSPACED)?.length ?? 0;
  const spaced = plain.replace(UNSPACED, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}'’_.-]*/gu)?.length ?? 0;
  return spaced + Math.ceil(unspaced / UNSPACED_PER_WORD);
}

/** Whether a text is long enough to say something of something. */
export const isClause = (text: string): boolean => countWords(text) >= LEAST_WORDS;

export const isQuestion = (sentence: string): boolean => QUESTION.test(sentence);

export const isTitle = (line: string): boolean => TITLE.test(line.trim());

export const isLeadIn = (sentence: string): boolean => LEAD_IN.test(sentence);

/** Whether there is anything in a text that a source could carry: not so of "Yes" and "See". */
export function hasContent(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.some((word) => !ENGLISH_STOP_WORDS.has(word) && !/^(?:yes|see|sources?|references?)$/.test(word));
}

/** Whether a text only names something, as a list of sources does: "docs/limits.md", "Limits". */
export const isLabel = (text: string): boolean => !isClause(text.replace(PATH, ''));

/** Whether a line announces the sources, or names one: "**Sources**", "Source: docs/limits.md". */
export const announcesSources = (line: string): boolean => SOURCES.test(line);
