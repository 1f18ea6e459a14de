import { sql } from 'kysely';

import type { Database } from '../platform/database/database.js';
import { type Em, execute } from '../platform/database/query.js';
import { spaceIdOf, spaceModel } from '../platform/embedding/builtin-embedders.js';
import type { Jobs } from '../platform/jobs/jobs.js';

/**
 * Projects with up to this many vectors are scanned, which is fast and exact. Beyond, the approximate index is worth
 * its misses.
 */
const MAX_EXACT_SCAN = 50_000;
/** A few milliseconds each. The embedded database does nothing else meanwhile. */
const ROWS_AT_ONCE = { postgresql: 500, embedded: 20 };

export const VECTOR_QUEUE = 'index-vectors';

/**
 * Whether the approximate index may hold vectors of a model. Those of a space are so short that it is never worth its
 * misses.
 */
export function isIndexable(model: string): boolean {
  return spaceIdOf(model) === null;
}

/** Has `indexVectors` done for a project (null: for all) by the next process that has time. */
export function sendVectorJob(jobs: Jobs, em: Em, projectId: string | null): Promise<void> {
  return jobs.send(em, { queue: VECTOR_QUEUE, key: projectId ?? 'all', data: { projectId } });
}

/**
 * Puts the vectors of projects with more than `above` of them (default: 50,000) into the approximate index, a few in
 * each transaction. Until one is in it, searches scan for it: nothing is ever missing. A run may be cut off at
 * any time; the next goes on where it ended.
 * @param projectId only this one; default: all projects
 * @returns how many were put there
 */
export async function indexVectors(
  database: Database,
  signal?: AbortSignal,
  above = MAX_EXACT_SCAN,
  projectId: string | null = null,
): Promise<number> {
  const em = database.fork();
  const size = database.embedded ? ROWS_AT_ONCE.embedded : ROWS_AT_ONCE.postgresql;
  let indexed = 0;
  for (;;) {
    signal?.throwIfAborted();
    const more = await execute(em)`
      update embedding set indexed = true where (project_id, embedding_model, text_digest) in (
        select e.* from project p cross join lateral (
          select project_id, embedding_model, text_digest from embedding
          where project_id = p.id and embedding_model = p.embedding_model and not indexed limit ${size} for update skip locked) e
        where ${projectId === null ? sql`true` : sql`p.id = ${projectId}`} and not starts_with(p.embedding_model, ${spaceModel('')})
          and exists (select from embedding where project_id = p.id and embedding_model = p.embedding_model offset ${above})
        limit ${size})`;
    indexed += more;
    if (more === 0) return indexed;
  }
}
