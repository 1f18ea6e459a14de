import { type RawBuilder, sql } from 'kysely';

import type { Context } from '../context.js';
import { type Em, execute, query } from '../platform/database/query.js';
import { lockProjectDocs } from './lock-project-docs.js';

type Owner = { projectId: string } | { projectDocId: string };

/** Rows of one table, with all that goes with them. */
interface Part {
  readonly table: string;
  readonly where: RawBuilder<unknown>;
  /** How many go in one statement, which has to fit into the time that a statement has. */
  readonly atOnce: number;
}

/**
 * To be called before a project or a ProjectDoc is deleted. Where it holds too much for one statement, deletes that in
 * parts, each in a transaction of its own; first what can be synced again. A call that is broken off is continued by
 * the next.
 */
export async function deleteContents(database: Context['database'], owner: Owner): Promise<void> {
  const parts = partsOf(owner);
  if (!(await isLarge(database, parts))) return;
  for (const { table, where, atOnce } of parts) {
    const rows = sql.table(table);
    for (let isOver = false; !isOver;)
      isOver = await database.fork().transactional(async (em) => {
        await endSyncs(em, owner);
        const deleted = await execute(em)`
          delete from ${rows} where ctid = any(array(select ctid from ${rows} where ${where} limit ${atOnce}))`;
        return deleted === 0;
      });
  }
}

/** The ProjectDocs `d` that go. */
const projectDocsOf = (owner: Owner): RawBuilder<unknown> =>
  'projectId' in owner ? sql`d.project_id = ${owner.projectId}` : sql`d.id = ${owner.projectDocId}`;

function partsOf(owner: Owner): Part[] {
  const isOwned =
    'projectId' in owner ? sql`project_id = ${owner.projectId}` : sql`project_doc_id = ${owner.projectDocId}`;
  const runs = sql`select r.id from sync_run r join project_doc d on d.id = r.project_doc_id where ${projectDocsOf(owner)}`;
  const ofBoth = [
    // Before the documents: each that goes is looked for in the files of all runs.
    { table: 'sync_run_file', where: sql`sync_run_id in (${runs})`, atOnce: 20_000 },
    { table: 'document', where: isOwned, atOnce: 100 },
  ];
  if (!('projectId' in owner)) return ofBoth;
  return [
    ...ofBoth,
    { table: 'embedding', where: isOwned, atOnce: 5_000 },
    { table: 'conversation', where: isOwned, atOnce: 500 },
  ];
}

async function isLarge(database: Context['database'], parts: readonly Part[]): Promise<boolean> {
  const have = parts.map(
    ({ table, where, atOnce }) => sql`exists (select from ${sql.table(table)} where ${where} offset ${atOnce})`,
  );
  const rows = await query(database.fork())<{ isLarge: boolean }>`select ${sql.join(have, sql` or `)} as "isLarge"`;
  return rows[0]!.isLarge;
}

/**
 * Keeps runs from storing documents meanwhile, and what lacks documents from being taken for synced. Holds the
 * ProjectDocs against new runs.
 */
async function endSyncs(em: Em, owner: Owner): Promise<void> {
  const found = await query(em)<{ id: string }>`select d.id from project_doc d where ${projectDocsOf(owner)}`;
  const ids = await lockProjectDocs(
    em,
    found.map(({ id }) => id),
  );
  await execute(em)`
    with ended as (
      update sync_run set status = 'CANCELLED', finished_at = ${new Date()}
      where project_doc_id = any(${ids}::uuid[]) and status in ('QUEUED', 'RUNNING')
    )
    update project_doc set sync_status = 'NOT_SYNCED', last_github_commit_sha = null, last_github_commit_date = null
    where id = any(${ids}::uuid[]) and sync_status <> 'NOT_SYNCED'`;
}
