import { sql } from 'kysely';

import { query } from '../database/query.js';
import { type EntityClass, mappingOf, type Row } from '../database/rows.js';
import { requireId } from './input-rules.js';
import type { OperationContext } from './operation-context.js';
import { refuseUnknown } from './user-errors.js';

/**
 * Deletes the row that an input names by its `id`. Resolves to what it was: its owner is still there.
 * @throws Refusal NOT_FOUND
 */
export async function deleteRow<Entity extends { id: string }>(
  { database, em }: OperationContext,
  entity: EntityClass<Entity>,
  id: string,
  noun: string,
): Promise<Row<Entity>> {
  const { table, columns } = mappingOf(database, entity);
  const rows = await query(em)<Row<Entity>>`
    delete from ${sql.table(table)} t where t.id = ${requireId('id', id, noun)} returning ${columns('t')}`;
  return rows[0] ?? refuseUnknown('id', noun);
}
