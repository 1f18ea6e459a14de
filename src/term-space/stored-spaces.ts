import type { Context } from '../context.js';
import { type Em, execute, query } from '../platform/database/query.js';
import { type FittedSpace, fromBytes, toBytes } from '../platform/embedding/term-space.js';

/** Passages that a space is fitted to: with 1,000 to 4,000 it is as good as with all 15,000 that were tried. */
export const SAMPLE_PASSAGES = 1_000;

/** null: there is none any more. */
export async function readSpace({ database }: Pick<Context, 'database'>, id: string): Promise<FittedSpace | null> {
  const rows = await query(database.fork())<{ terms: string; vectors: Uint8Array }>`
    select terms, vectors from term_space where id = ${id}`;
  return rows[0] ? fromBytes(rows[0].terms, rows[0].vectors) : null;
}

export async function hasSpace(em: Em, id: string): Promise<boolean> {
  return (await query(em)`select from term_space where id = ${id}`).length > 0;
}

/** Nothing where the project is gone, or another process has been faster. */
export async function storeSpace(em: Em, id: string, projectId: string, space: FittedSpace): Promise<void> {
  await execute(em)`
    insert into term_space (id, project_id, terms, vectors, created_at)
    select ${id}, id, ${space.terms}, ${toBytes(space)}, ${new Date()} from project where id = ${projectId} for key share
    on conflict do nothing`;
}

/** Writes down how large the project was when the space came into use, unless that is known. */
export async function recordPassages(em: Em, id: string): Promise<void> {
  await execute(em)`
    update term_space s set passages = (select coalesce(sum(passage_count), 0) from document where project_id = s.project_id)
    where id = ${id} and passages is null`;
}
