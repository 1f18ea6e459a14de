import { Migration } from '@mikro-orm/migrations';

/** What a sync needs so that it embeds nothing twice, loses no push, and can take up what failed. */
export class Sync extends Migration {
  override name = '20261124-sync';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `alter table "chunk" add column "text_digest" uuid null, add column "vector_indexed" boolean not null default false`,
  `drop index "chunk_project_id_index"`,
  `create index "chunk_project_id_index" on "chunk" ("project_id", "embedding_model", "vector_indexed") include ("id", "term_count")`,
  // Adding to it costs more than all the rest of a sync: only the passages of large projects are in it, put there in the background.
  `drop index if exists "chunk_embedding_hnsw"`,
  `create index "chunk_embedding_hnsw" on "chunk" using hnsw ("embedding" vector_cosine_ops) with (m = 16, ef_construction = 64) where vector_indexed`,
  `create index "chunk_text_digest_index" on "chunk" ("project_id", "text_digest")`,

  // Checked row by row, the foreign key took half of the time of storing terms. They are written with their passage and go
  // with it, whatever deletes it: one statement for all that go at once.
  `alter table "chunk_term" alter column "term" type varchar(64) collate "C"`,
  `alter table "chunk_term" drop constraint "chunk_term_chunk_id_foreign"`,
  `create function "delete_chunk_terms"() returns trigger language plpgsql as $$
    begin
      delete from chunk_term where chunk_id in (select id from gone);
      return null;
    end $$`,
  `create trigger "chunk_delete_terms" after delete on "chunk" referencing old table as gone
    for each statement execute function "delete_chunk_terms"()`,

  `alter table "sync_run" add column "chunks_reused" int not null default 0, add column "retry_of_id" uuid null`,
  `alter table "sync_run" add constraint "sync_run_retry_of_id_foreign" foreign key ("retry_of_id") references "sync_run" ("id") on delete set null`,
  `create index "sync_run_retry_of_id_index" on "sync_run" ("retry_of_id")`,

  `alter table "project_doc" add column "sync_again" boolean not null default false, add column "polled_at" timestamptz(3) null`,
  `create index "project_doc_github_url_index" on "project_doc" (lower(github_url))`,

  `create table "webhook_delivery" (
    "delivery" varchar(100) not null,
    "received_at" timestamptz(3) not null,
    primary key ("delivery")
  )`,

  `create table "spare_embedding" (
    "project_doc_id" uuid not null,
    "text_digest" uuid not null,
    "embedding_model" varchar(150) not null,
    "embedding" vector(768) not null,
    primary key ("project_doc_id", "text_digest", "embedding_model")
  )`,
  `alter table "spare_embedding" add constraint "spare_embedding_project_doc_id_foreign" foreign key ("project_doc_id") references "project_doc" ("id") on delete cascade`,
];
