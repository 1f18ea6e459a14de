import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** A unit of work: within a transaction what is done in it, else each statement by itself. */
export type Em = SqlEntityManager;

/**
 * The rows of a statement: ``await query(em)<{ id: string }>`select id from project where name = ${name}` ``. Values
 * are sent as parameters, pieces of SQL (``sql`…` ``) become a part of it.
 */
export const query =
  (em: Em) =>
  async <Row>(text: TemplateStringsArray, ...values: unknown[]): Promise<Row[]> =>
    (await sql<Row>(text, ...values).execute(em.getKysely())).rows;

/** How many rows a statement has inserted, updated or deleted. Written as `query`. */
export const execute =
  (em: Em) =>
  async (text: TemplateStringsArray, ...values: unknown[]): Promise<number> =>
    Number((await sql(text, ...values).execute(em.getKysely())).numAffectedRows ?? 0n);
