import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** In which passages of a document a term occurs: the keyword leg's table. Goes with its document by a trigger. */
@Entity({ tableName: 'document_term' })
@Index({ name: 'document_term_project_id_index', properties: ['projectId', 'term'] })
export class DocumentTerm {
  @PrimaryKey({ type: 'uuid' })
  documentId!: string;

  /** A stem, see search/terms.ts. */
  @PrimaryKey({ type: 'string', length: 64, collation: 'C' })
  term!: string;

  @Property({ type: 'uuid' })
  projectId!: string;

  /** See platform/text/postings.ts. */
  @Property({ columnType: 'int[]', type: 'array' })
  postings!: number[];
}
