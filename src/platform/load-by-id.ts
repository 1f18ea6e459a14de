import { sql } from 'kysely';

import type { Operation } from './operation.js';
import { isId } from './database/columns.js';
import { type EntityClass, mappingOf, type Row } from './database/rows.js';

/** The row with this id, or null; what an operation asks for comes in one statement for each type. Malformed and unknown ids are the same. */
export async function findById<Entity extends { id: string }>(
  ctx: Operation,
  entity: EntityClass<Entity>,
  id: string | null,
): Promise<Row<Entity> | null> {
  if (!isId(id)) return null;
  return ctx.loader(`by id ${entity.name}`, (ids: readonly string[]) => readByIds(ctx, entity, ids)).load(id.toLowerCase());
}

/** The row that a foreign key points to: the database says that it is there. */
export async function getById<Entity extends { id: string }>(ctx: Operation, entity: EntityClass<Entity>, id: string): Promise<Row<Entity>> {
  const row = await findById(ctx, entity, id);
  if (!row) throw new Error(`${entity.name} ${id} is gone`);
  return row;
}

async function readByIds<Entity extends { id: string }>(
  ctx: Operation,
  entity: EntityClass<Entity>,
  ids: readonly string[],
): Promise<(Row<Entity> | null)[]> {
  const { table, columns } = mappingOf(ctx.database, entity);
  const statement = sql<Row<Entity>>`select ${columns('t')} from ${sql.table(table)} t where t.id = any(${[...ids]}::uuid[])`;
  const rows = new Map((await statement.execute(ctx.em.getKysely())).rows.map((row) => [row.id as string, row]));
  return ids.map((id) => rows.get(id) ?? null);
}
