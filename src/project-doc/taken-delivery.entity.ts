import { Entity, PrimaryKey } from '@mikro-orm/decorators/legacy';

import { Timestamp } from '../platform/database/columns.js';

/**
 * A push that was taken, so that the same delivery again starts nothing. Kept for a week, longer than hosts deliver
 * anew.
 */
@Entity({ tableName: 'webhook_delivery' })
export class TakenDelivery {
  /** As the host names it. */
  @PrimaryKey({ type: 'string', length: 100 })
  delivery!: string;

  @Timestamp()
  receivedAt!: Date;
}
