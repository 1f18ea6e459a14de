import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

import { Timestamp } from '../database/columns.js';

/** An embedding model that was configured at some time, and its address: its vectors may still be searched. */
@Entity({ tableName: 'embedding_model' })
export class EmbeddingModel {
  /** `ollama/nomic-embed-text` */
  @PrimaryKey({ type: 'string', length: 150 })
  name!: string;

  @Property({ type: 'text', nullable: true })
  baseUrl!: string | null;

  /** Moved on by the processes that are configured with it and take jobs. */
  @Timestamp({ nullable: true })
  configuredAt!: Date | null;
}
