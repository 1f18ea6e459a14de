import { type QueryExecutorProvider as Db, sql } from 'kysely';

import type { Context } from '../context.js';
import { type FittedSpace, fromBytes, toBytes } from '../platform/embedding/term-space.js';

/** Passages that a space is fitted to: with 1,000 to 4,000 it is as good as with all 15,000 that were tried. */
export const SAMPLE_PASSAGES = 1_000;

/** null: there is none any more. */
export async function readSpace({ database }: Pick<Context, 'database'>, id: string): Promise<FittedSpace | null> {
  const { rows } = await sql<{ terms: string; vectors: Uint8Array }>`
    select terms, vectors from term_space where id = ${id}`.execute(database.fork().getKysely());
  return rows[0] ? fromBytes(rows[0].terms, rows[0].vectors) : null;
}

export async function hasSpace(db: Db, id: string): Promise<boolean> {
  return (await sql`select from term_space where id = ${id}`.execute(db)).rows.length > 0;
}

/** Nothing where the project is gone, or another process has been faster. */
export async function storeSpace(db: Db, id: string, projectId: string, space: FittedSpace): Promise<void> {
  await sql`
    insert into term_space (id, project_id, terms, vectors, created_at)
    select ${id}, id, ${space.terms}, ${toBytes(space)}, ${new Date()} from project where id = ${projectId} for key share
    on conflict do nothing`.execute(db);
}

/** Writes down how large the project was when the space came into use, unless that is known. */
export async function recordPassages(db: Db, id: string): Promise<void> {
  await sql`
    update term_space s set passages = (select coalesce(sum(passage_count), 0) from document where project_id = s.project_id)
    where id = ${id} and passages is null`.execute(db);
}
