import { type QueryExecutorProvider as Db, sql } from 'kysely';

import type { Database } from './database.js';

/** What one statement carries, about, in characters: rows may be a word of an index or a file of a megabyte. */
const BATCH_LENGTH = 4_000_000;
const MAX_BATCH_ROWS = 10_000;

export interface CopyOptions {
  /** Called before each table. */
  onTable(name: string): void;
  /** Ends it between two statements; nothing has been copied then. */
  signal: AbortSignal;
}

/**
 * Copies every row of an embedded database into one on a server, both of the same migrations, in one transaction there:
 * all or nothing. Jobs are none of them: services send those that are missing by themselves.
 * @throws Error with a message for the operator when the server's database has rows already
 */
export async function copyRows(source: Database, target: Database, options: CopyOptions): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  // Not a transaction of the ORM: within one of the source's, it would take those of the target for the same.
  const reading = source.fork().getKysely().transaction();
  await reading.execute((from) =>
    target.alone(async (em) => {
      const to = em!.getKysely();
      const tables = await tablesOf(from);
      await assertEmpty(to, tables);
      const restore = await dropForeignKeys(to);
      for (const table of tables) {
        options.onTable(table);
        counts.set(table, await copyTable(from, to, table, options.signal));
      }
      await restore();
      await sql`analyze`.execute(to);
    }),
  );
  return counts;
}

async function tablesOf(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'mikro_orm_migrations'
    order by relname`.execute(db);
  return rows.map(({ name }) => name);
}

async function assertEmpty(db: Db, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rows } = await sql`select from ${sql.table(table)} limit 1`.execute(db);
    if (rows.length > 0)
      throw new Error(`the database in DATABASE_URL is in use (its table "${table}" has rows). Name an empty one.`);
  }
}

/** Drops the foreign keys, since rows refer to each other in circles. Returns what makes them anew, over all rows. */
async function dropForeignKeys(db: Db): Promise<() => Promise<void>> {
  const { rows } = await sql<{ table: string; name: string; definition: string }>`
    select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where connamespace = current_schema()::regnamespace and contype = 'f'`.execute(db);
  const change = async (changes: string[]): Promise<void> => {
    for (const each of changes) await sql.raw(each).execute(db);
  };
  await change(rows.map(({ table, name }) => `alter table ${table} drop constraint "${name}"`));
  return () =>
    change(rows.map(({ table, name, definition }) => `alter table ${table} add constraint "${name}" ${definition}`));
}

/** Rows go as text, in the form in which PostgreSQL writes and reads whole rows: exact for every type. */
async function copyTable(from: Db, to: Db, name: string, signal: AbortSignal): Promise<number> {
  const table = sql.table(name);
  const { rows: columns } = await sql<{ name: string }>`
    select attname as name from pg_attribute where attrelid = ${name}::regclass and attnum > 0 and not attisdropped
    order by attnum`.execute(to);
  const row = sql.join(columns.map((column) => sql.ref(column.name)));
  await sql`declare copied no scroll cursor for select row(${row})::text as text from ${table}`.execute(from);
  let count = 0;
  for (let size = 1; ;) {
    signal.throwIfAborted();
    const { rows } = await sql<{ text: string }>`fetch ${sql.lit(size)} from copied`.execute(from);
    if (rows.length === 0) break;
    const texts = rows.map(({ text }) => text);
    await sql`
      insert into ${table} select (whole).*
      from (select text::${table} as whole from unnest(${texts}::text[]) as text offset 0) as rows`.execute(to);
    count += rows.length;
    const length = texts.reduce((sum, text) => sum + text.length, 0) / rows.length;
    size = Math.max(1, Math.min(MAX_BATCH_ROWS, size * 10, Math.floor(BATCH_LENGTH / length)));
  }
  await sql`close copied`.execute(from);
  return count;
}
