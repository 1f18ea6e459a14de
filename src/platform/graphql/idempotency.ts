import { createHash } from 'node:crypto';

import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';

import { newId } from '../database/columns.js';
import type { Database } from '../database/database.js';
import { findDatabaseFault } from '../database/database-fault.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import type { OperationContext } from './operation-context.js';
import { refuse } from './user-errors.js';

/** How long a key is remembered, in milliseconds: 24 hours. */
const IDEMPOTENCY_KEY_LIFE_MS = 24 * 3600 * 1000;

/** What inputs say of their key. */
export const IDEMPOTENCY_KEY =
  '1 to 255 characters: the same key and input within 24 hours give the first result again.';

/**
 * Runs `write` in a transaction, once for each key: the same call again gives the ids that the first one made. Without
 * a key it just runs. With one, a call whose connection is lost at its commit finds out whether that was done.
 * @param check what depends on what is stored by now, which may no longer be what the first call found: run before the
 * transaction, and only where there is something to write
 * @returns `isNew`: whether it was this call that made them
 * @throws Refusal IDEMPOTENCY_KEY_REUSED when the key came with another input
 */
export async function once<Made extends Partial<Record<string, string>>, Checked = undefined>(
  ctx: OperationContext,
  operation: string,
  input: { idempotencyKey?: string | null },
  write: (em: SqlEntityManager, checked: Checked) => Promise<Made>,
  check: () => Promise<Checked> = async () => undefined as Checked,
): Promise<Made & { isNew: boolean }> {
  const { idempotencyKey: key, ...rest } = input;
  if (key == null) {
    const checked = await check();
    return { ...(await ctx.em.transactional((em) => write(em, checked))), isNew: true };
  }
  const call = newId();
  const inputHash = createHash('sha256').update(JSON.stringify(rest, inKeyOrder)).digest('hex');
  const known = await findResult<Made>(ctx, operation, key, inputHash);
  if (known) return { ...known.made, isNew: false };
  const checked = await check();
  try {
    return await ctx.em.transactional(async (em) => {
      // Written first: of two calls at once, the second waits here for the first one's commit.
      await em.nativeDelete(IdempotencyKey, {
        operation,
        key,
        createdAt: { $lt: new Date(Date.now() - IDEMPOTENCY_KEY_LIFE_MS) },
      });
      await em.insert(IdempotencyKey, { operation, key, inputHash, result: {}, createdAt: new Date() });
      const made = await write(em, checked);
      await em.flush();
      await em.nativeUpdate(IdempotencyKey, { operation, key }, { result: { ...made, call } });
      return { ...made, isNew: true };
    });
  } catch (error) {
    const isOpen = error instanceof UniqueConstraintViolationException || findDatabaseFault(error) === 'UNAVAILABLE';
    const found = isOpen ? await findResult<Made>(ctx, operation, key, inputHash) : null;
    if (found) return { ...found.made, isNew: found.call === call };
    throw error;
  }
}

function inKeyOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Keys whose time is over go. */
export async function forgetOldKeys(database: Database): Promise<void> {
  await database
    .fork()
    .nativeDelete(IdempotencyKey, { createdAt: { $lt: new Date(Date.now() - IDEMPOTENCY_KEY_LIFE_MS) } });
}

/** What was made with a key, and by which call. */
async function findResult<Made>(
  ctx: OperationContext,
  operation: string,
  key: string,
  inputHash: string,
): Promise<{ made: Made; call: string | undefined } | null> {
  const since = new Date(Date.now() - IDEMPOTENCY_KEY_LIFE_MS);
  const known = await ctx.em.fork().findOne(IdempotencyKey, { operation, key, createdAt: { $gte: since } });
  if (!known) return null;
  if (known.inputHash !== inputHash)
    refuse(
      'IDEMPOTENCY_KEY_REUSED',
      'idempotencyKey',
      'This key was used with another input before. Use a new key for a new request.',
    );
  const { call, ...made } = known.result;
  return { made: made as Made, call };
}
