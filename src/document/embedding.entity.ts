import { OptionalProps } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

import { VectorType } from '../platform/database/vector-type.js';
import { Project } from '../project/project.entity.js';

/**
 * The vector that a model gave to a text. All passages of a project that have this text share it, whatever their
 * document; vectors of several models stand beside each other, and searches use those of the project's. A batch of a
 * sync stores no passage whose text has none (see store-documents.ts); what nothing needs any more goes (see
 * drop-embeddings.ts).
 */
@Entity({ tableName: 'embedding' })
@Index({
  name: 'embedding_scanned_index',
  expression:
    'create index "embedding_scanned_index" on "embedding" ("project_id", "embedding_model") where not "indexed"',
})
@Index({
  name: 'embedding_indexed_index',
  expression: 'create index "embedding_indexed_index" on "embedding" ("project_id", "embedding_model") where "indexed"',
})
@Index({
  name: 'embedding_vector_hnsw',
  // As on a server; see VectorType.
  expression:
    'create index "embedding_vector_hnsw" on "embedding" using hnsw (("vector"::halfvec(768)) halfvec_cosine_ops) with (m = 16, ef_construction = 64) where "indexed"',
})
export class Embedding {
  /** What has a default in the database. */
  [OptionalProps]?: 'indexed';

  @ManyToOne(() => Project, {
    mapToPk: true,
    fieldName: 'project_id',
    deleteRule: 'cascade',
    primary: true,
    index: false,
  })
  projectId!: string;

  @PrimaryKey({ type: 'string', length: 150 })
  embeddingModel!: string;

  @PrimaryKey({ type: 'uuid' })
  textDigest!: string;

  // Which of the two types the column has, depends on the database.
  @Property({ type: VectorType, lazy: true, ignoreSchemaChanges: ['type'] })
  vector!: number[];

  /** Whether the approximate index holds it; see vector-index.ts. */
  @Property({ type: 'boolean', default: false })
  indexed!: boolean;
}
