import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** In which passages of a document a term occurs: the keyword leg's table. Goes with its document by a trigger. */
@Entity({ tableName: 'document_term' })
@Index({ name: 'document_term_document_id_index', properties: ['documentId'] })
export class DocumentTerm {
  @PrimaryKey({ type: 'uuid' })
  projectId!: string;

  /** A stem, see search/terms.ts. */
  @PrimaryKey({ type: 'string', length: 64, collation: 'C' })
  term!: string;

  @PrimaryKey({ type: 'uuid' })
  documentId!: string;

  /** For each passage with the term, in their order: its chunkIndex times 256, plus how often the term counts there, 255 at most. */
  @Property({ columnType: 'int[]', type: 'array' })
  postings!: number[];
}
