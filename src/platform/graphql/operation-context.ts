import type { SqlEntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import type { Logger } from 'pino';

import type { Database } from '../database/database.js';

/**
 * What every operation has, whatever the features are: a unit of work, and batched reads that live as long as it does.
 * Getters on the class create things on first use; they survive Apollo's copy of the context, which keeps the
 * prototype.
 */
export class OperationContext {
  private loaders = new Map<string, DataLoader<unknown, unknown>>();
  private made = new Map<object, unknown>();
  private unitOfWork: SqlEntityManager | undefined;

  constructor(
    readonly database: Database,
    private readonly operation: { readonly requestId: string; readonly logger: Logger },
  ) {}

  get requestId(): string {
    return this.operation.requestId;
  }

  get logger(): Logger {
    return this.operation.logger;
  }

  get em(): SqlEntityManager {
    return (this.unitOfWork ??= this.database.fork());
  }

  /** The operation's loader of this name; made at its first use. */
  loader<Key, Value>(
    name: string,
    batch: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  ): DataLoader<Key, Value> {
    let loader = this.loaders.get(name) as DataLoader<Key, Value> | undefined;
    if (!loader) this.loaders.set(name, (loader = new DataLoader<Key, Value>(batch)) as DataLoader<unknown, unknown>);
    return loader;
  }

  /** What `make` makes, the first time that the operation comes with this key. */
  once<Value>(key: object, make: () => Value): Value {
    if (!this.made.has(key)) this.made.set(key, make());
    return this.made.get(key) as Value;
  }

  /** What was read before a write is not true any more. */
  forgetReads(): void {
    this.loaders = new Map();
    this.made = new Map();
  }
}
