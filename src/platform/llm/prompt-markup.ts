import { truncate } from '../text/truncate.js';
import { beginsMark, SIGNS } from './prompt-marks.js';

/** Control, format and private characters, halves of pairs, fillers, tags, variation selectors: read by models only. */
const INVISIBLE =
  /[^\P{Cc}\n\t]|\p{Cf}|\p{Cs}|\p{Co}|\p{Noncharacter_Code_Point}|\u2800|\p{Default_Ignorable_Code_Point}/gu;
const OTHER_LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/g;

/** A sign that may begin a mark, or how one is escaped: what was written so in a text gets one more `amp;`. */
const SIGN = new RegExp(`&(?:amp;)*(?:lt|#\\d{2,6});|${SIGNS}`, 'gu');
const ESCAPED = /&(?:amp;)*(?:lt|#\d{2,6});/g;
const MAX_ATTRIBUTE = 500;

/**
 * A copy of text from outside that is safe between two delimiters: in NFKC, so that look-alikes are seen, without what
 * people do not see but models read, and with everything escaped that is or resembles one of our own marks or a model's
 * control token. Other text, code and HTML included, stays as it is.
 */
export function toPromptText(text: string): string {
  // Taking away can bring together what composes, and composing can make what has to go.
  const visible = toVisible(toVisible(text.replace(OTHER_LINE_BREAKS, '\n')));
  return visible
    .replace(SIGN, (found, offset: number) => {
      if (!beginsMark(signOf(found), visible, offset + found.length)) return found;
      return found.length > 2 ? `&amp;${found.slice(1)}` : entityOf(found);
    })
    .trim();
}

/** The text that `toPromptText` made this of, as far as people see it. */
export function fromPromptText(text: string): string {
  return text.replace(ESCAPED, (entity, offset: number) => {
    const sign = signOf(entity);
    if (!beginsMark(sign, text, offset + entity.length)) return entity;
    return entity.startsWith('&amp;') ? entity.replace('amp;', '') : sign;
  });
}

function entityOf(sign: string): string {
  return sign === '<' ? '&lt;' : `&#${sign.codePointAt(0)};`;
}

/** Of an escaped sign, however often it was; of any other text that text. */
function signOf(found: string): string {
  if (found.endsWith('lt;')) return '<';
  const code = Number(/#(\d+);$/.exec(found)?.[1] ?? Infinity);
  return code <= 0x10ffff ? String.fromCodePoint(code) : found;
}

function toVisible(text: string): string {
  return text.replace(INVISIBLE, '').normalize('NFKC');
}

/** The same for an attribute's value: one line of at most some 500 characters, without quotes and angle brackets. */
export function toPromptAttribute(text: string): string {
  const line = truncate(toPromptText(text).replace(/\s+/g, ' '), MAX_ATTRIBUTE);
  return line.replaceAll('"', "'").replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export interface ParsedPassage {
  index: number;
  /** Title and header path, as one text. */
  heading: string;
  /** The same without the last of its headings, which is the passage's own. */
  headingAbove: string;
  filePath: string;
  text: string;
}

/** Reads a last user message that `buildPrompt` wrote, for the model that is code. */
export function parsePromptText(content: string): { passages: ParsedPassage[]; question: string } {
  const passages = [...content.matchAll(/^<passage n="(\d+)"([^>]*)>\n([\s\S]*?)\n<\/passage>$/gm)].map(
    ([, index, attributes = '', text = '']) => {
      const [title = '', section = '', file = ''] = ['title', 'section', 'file'].map((name) =>
        attributeOf(attributes, name),
      );
      return {
        index: Number(index),
        heading: `${title} ${section}`,
        headingAbove: `${title} ${section.replace(/(?:^|&gt;)(?:(?!&gt;).)*$/, '')}`,
        filePath: file,
        text: fromPromptText(text),
      };
    },
  );
  const question = /^<question>\n([\s\S]*?)\n<\/question>$/m.exec(content)?.[1] ?? '';
  return { passages, question: fromPromptText(question) };
}

function attributeOf(attributes: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
}
