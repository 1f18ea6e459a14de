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

  /** For each passage with it, one number: its place in the document (40 bits), its length in terms (16) and how often the term counts there (8). */
  @Property({ columnType: 'bigint[]', type: 'array' })
  postings!: number[];
}
