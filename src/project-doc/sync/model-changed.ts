import { sql } from 'kysely';

import type { Context } from '../../context.js';
import type { Place } from './sync-work.js';

/** Thrown out of a transaction that would store vectors of a model that the project no longer has: nothing of it is kept. */
export class ModelChanged extends Error {}

/** The project is locked against a change of its model: see holdProjectDoc. */
export async function requireModel(em: Context['em'], { projectId, embeddingModel }: Place): Promise<void> {
  const { rows } =
    await sql`select from project where id = ${projectId} and embedding_model = ${embeddingModel}`.execute(
      em.getKysely(),
    );
  if (rows.length === 0) throw new ModelChanged();
}
