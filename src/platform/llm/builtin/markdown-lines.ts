import { type Fence, isClosing, openingFence } from '../../text/fences.js';
import { withoutComponents } from './mdx-components.js';

const FOOTNOTE = /^ {0,3}\[\^[^\]]+\]:/;
/** MkDocs' alerts and tabs, whose text is indented by 4. */
const TITLE = /^(?:!!!|\?\?\?\+?|===[!+]?)\s+\S/;
const INDENT = 4;
const INDENTED = /^(?: {2}|\t)/;

/** A passage's lines in the Markdown that everyone reads: what site generators add to it, and footnotes, taken out. */
export function plainMarkdownLines(text: string, filePath: string): string[] {
  const source = (/\.mdx$/i.test(filePath) ? withoutComponents(text) : text).split('\n');
  const lines: string[] = [];
  /** How far the text of each alert that is open is indented. */
  let indents: number[] = [];
  let fence: Fence | null = null;
  let isFootnote = false;
  for (const [index, original] of source.entries()) {
    const indent = original.search(/\S/);
    const isBlank = indent < 0;
    if (!isBlank) indents = indents.filter((least) => least <= indent);
    const line = original.slice(Math.min(indents.length * INDENT, Math.max(0, indent)));
    if (fence) {
      lines.push(line);
      if (isClosing(line, fence)) fence = null;
    } else if (TITLE.test(line.trimStart())) {
      indents.push(indent + INDENT);
      lines.push('');
    } else if (isFootnote || FOOTNOTE.test(line)) {
      isFootnote = !isBlank || INDENTED.test(source[index + 1] ?? '');
      lines.push('');
    } else {
      lines.push(line);
      fence = openingFence(line);
    }
  }
  return lines;
}
