import { sql } from 'kysely';

import { ApiError } from '../errors.js';
import type { OperationContext } from './operation-context.js';
import { isId } from '../database/columns.js';
import { slot } from '../database/prepared.js';
import { type EntityClass, mappingOf, type Row } from '../database/rows.js';
import { refuse, refuseUnknown } from './user-errors.js';

/** The row with this id; null for malformed and unknown ids. An operation reads all of a type in one statement. */
export async function findById<Entity extends { id: string }>(
  ctx: OperationContext,
  entity: EntityClass<Entity>,
  id: string | null,
): Promise<Row<Entity> | null> {
  if (!isId(id)) return null;
  return ctx
    .loader(`by id ${entity.name}`, (ids: readonly string[]) => readByIds(ctx, entity, ids))
    .load(id.toLowerCase());
}

/**
 * The row that an input names.
 * @throws Refusal NOT_FOUND
 */
export async function requireRow<Entity extends { id: string }>(
  ctx: OperationContext,
  entity: EntityClass<Entity>,
  path: string,
  id: string,
  noun: string,
): Promise<Row<Entity>> {
  return (await findById(ctx, entity, id)) ?? refuseUnknown(path, noun);
}

/**
 * The row that a foreign key points to, or that was just written.
 * @throws ApiError NOT_FOUND when somebody deleted it between two statements of this operation
 */
export async function getById<Entity extends { id: string }>(
  ctx: OperationContext,
  entity: EntityClass<Entity>,
  id: string,
): Promise<Row<Entity>> {
  const row = await findById(ctx, entity, id);
  if (!row) throw new ApiError('NOT_FOUND', `This ${entity.name} has just been deleted.`);
  return row;
}

/**
 * What `once` made, now or when its key came first.
 * @throws Refusal CONFLICT when it was deleted since, be it in the same moment
 */
export async function getMade<Entity extends { id: string }>(
  ctx: OperationContext,
  entity: EntityClass<Entity>,
  id: string,
): Promise<Row<Entity>> {
  const gone = 'What this call made was deleted since. To make another one, use a new key, or none.';
  return (await findById(ctx, entity, id)) ?? refuse('CONFLICT', 'idempotencyKey', gone);
}

async function readByIds<Entity extends { id: string }>(
  ctx: OperationContext,
  entity: EntityClass<Entity>,
  ids: readonly string[],
): Promise<(Row<Entity> | null)[]> {
  const build = () => {
    const { table, columns } = mappingOf(ctx.database, entity);
    return sql`select ${columns('t')} from ${sql.table(table)} t where t.id = any(${slot('ids')}::uuid[])`;
  };
  const found = await ctx.database.read<Row<Entity>>(`by id ${entity.name}`, build, { ids });
  const rows = new Map(found.map((row) => [row.id as string, row]));
  return ids.map((id) => rows.get(id) ?? null);
}
