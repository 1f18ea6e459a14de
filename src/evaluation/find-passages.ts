import { setImmediate as pause } from 'node:timers/promises';

import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import type { StoredExpectation } from './expected-answer.js';
import { findLines, findQuote, lastLineOf, type LinedText, quoteOf } from './find-lines.js';

/** Each may have 1 MiB. */
const DOCUMENTS_AT_ONCE = 20;

/** An expected passage of which only the words or only the lines are known yet. */
export interface ExpectedPassage {
  answer: StoredExpectation;
  /** Where it stands in the input. */
  path: string[];
}

/** Completes passages, in place, by the documents' contents as they are now; tells of each that is not there. */
export async function findPassages(
  ctx: Context,
  passages: readonly ExpectedPassage[],
  notFound: (passage: ExpectedPassage, message: string) => void,
): Promise<void> {
  const byDocument = Map.groupBy(passages, ({ answer }) => answer.documentId);
  for await (const [id, content] of readContents(ctx, [...byDocument.keys()]))
    for (const passage of byDocument.get(id)!) {
      const message = complete(passage.answer, content);
      if (message) notFound(passage, message);
      // Thousands may be looked for: other operations have their turn in between.
      await pause();
    }
}

/** Contents with their document's id, a few read at a time; of documents that are gone, there is none. */
export async function* readContents(
  ctx: Context,
  documentIds: readonly string[],
): AsyncGenerator<[id: string, content: LinedText]> {
  for (let start = 0; start < documentIds.length; start += DOCUMENTS_AT_ONCE) {
    const ids = documentIds.slice(start, start + DOCUMENTS_AT_ONCE);
    const rows = await query(ctx.em)<{ id: string; content: string }>`
      select id, content from document where id = any(${ids}::uuid[])`;
    for (const { id, content } of rows) {
      yield [id, findLines(content)];
      await pause();
    }
  }
}

/** What is wrong, or null. */
function complete(answer: StoredExpectation, content: LinedText): string | null {
  if (answer.quote !== null) {
    const lines = findQuote(content, answer.quote);
    if (!lines) return 'The document does not hold these words.';
    Object.assign(answer, lines);
    return null;
  }
  const quote = quoteOf(content, { startLine: answer.startLine!, endLine: answer.endLine! });
  if (quote === null) return `The document ends at line ${lastLineOf(content)}.`;
  if (quote.trim() === '') return 'There are no words on these lines.';
  answer.quote = quote;
  return null;
}
