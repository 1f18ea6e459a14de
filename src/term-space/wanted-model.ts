import { sql } from 'kysely';

import { newId } from '../platform/database/columns.js';
import { type Em, query } from '../platform/database/query.js';
import { isBuiltin, spaceModel } from '../platform/embedding/builtin-embedders.js';

/** Fewer are too few to learn from. */
export const MIN_PASSAGES = 500;
/** So many times as many passages as there were, and a space is outgrown. */
const OUTGROWN = 2;

export interface WantedModel {
  projectId: string;
  /** Its model now. */
  model: string;
  /** The model that it should have: the same, or one that a reembedding would bring. */
  wanted: string;
  passages: number;
}

interface Known extends Omit<WantedModel, 'wanted'> {
  /** The best of its spaces that it has not outgrown: the one in use, else the newest. */
  spaceId: string | null;
}

/**
 * Which embedding model projects should have where `configured` is configured. With a builtin one, that is a space of
 * its own for each that has at least 500 passages; where none can be had, a name for a new one.
 * @param projectId only this one; default: all
 */
export async function readWantedModels(em: Em, configured: string, projectId?: string): Promise<WantedModel[]> {
  const rows = await query(em)<Known>`
    select p.id as "projectId", p.embedding_model as model, d.passages, s.id as "spaceId"
    from project p
    cross join lateral (select coalesce(sum(passage_count), 0)::int as passages from document where project_id = p.id) d
    left join lateral (
      select id from term_space where project_id = p.id and (passages is null or d.passages < ${OUTGROWN} * passages)
      order by ${spaceModel('')} || id = p.embedding_model desc, created_at desc limit 1) s on true
    where ${projectId ? sql`p.id = ${projectId}` : sql`true`} order by p.id`;
  return rows.map(({ spaceId, ...known }) => ({ ...known, wanted: choose({ spaceId, ...known }, configured) }));
}

function choose({ model, passages, spaceId }: Known, configured: string): string {
  if (!isBuiltin(configured)) return configured;
  const space = spaceId && spaceModel(spaceId);
  if (passages < MIN_PASSAGES) return space === model ? space : configured;
  return space ?? spaceModel(newId());
}

/** Whether a model is of the configured provider's making: with a builtin one, any that is builtin. */
export function isConfigured(model: string, configured: string): boolean {
  return model === configured || (isBuiltin(model) && isBuiltin(configured));
}

/** @param before the passages that were counted when a model was made for them; 0: they were not */
export function isOutgrown(before: number, passages: number): boolean {
  return before > 0 && passages >= OUTGROWN * before;
}
