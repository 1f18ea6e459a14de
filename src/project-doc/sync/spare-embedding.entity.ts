import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

import { VectorType } from '../../platform/database/vector-type.js';
import { ProjectDoc } from '../project-doc.entity.js';

/** A vector that was made for a document that then could not be stored, so that only the missing ones are made again. */
@Entity({ tableName: 'spare_embedding' })
export class SpareEmbedding {
  @ManyToOne(() => ProjectDoc, {
    mapToPk: true,
    fieldName: 'project_doc_id',
    deleteRule: 'cascade',
    primary: true,
    index: false,
  })
  projectDocId!: string;

  @PrimaryKey({ type: 'uuid' })
  textDigest!: string;

  @PrimaryKey({ type: 'string', length: 150 })
  embeddingModel!: string;

  @Property({ type: VectorType, lazy: true })
  embedding!: number[];
}
