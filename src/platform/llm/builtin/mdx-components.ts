import { type Fence, isClosing, openingFence } from '../../text/fences.js';

const STATEMENT = /^(?:import|export)\s/;
const COMPONENT = /^\s*<\/?[A-Z][\w.]*(?=[\s/>]|$)/;
const INLINE_TAG =
  /(`+)(?!`).*?[^`]\1(?!`)|<\/?[A-Z][\w.]*(?:\s+[\w-]+(?:=(?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}))?)*\s*\/?>/g;
/** Where a passage begins within a component's properties: their end. */
const PROPERTIES_END = /^\s*(?:[\]}]+\s*)?\/>\s*$|^\s*\]\}\s*$/;

/** Of properties whose component neither begins nor ends in the passage. */
const PROPERTY = /^\s*(?:\w+:(?:.*[,[{(])?|['"`].*['"`],?|[{}[\](),]+)\s*$/;

/** MDX as Markdown: without imports, exports and tags of components; one with properties of several lines is code. */
export function withoutComponents(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  let fence: Fence | null = null;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (fence) {
      kept.push(line);
      if (isClosing(line, fence)) fence = null;
    } else if (STATEMENT.test(line)) {
      while (index + 1 < lines.length && lines[index + 1]!.trim() !== '') index += 1;
      kept.push('');
    } else if (isProperty(lines, index)) {
      kept.push('');
    } else if (PROPERTIES_END.test(line)) {
      // Whatever is before it belongs to it: what is above was not of this passage.
      kept.length = 0;
    } else if (COMPONENT.test(line)) {
      const end = endOfTag(lines, index);
      if (end > index) kept.push('', '```jsx', ...lines.slice(index, end + 1), '```', '');
      else kept.push('', line.replace(INLINE_TAG, keepCode), '');
      index = end;
    } else {
      fence = openingFence(line);
      kept.push(fence ? line : line.replace(INLINE_TAG, keepCode));
    }
  }
  return kept.join('\n');
}

const keepCode = (found: string, code?: string): string => (code ? found : ' ');

/** The line in which the tag that begins in this one ends; the last one where it does not. */
function endOfTag(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let index = start; index < lines.length; index += 1) {
    // Arrows are no ends of tags.
    for (const sign of lines[index]!.replaceAll('=>', '')) {
      if (sign === '{') depth += 1;
      else if (sign === '}') depth -= 1;
      else if (sign === '>' && depth <= 0) return index;
    }
  }
  return lines.length - 1;
}

/** One of several that are indented; the first line of a passage never is. */
function isProperty(lines: readonly string[], index: number): boolean {
  const line = lines[index]!;
  const isWithin = index === 0 ? /^ {4}/.test(lines[1] ?? '') && PROPERTY.test(lines[1]!) : /^ {4}/.test(line);
  return isWithin && PROPERTY.test(line);
}
