import { findMissing } from '../../document/embeddings.js';
import { type Em, query } from '../../platform/database/query.js';
import type { Place } from './sync-work.js';

/** Ends a transaction that counted on vectors that are gone, or that searches do not use: nothing of it is kept. */
export class VectorsChanged extends Error {}

/** The project is locked against a change of its model, and against the removal of vectors: see holdProjectDoc. */
export async function requireVectors(em: Em, place: Place, digests: readonly string[]): Promise<void> {
  const rows = await query(em)`
    select from project where id = ${place.projectId} and embedding_model = ${place.embeddingModel}`;
  if (rows.length === 0 || (await findMissing(em, place, digests)).length > 0) throw new VectorsChanged();
}
