import { sql } from 'kysely';

import type { Context } from '../context.js';

/**
 * Locks ProjectDocs against the start and the end of their runs; those that are gone are left out. From the projects to
 * their ProjectDocs, each in one order: else a deletion and this, or two of these, could wait for each other. The
 * projects too, since a row that is updated twice in one transaction has its foreign keys checked anew.
 */
export async function lockProjectDocs(em: Context['em'], ids: readonly string[]): Promise<string[]> {
  const db = em.getKysely();
  await sql`
    select from project where id in (select project_id from project_doc where id = any(${[...ids]}::uuid[]))
    order by id for key share`.execute(db);
  const { rows } = await sql<{ id: string }>`
    select id from project_doc where id = any(${[...ids]}::uuid[]) order by id for update`.execute(db);
  return rows.map(({ id }) => id);
}
