import { createWriter } from '../reads/generate-text.js';
import { writePage } from '../reads/populate-documents.js';
import { PASSAGES_PER_DOCUMENT } from '../reads/population.js';
import type { Collection } from './collection.js';

const QUESTIONS = 200;
const WORDS_PER_QUESTION = 8;

/**
 * A collection of so many passages, always the same, to measure time with. Each question has words of one page, which answers
 * it.
 */
export function generateCollection(passages: number): Collection {
  const writer = createWriter(1);
  const pages = Array.from({ length: Math.ceil(passages / PASSAGES_PER_DOCUMENT) }, () => writePage(writer));
  const pathOf = (index: number): string => `page-${index}.md`;
  const questions = Array.from({ length: Math.min(QUESTIONS, pages.length) }, (_, number) => {
    const index = Math.floor((number * pages.length) / QUESTIONS);
    const words = pages[index]!.toLowerCase().match(/[a-z]+/g)!;
    const some = Array.from({ length: WORDS_PER_QUESTION }, () => words[Math.floor(writer.random() * words.length)]);
    return { id: String(number), text: some.join(' '), grades: new Map([[String(index), 1]]) };
  });
  return {
    name: `generated-${passages}`,
    files: Object.fromEntries(pages.map((page, index) => [pathOf(index), page])),
    idOfPath: new Map(pages.map((_, index) => [pathOf(index), String(index)])),
    questions,
  };
}
