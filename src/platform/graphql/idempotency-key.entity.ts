import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

import { Timestamp } from '../database/columns.js';

/** What a mutation with a key made, so that the same call again gives the same result instead of a second one. */
@Entity({ tableName: 'idempotency_key' })
export class IdempotencyKey {
  @PrimaryKey({ type: 'string', length: 50 })
  operation!: string;

  @PrimaryKey({ type: 'string', length: 255 })
  key!: string;

  @Property({ type: 'string', length: 64 })
  inputHash!: string;

  /** Ids of what was made, by name, and as `call` that of the call that made it. */
  @Property({ type: 'json' })
  result!: Record<string, string>;

  @Timestamp()
  createdAt!: Date;
}
