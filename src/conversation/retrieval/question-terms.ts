import type { Context } from '../../context.js';
import { query } from '../../platform/database/query.js';
import type { QueryTerms } from '../../search/terms.js';
import type { QuestionTerm } from './evidence.js';

/** A word of a question. */
export interface QuestionWord {
  /** In lower case. */
  text: string;
  /** See QueryTerm. */
  meaning: number;
  stemmers: ReadonlySet<string>;
  /** How many passages of the project hold it. */
  passages: number;
  terms: readonly string[];
}

/** The words of a question in their order. */
export function questionWords({ terms }: QueryTerms): QuestionWord[] {
  const words = Map.groupBy(terms, ({ word }) => word);
  return Array.from(words.values(), (same) => ({
    text: same[0]!.text,
    meaning: same[0]!.meaning,
    stemmers: new Set(same.flatMap(({ stemmers }) => stemmers)),
    passages: Math.max(...same.map(({ passages }) => passages)),
    terms: same.map(({ term }) => term),
  }));
}

/** The same, each with the passages that hold it. */
export async function readHeldWords(
  ctx: Context,
  asked: QueryTerms,
  chunkIds: readonly string[],
): Promise<(QuestionWord & QuestionTerm)[]> {
  const rows = await query(ctx.em)<{ term: string; heldBy: string[] | null }>`
    select term,
      (select array_agg(c.id::text) from chunk c join document_term t on t.document_id = c.document_id and t.term = wanted.term
        where c.id = any(${[...chunkIds]}::uuid[]) and c.chunk_index in (select posting >> 24 from unnest(t.postings) as posting)) as "heldBy"
    from unnest(${asked.terms.map(({ term }) => term)}::text[]) as wanted(term)`;
  const heldBy = new Map(rows.map((row) => [row.term, row.heldBy ?? []]));
  return questionWords(asked).map((word) => ({
    ...word,
    term: word.terms[0]!,
    heldBy: new Set(word.terms.flatMap((term) => heldBy.get(term)!)),
  }));
}
