import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

import { VectorType } from '../platform/database/vector-type.js';
import { Project } from '../project/project.entity.js';

/** A vector of a passage's text that no search uses: not yet, or not any more. */
@Entity({ tableName: 'kept_embedding' })
export class KeptEmbedding {
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

  @Property({ type: VectorType, lazy: true })
  embedding!: number[];
}
