import { sql } from 'kysely';

import type { Context } from '../context.js';
import { termsOf } from '../search/terms.js';
import type { QuestionTerm } from './evidence.js';

/** The terms of a question in their order, what the project and the passages found hold of them, and the project's size in passages. */
export async function readQuestionTerms(
  ctx: Context,
  projectId: string,
  question: string,
  chunkIds: readonly string[],
): Promise<{ terms: QuestionTerm[]; projectPassages: number }> {
  const wanted = await termsOf(ctx, question);
  const { rows } = await sql<{ term: string; passages: number; heldBy: string[] | null; total: number }>`
    select term.term, term.passages, term."heldBy",
      (select count(*)::int from chunk where project_id = ${projectId}) as total
    from unnest(${wanted}::text[]) with ordinality as wanted(term, place)
    cross join lateral (
      select wanted.term, count(*)::int as passages,
        array_agg(chunk_id::text) filter (where chunk_id = any(${[...chunkIds]}::uuid[])) as "heldBy"
      from chunk_term where project_id = ${projectId} and chunk_term.term = wanted.term
    ) term
    order by wanted.place`.execute(ctx.em.getKysely());
  return {
    terms: rows.map(({ term, passages, heldBy }) => ({ term, passages, heldBy: new Set(heldBy ?? []) })),
    projectPassages: rows[0]?.total ?? 0,
  };
}
