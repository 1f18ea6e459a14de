import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** In which passages of a document a term occurs: the keyword leg's table. Goes with its document by a trigger. */
@Entity({ tableName: 'document_term' })
@Index({ name: 'document_term_project_id_index', properties: ['projectId', 'term'] })
export class DocumentTerm {
  @PrimaryKey({ type: 'uuid' })
  documentId!: string;

  /** A stem, see search/document-terms.ts. */
  @PrimaryKey({ type: 'string', length: 64, collation: 'C' })
  term!: string;

  @Property({ type: 'uuid' })
  projectId!: string;

  /** One number for each passage with it, see search/postings.ts. */
  @Property({ columnType: 'bigint[]', type: 'array' })
  postings!: number[];
}
