import { ENGLISH_STOP_WORDS } from '../text/stop-words.js';

const UNSPACED = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}]/gu;
/** A word's worth of text without spaces. */
const UNSPACED_PER_WORD = 2;
const LEAST_WORDS = 3;

const CLOSING = `["'”’»)\\]*_\\s]*$`;
const QUESTION = new RegExp(`[?？]${CLOSING}`);
const LEAD_IN = new RegExp(`[:：]${CLOSING}`);
/** A line in bold type is a heading. */
const TITLE = /^(\*\*|__)[^*_]+\1$/;
const SHORT_REPLY =
  /^(?:sure|certainly|absolutely|of course|great|good|yes|no|ok(?:ay)?|thanks?|hello|hi|sorry|unfortunately)\b.{0,25}$/is;
const REMARK =
  /^(?:i hope|hope (?:this|that|it)|i['’]?(?: a)?m (?:happy|glad|sorry|afraid)|let me know|feel free|please (?:let|feel)|if you (?:have|need|want|would like) (?:any|more|further)|happy to|you['’]re welcome|here(?: is| are|['’]s)|(?:see|refer to|consult)\b)/i;
const SOURCES = /^[*_\s]*(?:sources?|references?|citations?|quellen?(?:angaben)?|belege)[*_\s]*(?:$|[:：])/i;
const PATH = /\S*\w\/\S*|\S*\w\.[a-z]{2,4}(?![\w.])/gi;
const SILENCE =
  /\b(?:documentation|docs|documents?|sources?|passages?|i)\b[^.]{0,40}\b(?:(?:do|does|did|could|can|is|are)(?:\s?not|n['’]t)|never|cannot|no(?:thing)?)\b[^.]{0,30}\b(?:say|mention|describe|cover|contain|specif|explain|state|tell|include|provide|give|answer|address|find|found|hold)/i;

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

/** Whether a sentence says that the documentation does not: which is in none of its passages. In English only. */
export const tellsOfSilence = (sentence: string): boolean => SILENCE.test(sentence);

/** Whether a sentence says something that wants a source. */
export function makesClaim(sentence: string): boolean {
  const text = sentence.trim().replace(/^[*_"'“«(\s]+/, '');
  if (TITLE.test(sentence.trim()) || isQuestion(text) || isLeadIn(text) || !isClause(text) || !hasContent(text))
    return false;
  return !SHORT_REPLY.test(text) && !REMARK.test(text) && !tellsOfSilence(text);
}
