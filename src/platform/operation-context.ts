import type { SqlEntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import type { Logger } from 'pino';

import type { Database } from './database/database.js';

/** Who asks. There are no accounts yet: one local user, who may do everything. */
export interface Viewer {
  readonly id: string;
}

/** What every operation has, whatever the features are: who asks, a unit of work, and batched reads that live as long as it does. */
export interface OperationContext {
  readonly requestId: string;
  readonly logger: Logger;
  readonly viewer: Viewer;
  readonly database: Database;
  readonly em: SqlEntityManager;
  /** The operation's loader of this name; made at its first use. */
  loader<Key, Value>(
    name: string,
    batch: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  ): DataLoader<Key, Value>;
  /** What was read before a write is not true any more. */
  forgetReads(): void;
}

const LOCAL_USER: Viewer = { id: 'local' };

export function createOperationContext(
  database: Database,
  given: { requestId: string; logger: Logger },
): OperationContext {
  let loaders = new Map<string, DataLoader<unknown, unknown>>();
  return {
    ...given,
    viewer: LOCAL_USER,
    database,
    em: database.fork(),
    loader<Key, Value>(name: string, batch: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>) {
      let loader = loaders.get(name) as DataLoader<Key, Value> | undefined;
      if (!loader) loaders.set(name, (loader = new DataLoader<Key, Value>(batch)) as DataLoader<unknown, unknown>);
      return loader;
    },
    forgetReads: () => void (loaders = new Map()),
  };
}
