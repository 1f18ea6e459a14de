import { ENGLISH_STOP_WORDS } from '../text/stop-words.js';
import { UNSPACED_TEXT } from '../text/unspaced.js';
import type { BlockKind } from './blocks.js';

const UNSPACED = new RegExp(`[${UNSPACED_TEXT}]`, 'gu');
/** A word's worth of text without spaces. */
const UNSPACED_PER_WORD = 2;
const LEAST_WORDS = 3;

const CLOSING = `["'”’»)\\]*_\\s]*$`;
const QUESTION = new RegExp(`[?？]${CLOSING}`);
const LEAD_IN = new RegExp(`[:：]${CLOSING}`);
const TITLE = /^(\*\*|__)(?:(?!\1).)*(?!\1)[^\s.!?…。！？]\1:?$/;
const MARKS = '(?:[*_\\s]|</?\\w+>)*';
const SOURCES = new RegExp(
  `^${MARKS}(?:(?:sources?|references?|citations?|quellen?(?:angaben)?|belege)(?:\\s(?:used|cited|consulted|documents?|docs|pages|files)){0,2}|further reading|see also|siehe auch|références|fuentes?|referencias|fonti|riferimenti|fontes?|referências|bronnen|参考(?:资料|文献)|来源|出典|relevant (?:sources|documents|documentation|docs|pages))${MARKS}(?:$|[\\n:：])`,
  'i',
);
const PATH = /\S*\w\/\S*|\S*\w\.[a-z]{2,4}(?![\w.])/gi;

/** Words of a text; inline code counts for two. */
export function countWords(text: string): number {
  const plain = text.replace(/(?<!`)`+[^`]+`+/g, ' code code ');
  const unspaced = plain.match(UNSPACED)?.length ?? 0;
  const spaced = plain.replace(UNSPACED, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}'’_.-]*/gu)?.length ?? 0;
  return spaced + Math.ceil(unspaced / UNSPACED_PER_WORD);
}

/** Whether a text is long enough to say something of something. */
export const isClause = (text: string): boolean => countWords(text) >= LEAST_WORDS;

export const isQuestion = (sentence: string): boolean => QUESTION.test(sentence);

/** Whether a line is in bold type and ends as no sentence does: a heading, whatever the next line is. */
export const isTitle = (line: string): boolean => TITLE.test(line.trim());

export const isLeadIn = (sentence: string): boolean => LEAD_IN.test(sentence);

/** Whether there is anything in a text that a source could carry: not so of "Yes" and "See". */
export function hasContent(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.some((word) => !ENGLISH_STOP_WORDS.has(word) && !/^(?:yes|see|sources?|references?)$/.test(word));
}

/** Whether a text only names something, as a list of sources does: "docs/limits.md", "Limits". */
export const isLabel = (text: string): boolean => !isClause(text.replace(PATH, ''));

const MOST_TOPIC_WORDS = 6;
/** A claim says what something is, can or must. */
const CLAIMING =
  /[`\d]|n['’]t\b|\b(?:is|are|was|were|has|have|can|cannot|will|must|should|may|does|do|never|not|no|only)\b/i;

/** Whether a text in bold type only says what the text behind it is about: "Attach it to your route". */
export const isTopic = (text: string): boolean => countWords(text) <= MOST_TOPIC_WORDS && !CLAIMING.test(text);

/** "**Sources**", "Source: docs/limits.md" */
export const announcesSources = (block: string): boolean => SOURCES.test(block);

/**
 * Whether a block is of a list of the sources, or announces one.
 *
 * @param listed whether the block before it is
 */
export function listsSources(block: string, kind: BlockKind, listed: boolean): boolean {
  return announcesSources(block) || (listed && (/^\[\d/.test(block) || kind === 'item' || kind === 'row'));
}
