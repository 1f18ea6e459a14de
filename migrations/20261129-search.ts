import { Migration } from '@mikro-orm/migrations';

/** What ranking needs lies together: a term's postings hold the lengths of their passages, and an index how large a project is. */
export class Search extends Migration {
  override name = '20261129-search';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // All terms are written anew, which may take minutes.
  `set local statement_timeout = 0`,
  `alter table "document" add column "passage_count" int not null default 0`,
  `update "document" set "passage_count" = cardinality("passage_lengths")`,
  `alter table "document" alter column "passage_count" drop default`,

  `create table "sized_term" (
    "document_id" uuid not null,
    "term" varchar(64) collate "C" not null,
    "project_id" uuid not null,
    "postings" bigint[] not null
  )`,
  // A posting was the passage's place times 256, and how often the term counts there.
  `insert into "sized_term" (document_id, term, project_id, postings)
    select t.document_id, t.term, t.project_id, (
      select array_agg((posting / 256)::bigint * 16777216 + least(d.passage_lengths[posting / 256 + 1], 65535) * 256 + posting % 256 order by posting)
      from unnest(t.postings) as posting)
    from "document_term" t join "document" d on d.id = t.document_id order by t.project_id, t.term`,
  `drop table "document_term"`,
  `alter table "sized_term" rename to "document_term"`,
  `alter table "document_term" add constraint "document_term_pkey" primary key ("document_id", "term")`,
  `create index "document_term_project_id_index" on "document_term" ("project_id", "term")`,

  `alter table "document" drop column "passage_lengths"`,
  `create index "document_sizes_index" on "document" ("project_id", "language") include ("passage_count", "term_count")`,

  // Projects of this size are scanned now: the approximate index misses more and takes as long.
  `update "embedding" set indexed = false where indexed and (project_id, embedding_model) in (
    select project_id, embedding_model from "embedding" where indexed group by 1, 2 having count(*) <= 50000)`,
];
