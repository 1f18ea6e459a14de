import { Migration } from '@mikro-orm/migrations';

/** Where each term of a project occurs: one row for a document instead of one for a passage, and each in its own language. */
export class Terms extends Migration {
  override name = '20261124-terms';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `alter table "project_doc" add column "language" varchar(20) null`,
  `alter table "document" add column "language" varchar(20) not null default 'en',
    add column "passage_lengths" int[] not null default '{}', add column "term_count" int not null default 0`,
  `alter table "document" alter column "language" drop default, alter column "passage_lengths" drop default,
    alter column "term_count" drop default`,
  `create table "document_term" (
    "document_id" uuid not null,
    "term" varchar(64) collate "C" not null,
    "project_id" uuid not null,
    "postings" int[] not null,
    primary key ("document_id", "term")
  )`,

  `update document d set passage_lengths = c.lengths, term_count = c.total
    from (select document_id, array_agg(term_count order by chunk_index) as lengths, sum(term_count) as total from chunk group by 1) c
    where c.document_id = d.id`,
  `insert into document_term (document_id, term, project_id, postings)
    select c.document_id, t.term, c.project_id, array_agg(c.chunk_index * 256 + least(t.frequency, 255) order by c.chunk_index)
    from chunk_term t join chunk c on c.id = t.chunk_id group by 1, 2, 3`,
  // Few keys, each with many rows: a tenth of the size of one that told the rows apart, and as much quicker to add to.
  `create index "document_term_project_id_index" on "document_term" ("project_id", "term")`,

  // Checked row by row, a foreign key would take half of the time of storing terms. They are written with their document
  // and go with it, whatever deletes it: one statement for all that go at once.
  `create function "delete_document_terms"() returns trigger language plpgsql as $$
    begin
      delete from document_term where document_id in (select id from gone);
      return null;
    end $$`,
  `create trigger "document_delete_terms" after delete on "document" referencing old table as gone
    for each statement execute function "delete_document_terms"()`,

  `drop trigger "chunk_delete_terms" on "chunk"`,
  `drop function "delete_chunk_terms"()`,
  `drop table "chunk_term"`,
  `drop index "chunk_project_id_index"`,
  `alter table "chunk" drop column "term_count"`,
  `create index "chunk_project_id_index" on "chunk" ("project_id", "embedding_model", "vector_indexed")`,
];
