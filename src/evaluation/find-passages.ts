import { sql } from 'kysely';

import type { Context } from '../context.js';
import type { StoredExpectation } from './expected-answer.js';
import { findQuote, quoteOf, withoutReturns } from './find-lines.js';

/** Each may have 1 MiB. */
const DOCUMENTS_AT_ONCE = 20;

/** An expected passage of which only the words or only the lines are known yet. */
export interface Passage {
  answer: StoredExpectation;
  /** Where it stands in the input. */
  path: string[];
}

/** Completes passages, in place, by the documents' contents as they are now; tells of each that is not there. */
export async function findPassages(
  ctx: Context,
  passages: readonly Passage[],
  notFound: (passage: Passage, message: string) => void,
): Promise<void> {
  const byDocument = Map.groupBy(passages, ({ answer }) => answer.documentId);
  const ids = [...byDocument.keys()];
  for (let start = 0; start < ids.length; start += DOCUMENTS_AT_ONCE) {
    const contents = await readContents(ctx, ids.slice(start, start + DOCUMENTS_AT_ONCE));
    for (const [id, content] of contents)
      for (const passage of byDocument.get(id)!) {
        const message = complete(passage.answer, content);
        if (message) notFound(passage, message);
      }
  }
}

/** Contents by document; of documents that are gone, there is none. */
export async function readContents(ctx: Context, documentIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; content: string }>`
    select id, content from document where id = any(${[...documentIds]}::uuid[])`.execute(ctx.em.getKysely());
  return new Map(rows.map(({ id, content }) => [id, withoutReturns(content)]));
}

/** What is wrong, or null. */
function complete(answer: StoredExpectation, content: string): string | null {
  if (answer.quote !== null) {
    const lines = findQuote(content, answer.quote);
    if (!lines) return 'The document does not hold these words.';
    Object.assign(answer, lines);
    return null;
  }
  const quote = quoteOf(content, { startLine: answer.startLine!, endLine: answer.endLine! });
  if (quote === null) return 'The document does not have these lines.';
  if (quote.trim() === '') return 'There are no words on these lines.';
  answer.quote = quote;
  return null;
}
