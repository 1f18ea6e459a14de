import { sql } from 'kysely';

import { type Em, query } from '../platform/database/query.js';

/** What waits for a lock on a project; each keeps off what those before it do, too. */
const KEPT_OFF = {
  /** That it is deleted. */
  deletion: sql`key share`,
  /**
   * Batches of syncs (see holdProjectDoc) and changes of its embedding model; not what only refers to it, as new
   * conversations do.
   */
  vectors: sql`no key update`,
  /** Whatever refers to it anew. */
  all: sql`update`,
};

/** Locks a project until the end of the transaction; false where it is gone. */
export async function lockProject(em: Em, projectId: string, keptOff: keyof typeof KEPT_OFF): Promise<boolean> {
  return (await query(em)`select from project where id = ${projectId} for ${KEPT_OFF[keptOff]}`).length > 0;
}
