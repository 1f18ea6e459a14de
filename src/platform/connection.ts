import { type RawBuilder, sql } from 'kysely';

import { ApiError } from '../errors.js';
import type { OperationContext } from './operation-context.js';
import { type EntityClass, mappingOf, type Row } from './database/rows.js';
import { type Connection, type PageArgs, type PageRequest, parsePage, toCursor, toPage } from './pages.js';

/** One key of a list's order. All keys of a list run the same way, so that a row comparison finds the page. */
export interface OrderKey {
  /** The value of a row `t`. */
  readonly value: RawBuilder<unknown>;
  /** Its type, to read it back from a cursor. */
  readonly type: 'timestamptz' | 'text' | 'uuid' | 'int' | 'boolean';
}

/** A list of the API: which rows, of which parents, in which order. */
export interface List<Entity> {
  /** Tells lists and their orders apart: in cursors, and in the cache of one operation. */
  readonly name: string;
  readonly entity: EntityClass<Entity>;
  /** The column that names the parent; null for a list without one. */
  readonly parent: string | null;
  readonly descending?: boolean;
  readonly order: readonly OrderKey[];
  /** Which of the rows `t`. */
  readonly where?: RawBuilder<boolean>;
}

/** Of a column: `t.<column>`. */
export const key = (column: string, type: OrderKey['type']): OrderKey => ({ value: sql.ref(`t.${column}`), type });
export const byId = key('id', 'uuid');

const ROOT = '';

/**
 * A page of `list` for one parent. Pages that an operation asks for with the same arguments come in one statement for all their parents,
 * and so do their counts. `variant` names what `list.where` and `list.order` depend on.
 * @throws ApiError BAD_USER_INPUT for page arguments that make no sense.
 */
export async function listPage<Entity extends object>(
  ctx: OperationContext,
  list: List<Entity>,
  parent: string | null,
  args: PageArgs,
  variant: unknown = null,
): Promise<Connection<Row<Entity>>> {
  const page = parsePage(args, list.name, list.order.length);
  const cacheKey = JSON.stringify([list.name, page, variant]);
  const pages = ctx.loader(`page ${cacheKey}`, (parents: readonly string[]) => readPages(ctx, list, parents, page));
  const counts = ctx.loader(`count ${list.name} ${JSON.stringify(variant)}`, (parents: readonly string[]) =>
    readCounts(ctx, list, parents),
  );
  const found = await pages.load(parent ?? ROOT);
  return { ...found, count: () => counts.load(parent ?? ROOT) };
}

type Keyed<Entity> = Row<Entity> & { __parent: string; __keys: string[] };

async function readPages<Entity extends object>(
  ctx: OperationContext,
  list: List<Entity>,
  parents: readonly string[],
  page: PageRequest,
) {
  const { table, columns } = mappingOf(ctx.database, list.entity);
  const descending = Boolean(list.descending) !== page.backward;
  const direction = sql.raw(descending ? 'desc' : 'asc');
  const rows = sql`
    select ${columns('t')}, array[${sql.join(list.order.map(({ value }) => sql`(${value})::text`))}] as "__keys"
    from ${sql.table(table)} t
    where ${sql.join(conditionsOf(list, page), sql` and `)}
    order by ${sql.join(list.order.map(({ value }) => sql`${value} ${direction}`))}
    limit ${page.size + 1}`;
  const statement =
    list.parent === null
      ? sql`select r.*, ${ROOT} as "__parent" from (${rows}) r`
      : sql`select r.*, p.id::text as "__parent" from unnest(${[...parents]}::uuid[]) as p(id) cross join lateral (${rows}) r`;
  const found = await read<Keyed<Entity>>(ctx, statement);
  const byParent = Map.groupBy(found, (row) => row.__parent);
  return parents.map((parent) => pageOfRows(list.name, byParent.get(parent) ?? [], page));
}

async function readCounts<Entity extends object>(
  ctx: OperationContext,
  list: List<Entity>,
  parents: readonly string[],
): Promise<number[]> {
  const { table } = mappingOf(ctx.database, list.entity);
  const where = list.where ?? sql`true`;
  const statement =
    list.parent === null
      ? sql`select ${ROOT} as parent, count(*)::int as count from ${sql.table(table)} t where ${where}`
      : sql`select ${sql.ref(`t.${list.parent}`)}::text as parent, count(*)::int as count from ${sql.table(table)} t
            where ${sql.ref(`t.${list.parent}`)} = any(${[...parents]}::uuid[]) and ${where} group by 1`;
  const counts = new Map(
    (await read<{ parent: string; count: number }>(ctx, statement)).map((row) => [row.parent, row.count]),
  );
  return parents.map((parent) => counts.get(parent) ?? 0);
}

function conditionsOf<Entity>(list: List<Entity>, page: PageRequest): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [list.where ?? sql`true`];
  if (list.parent !== null) conditions.push(sql`${sql.ref(`t.${list.parent}`)} = p.id`);
  const [after, before] = list.descending ? [sql`<`, sql`>`] : [sql`>`, sql`<`];
  if (page.after) conditions.push(compared(list, after, page.after));
  if (page.before) conditions.push(compared(list, before, page.before));
  return conditions;
}

function compared<Entity>(
  list: List<Entity>,
  operator: RawBuilder<unknown>,
  cursor: readonly string[],
): RawBuilder<unknown> {
  const values = list.order.map(({ type }, index) => sql`${cursor[index]}::text::${sql.raw(type)}`);
  return sql`(${sql.join(list.order.map(({ value }) => value))}) ${operator} (${sql.join(values)})`;
}

function pageOfRows<Entity>(
  list: string,
  rows: Keyed<Entity>[],
  page: PageRequest,
): Omit<Connection<Row<Entity>>, 'count'> {
  const shown = rows.slice(0, page.size);
  if (page.backward) shown.reverse();
  const edges = shown.map((node) => ({ cursor: toCursor(list, node.__keys), node: node as Row<Entity> }));
  return toPage(edges, page, rows.length > page.size);
}

/** A cursor is checked for its form only; that its keys cannot be read shows in the database (22P02, 22007, 22008, 22003). */
async function read<Result>(ctx: OperationContext, statement: RawBuilder<unknown>): Promise<Result[]> {
  try {
    return (await statement.execute(ctx.em.getKysely())).rows as Result[];
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('22'))
      throw new ApiError('BAD_USER_INPUT', 'after or before is not a cursor of this list.');
    throw error;
  }
}
