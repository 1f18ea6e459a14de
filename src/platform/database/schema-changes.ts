import { IsolationLevel, type MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Logger } from 'pino';

/** Any number will do, as long as all processes of the service use the same one. */
const SCHEMA_LOCK = 4_114_001;

/**
 * Makes a change of the schema while no other process makes one, and waits for that as long as it takes. The lock is
 * one of the transaction, which `change` may use: a pooler may spread what belongs to no transaction over several
 * connections.
 */
export async function changeAlone(
  orm: MikroORM,
  logger: Logger,
  change: (em: SqlEntityManager) => Promise<unknown>,
): Promise<void> {
  await orm.em.fork().transactional(
    async (em) => {
      const transaction = em.getKysely();
      for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
        await sql`select set_config(${limit}, '0', true)`.execute(transaction);
      const { rows } = await sql<{ taken: boolean }>`
        select pg_try_advisory_xact_lock(${SCHEMA_LOCK}) as taken`.execute(transaction);
      if (!rows[0]!.taken) {
        logger.info('another process brings the database up to date; this one waits for it');
        await sql`select pg_advisory_xact_lock(${SCHEMA_LOCK})`.execute(transaction);
      }
      await change(em);
    },
    // After the wait it sees what was done meanwhile.
    { isolationLevel: IsolationLevel.READ_COMMITTED },
  );
}

/**
 * Runs the migrations that are missing.
 * @param em whose transaction it is done in; default: one of its own
 * @throws Error with a message for the operator when a newer version has been here: this one may not understand its
 * tables.
 */
export async function bringUpToDate(orm: MikroORM, migrations: readonly { name: string }[], em?: SqlEntityManager) {
  const own = new Set(migrations.map(({ name }) => name));
  const executed = await orm.migrator.getExecuted();
  const newer = executed.map(({ name }) => name).filter((name) => !own.has(name));
  if (newer.length > 0)
    throw new Error(
      `The database has been brought up to date by a newer version of ibid (${newer.join(', ')}). ` +
        'Start that version or a later one, or restore a backup from before.',
    );
  await orm.migrator.up({ transaction: em?.getTransactionContext() });
}
