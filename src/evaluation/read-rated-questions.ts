import type { Context } from '../context.js';
import type { StoredCitation } from '../conversation/citation.js';
import type { StoredSource } from '../conversation/message-source.js';
import { query } from '../platform/database/query.js';
import { truncate } from '../platform/text/truncate.js';
import { MAX_EXPECTED, MAX_TEXT, type NewQuestion } from './check-questions.js';
import type { StoredExpectation } from './expected-answer.js';
import { readDocuments } from './find-documents.js';
import { MAX_QUOTE, withoutReturns } from './find-lines.js';

interface RatedAnswer {
  question: string;
  sources: StoredSource[];
  citations: Pick<StoredCitation, 'sourceIndex'>[];
}

/**
 * The questions of a project whose answers were rated GOOD, newest first. Each expects the sources that its answers
 * cite, or all of theirs where they cite none. Sources whose documents are gone are left out, and so are questions
 * without any left. Of a question that leans on its conversation it takes what was searched for; where that is not
 * stored, it is left out. A question that was asked several times is one, with the sources of all its good answers, the
 * newest first, 100 at most.
 */
export async function readRatedQuestions(ctx: Context, projectId: string, max: number): Promise<NewQuestion[]> {
  const answers = await query(ctx.em)<RatedAnswer>`
    select case when a.retrieval->>'origin' = 'QUESTION' or q.parent_id is null then q.content else a.retrieval->'queries'->>-1 end as question,
      a.sources, a.citations
    from conversation c join message a on a.conversation_id = c.id join message q on q.id = a.parent_id
    where c.project_id = ${projectId} and a.rating = 'GOOD' and a.sources is not null
      and (q.parent_id is null or a.retrieval is not null)
    order by a.created_at desc, a.id desc limit ${max}`;
  const cited = answers.map((answer) => ({ text: textOf(answer.question), sources: citedSources(answer) }));
  const ids = new Set(cited.flatMap(({ sources }) => sources.map(({ documentId }) => documentId)));
  const found = await readDocuments(ctx, projectId, [...ids]);
  const documents = new Map(found.map((document) => [document.documentId, document]));
  const questions = new Map<string, Map<string, StoredExpectation>>();
  for (const { text, sources } of cited)
    for (const source of sources) {
      const document = documents.get(source.documentId);
      if (!document || source.chunkText.trim() === '') continue;
      const expected = questions.get(text) ?? new Map<string, StoredExpectation>();
      questions.set(text, expected);
      const { startLine, endLine, chunkText } = source;
      const quote = truncate(withoutReturns(chunkText), MAX_QUOTE);
      expected.set(`${document.documentId} ${quote}`, { ...document, quote, startLine, endLine, grade: 1 });
    }
  return [...questions].map(([text, expected]) => ({ text, expected: [...expected.values()].slice(0, MAX_EXPECTED) }));
}

function textOf(content: string): string {
  return truncate(content, MAX_TEXT).trim();
}

function citedSources({ sources, citations }: RatedAnswer): StoredSource[] {
  const numbers = new Set(citations.map(({ sourceIndex }) => sourceIndex));
  const cited = sources.filter(({ index }) => numbers.has(index));
  return cited.length > 0 ? cited : sources;
}
