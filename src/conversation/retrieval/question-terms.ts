import type { Context } from '../../context.js';
import { query } from '../../platform/database/query.js';
import { parseQuery, withoutQuotes } from '../../search/query.js';
import { readQueryTerms } from '../../search/terms.js';
import type { QuestionTerm } from './evidence.js';

interface AskedTerm extends QuestionTerm {
  word: string;
  /** See QueryTerm. */
  meaning: number;
  stemmers: ReadonlySet<string>;
}

/** The words of a question in their order, what the project and the passages found hold of them, and the project's size in passages. */
export async function readQuestionTerms(
  ctx: Context,
  projectId: string,
  question: string,
  chunkIds: readonly string[],
): Promise<{ terms: AskedTerm[]; projectPassages: number }> {
  const { terms: wanted, project } = await readQueryTerms(ctx, projectId, parseQuery(withoutQuotes(question)));
  const rows = await query(ctx.em)<{ heldBy: string[] | null }>`
    select
      (select array_agg(c.id::text) from chunk c join document_term t on t.document_id = c.document_id and t.term = wanted.term
        where c.id = any(${[...chunkIds]}::uuid[]) and c.chunk_index in (select posting >> 24 from unnest(t.postings) as posting)) as "heldBy"
    from unnest(${wanted.map(({ term }) => term)}::text[]) with ordinality as wanted(term, place) order by place`;
  const words = Map.groupBy(
    wanted.map((term, index) => ({ ...term, ...rows[index]! })),
    ({ word }) => word,
  );
  return {
    terms: Array.from(words.values(), (same) => ({
      term: same[0]!.term,
      word: same[0]!.text,
      meaning: same[0]!.meaning,
      stemmers: new Set(same.flatMap(({ stemmers }) => stemmers)),
      passages: Math.max(...same.map(({ passages }) => passages)),
      heldBy: new Set(same.flatMap(({ heldBy }) => heldBy ?? [])),
    })),
    projectPassages: project.passages,
  };
}
