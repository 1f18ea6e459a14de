import { type Em, query } from '../platform/database/query.js';

/**
 * Locks ProjectDocs against the start and the end of their runs; those that are gone are left out. From the projects to
 * their ProjectDocs, each in one order: else a deletion and this, or two of these, could wait for each other. The
 * projects too, since a row that is updated twice in one transaction has its foreign keys checked anew.
 */
export async function lockProjectDocs(em: Em, ids: readonly string[]): Promise<string[]> {
  await query(em)`
    select from project where id in (select project_id from project_doc where id = any(${[...ids]}::uuid[]))
    order by id for key share`;
  const rows = await query(em)<{ id: string }>`
    select id from project_doc where id = any(${[...ids]}::uuid[]) order by id for update`;
  return rows.map(({ id }) => id);
}
