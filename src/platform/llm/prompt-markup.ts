import { truncate } from '../text/truncate.js';
import { foldLookAlikes } from './look-alikes.js';

/** The blocks of user messages. What comes from outside can neither open nor close one. */
const BLOCKS = ['project', 'passage', 'question', 'claim', 'turn'] as const;

/** Control, format and private characters, halves of pairs, fillers, tags, variation selectors: read by models only. */
const INVISIBLE =
  /[^\P{Cc}\n\t]|\p{Cf}|\p{Cs}|\p{Co}|\p{Noncharacter_Code_Point}|\u2800|\p{Default_Ignorable_Code_Point}/gu;
const OTHER_LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/g;

/** `<`, what NFKC does not make one and looks like one still, and with a stroke through it. */
const OPENER = '<‹〈⟨《≮≺⋖ᐸ˂❮❰⧼⦑';
const SLASH = '/\\\\⁄∕⧸╱';
const LONGEST_NAME = 64;
const POSSIBLE_TAG = new RegExp(
  `[${OPENER}](?=[\\s\\p{M}${SLASH}]*([^\\s\\p{M}${SLASH}${OPENER}>][^${OPENER}>]{0,${LONGEST_NAME}}))`,
  'gu',
);
/** The letters may be spread out, `< / p a s s a g e >`, and some be digits or signs: `<pa55age>`. */
const BLOCK_NAME = new RegExp(`^(?:${BLOCKS.map(spelled).join('|')})(?![a-z])`);

function spelled(name: string): string {
  const stands: Record<string, string> = { i: '[i1l|!]', o: '[o0]', s: '[s5$]', e: '[e3]', a: '[a4@]' };
  return Array.from(name, (letter) => stands[letter] ?? letter).join('[^a-z]*?');
}

/**
 * What some servers' tokenizers take for the end of a turn or for another speaker, wherever it stands: `<|im_start|>`,
 * `<start_of_turn>`, `</s>`, `[INST]`, `<<SYS>>`.
 */
const CONTROL_TOKEN =
  /<(?=\|[^\s<>|][^<>|\n]{0,60}\|>|\/?(?:s|bos|eos|pad|unk|(?:start|end)_of_turn)>|<\/?SYS>>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])/gi;
const ENTITIES: Record<string, string> = { '<': '&lt;', '[': '&#91;' };
const ESCAPED = /&lt;|&#91;/g;
const MAX_ATTRIBUTE = 500;

/**
 * A copy of text from outside that is safe between two delimiters: in NFKC, so that look-alikes are seen, without what
 * people do not see but models read, and with everything defused that is or resembles one of our own tags or a model's
 * control token. Other text, code and HTML included, stays as it is. Twice is the same as once.
 */
export function toPromptText(text: string): string {
  // Taking away can bring together what composes, and composing can make what has to go.
  const visible = toVisible(toVisible(text.replace(OTHER_LINE_BREAKS, '\n')));
  return visible
    .replace(POSSIBLE_TAG, (opener, name: string) => (BLOCK_NAME.test(foldLookAlikes(name)) ? '&lt;' : opener))
    .replace(CONTROL_TOKEN, (opener) => ENTITIES[opener]!)
    .trim();
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
  text: string;
}

/** Reads a last user message that `buildPrompt` wrote, for the model that is code. */
export function parsePromptText(content: string): { passages: ParsedPassage[]; question: string } {
  const passages = [...content.matchAll(/^<passage n="(\d+)"([^>]*)>\n([\s\S]*?)\n<\/passage>$/gm)].map(
    ([, index, attributes = '', text = '']) => ({
      index: Number(index),
      heading: [...attributes.matchAll(/(?:title|section)="([^"]*)"/g)].map(([, value]) => value).join(' '),
      text: fromPromptText(text),
    }),
  );
  const question = /^<question>\n([\s\S]*?)\n<\/question>$/m.exec(content)?.[1] ?? '';
  return { passages, question: fromPromptText(question) };
}

/** Undoes the escapes that toPromptText would make again, and no others: a page may well write `&lt;div>`. */
function fromPromptText(text: string): string {
  return text.replace(ESCAPED, (entity, offset: number) => {
    const opener = entity === '&lt;' ? '<' : '[';
    const start = offset + entity.length;
    return toPromptText(opener + text.slice(start, start + 2 * LONGEST_NAME)).startsWith(entity) ? opener : entity;
  });
}
