/** The blocks of user messages. What comes from outside can neither open nor close one. */
const BLOCKS = ['project', 'passage', 'question', 'claim'] as const;

const INVISIBLE = /[^\P{Cc}\n\t]|\p{Cf}|\p{Cs}|\p{Default_Ignorable_Code_Point}/gu;
const BLOCK_TAG = new RegExp(`<(?=[\\s/]*(?:${BLOCKS.join('|')})\\b)`, 'gi');
const ESCAPED_TAG = new RegExp(`&lt;(?=[\\s/]*(?:${BLOCKS.join('|')})\\b)`, 'gi');

/**
 * A copy of text from outside that is safe between two delimiters: in NFKC, so that look-alikes of `<` are seen, without
 * control and invisible characters, which people do not see but models read, and with our own tags defused.
 */
export function toPromptText(text: string): string {
  const visible = text.replace(/\r\n?/g, '\n').normalize('NFKC').replace(INVISIBLE, '');
  return visible.replace(BLOCK_TAG, '&lt;').trim();
}

/** The same for an attribute's value: one line without quotes and angle brackets. */
export function toPromptAttribute(text: string): string {
  return toPromptText(text).replace(/\s+/g, ' ').replaceAll('"', "'").replaceAll('<', '&lt;').replaceAll('>', '&gt;');
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
      text: text.replace(ESCAPED_TAG, '<'),
    }),
  );
  const question = /^<question>\n([\s\S]*?)\n<\/question>$/m.exec(content)?.[1] ?? '';
  return { passages, question: question.replace(ESCAPED_TAG, '<') };
}
