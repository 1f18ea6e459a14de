import { createHash } from 'node:crypto';

import { CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Pool } from 'pg';

import { createRecentCache } from '../recent-cache.js';

/** Stands in a statement for a value that each run gives. */
class Slot {
  constructor(readonly name: string) {}
}

export const slot = (name: string): RawBuilder<unknown> => sql`${new Slot(name)}`;

/**
 * Reads by a statement that is asked again and again: built and compiled the first time that `key` comes, and prepared
 * on each connection. Never within a transaction.
 * @param key tells apart all that `build` depends on; null: it is built for this once. `values` are those of its slots
 */
export type ReadPrepared = <Result>(
  key: string | null,
  build: () => RawBuilder<unknown>,
  values: Readonly<Record<string, unknown>>,
) => Promise<Result[]>;

/** Clients may select in as many ways as they like; neither this process nor PostgreSQL remembers more of them. */
const MAX_STATEMENTS = 500;

/** No statement of this name, or one already: a pooler gave the session another connection. */
const NAME_FAULTS = new Set(['26000', '42P05']);

/** @param pool null: the embedded database, which is read through its client, and without names */
export function createPreparedReads(
  client: () => Kysely<unknown>,
  pool: () => Pool | null,
  onStatement: (statement: string) => void,
): ReadPrepared {
  const compiled = createRecentCache<{ name: string | undefined; query: CompiledQuery }>(MAX_STATEMENTS);
  let named = 0;
  let isPreparing = true;

  function compile(key: string | null, build: () => RawBuilder<unknown>) {
    if (key === null) return { name: undefined, query: build().compile(client()) };
    const known = compiled.get(key);
    if (known) return known;
    const query = build().compile(client());
    const name = named < MAX_STATEMENTS ? nameOf(query.sql) : undefined;
    named += 1;
    const statement = { name, query };
    compiled.set(key, statement);
    return statement;
  }

  return async <Result>(...[key, build, given]: Parameters<ReadPrepared>) => {
    const { name, query } = compile(key, build);
    const values = query.parameters.map((value) => (value instanceof Slot ? given[value.name] : value));
    const server = pool();
    if (!server) return (await client().executeQuery(CompiledQuery.raw(query.sql, values))).rows as Result[];
    onStatement(query.sql);
    const connection = await server.connect();
    const run = (name?: string) => connection.query({ name, text: query.sql, values });
    try {
      const result = await run(isPreparing ? name : undefined).catch((error: { code?: string }) => {
        if (!NAME_FAULTS.has(error.code!)) throw error;
        isPreparing = false;
        return run();
      });
      return result.rows as Result[];
    } finally {
      connection.release();
    }
  };
}

/** Other processes may come to the same connection by a pooler: to all of them, a name means the same statement. */
function nameOf(statement: string): string {
  return `ibid_${createHash('sha256').update(statement).digest('hex').slice(0, 32)}`;
}
