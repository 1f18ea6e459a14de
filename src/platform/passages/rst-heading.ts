import { slug } from 'github-slugger';

import { truncate } from '../text/truncate.js';
import { inOneLine, MAX_SOURCE } from './heading-text.js';

const ADORNMENT = /^([!-/:-@[-`{-~])\1*$/;
/** Docutils takes a shorter one only where its title is as short. */
const MIN_ADORNMENT = 4;
/** What an underline makes no title of: list items, tables, fields, directives, line blocks, doctests. */
const NO_TITLE = /^(?:(?:[-*+•‣⁃|]|>>>|\.\.|__)(?:\s|$)|:[^:`\s][^:`]*:(?:\s|$)|\s)/;
const LETTER = /[\p{L}\p{N}]/u;
const INLINE =
  /``([^`]+)``|(?::[\w.+-]+)*:?`([^`]+)`_{0,2}|\*\*([^*]+)\*\*|\*([^\s*]+|[^\s*][^*]*[^\s*])\*|\|([^\s|]+|[^\s|][^|]*[^\s|])\|_{0,2}|\s?\[[^\][\s]+\]_|\\\s?|(?<=[\p{L}\p{N}])_{1,2}(?=$|[\s'")\]}>/\\:.,;!?-])/gu;

/** A title with its lines, from `start` up to, not including, `end`. */
export interface RstTitle {
  readonly end: number;
  readonly text: string;
  /** Of its adornment: titles of one style are of one level. */
  readonly style: string;
}

/** The title that begins at a line that begins a block; null: there is none. */
export function readRstTitle(lines: readonly string[], start: number): RstTitle | null {
  const first = lines[start]!.trimEnd();
  const second = lines[start + 1]?.trimEnd() ?? '';
  if (ADORNMENT.test(first)) {
    const isTitle = second.trim() !== '' && lines[start + 2]?.trimEnd() === first && isUnder(first, second);
    return isTitle ? { end: start + 3, text: plainText(second), style: `${first[0]}${first[0]}` } : null;
  }
  const isTitle = !NO_TITLE.test(first) && ADORNMENT.test(second) && isUnder(second, first);
  return isTitle ? { end: start + 2, text: plainText(first), style: second[0]! } : null;
}

function isUnder(adornment: string, title: string): boolean {
  return LETTER.test(title) && (adornment.length >= MIN_ADORNMENT || adornment.length >= title.length);
}

/** What a reader sees: no markup, one space between words, at most 255 characters. */
function plainText(title: string): string {
  const text = truncate(title, MAX_SOURCE).replace(
    INLINE,
    (_whole, literal, interpreted, strong, emphasis, substituted) =>
      interpreted === undefined ? (literal ?? strong ?? emphasis ?? substituted ?? '') : textOf(interpreted),
  );
  return inOneLine(text);
}

/** `text <target>` is shown as its text, `~package.name` as its last part, `!name` as a name that is no link. */
function textOf(interpreted: string): string {
  const text = interpreted.replace(/(?<=\S)\s*<[^<>]*>$/, '');
  return text.startsWith('~') ? text.slice(text.lastIndexOf('.') + 1).replace('~', '') : text.replace(/^!/, '');
}

/**
 * The id that both docutils (Sphinx, Read the Docs) and GitHub give to a title; null where they do not agree. What they
 * number of equal ones differs too.
 */
export function rstAnchor(text: string): string | null {
  const ascii = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\0-\x7F]/g, '');
  const id = ascii.replace(/[^a-z0-9]+/g, '-').replace(/^[-0-9]+|-$/g, '');
  return id !== '' && id === slug(text) ? id : null;
}
