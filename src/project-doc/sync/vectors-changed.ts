import { sql } from 'kysely';

import type { Context } from '../../context.js';
import { findMissing } from '../../document/embeddings.js';
import type { Place } from './sync-work.js';

/** Thrown out of a transaction that counted on vectors that searches do not use, or that are gone: nothing of it is kept. */
export class VectorsChanged extends Error {}

/** The project is locked against a change of its model, and against the removal of vectors: see holdProjectDoc. */
export async function requireVectors(em: Context['em'], place: Place, digests: readonly string[]): Promise<void> {
  const db = em.getKysely();
  const { rows } = await sql`
    select from project where id = ${place.projectId} and embedding_model = ${place.embeddingModel}`.execute(db);
  if (rows.length === 0 || (await findMissing(db, place, digests)).length > 0) throw new VectorsChanged();
}
