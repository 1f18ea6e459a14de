import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Project } from '../project/project.entity.js';

/**
 * What was learnt from the passages of a project about which of its words belong together: the model
 * `builtin/lsa-1/<id>` (see platform/embedding/term-space.ts). It never changes; a project that has outgrown it gets
 * another one.
 */
@Entity({ tableName: 'term_space' })
@Index({ name: 'term_space_project_id_index', properties: ['projectId'] })
export class TermSpace {
  @Id()
  id!: string;

  @ManyToOne(() => Project, { mapToPk: true, fieldName: 'project_id', deleteRule: 'cascade', index: false })
  projectId!: string;

  /** Stems, separated by blanks. */
  @Property({ type: 'text', lazy: true })
  terms!: string;

  /** Of the terms, one after the other, in 16-bit floats. */
  @Property({ type: 'blob', lazy: true })
  vectors!: Buffer;

  /** Of the project, once a sync had ended or all had their vectors: its growth is measured from there. */
  @Property({ type: 'integer', nullable: true })
  passages!: number | null;

  @Timestamp()
  createdAt!: Date;
}
