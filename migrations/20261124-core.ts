import { Migration } from '@mikro-orm/migrations';

/** The tables of the core: projects, their documents and passages, runs, providers, conversations and answers. */
export class Core extends Migration {
  override name = '20261124-core';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create extension if not exists vector`,

  `create table "project" (
    "id" uuid not null,
    "name" varchar(255) not null,
    "description" text null,
    "created_at" timestamptz(3) not null,
    "updated_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `alter table "project" add constraint "project_name_unique" unique ("name")`,
  `alter table "project" add constraint "project_name_length" check (char_length(name) between 1 and 255)`,

  `create table "project_doc" (
    "id" uuid not null,
    "project_id" uuid not null,
    "name" varchar(255) not null,
    "description" text null,
    "source_kind" text not null default 'GIT',
    "github_url" varchar(512) not null,
    "github_folder_path" varchar(512) null,
    "branch" varchar(255) null,
    "last_synced_at" timestamptz(3) null,
    "last_github_commit_date" timestamptz(3) null,
    "last_github_commit_sha" varchar(64) null,
    "sync_status" text not null default 'NOT_SYNCED',
    "created_at" timestamptz(3) not null,
    "updated_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create index "project_doc_project_id_index" on "project_doc" ("project_id", "created_at", "id")`,
  `alter table "project_doc" add constraint "project_doc_name_length" check (char_length(name) between 1 and 255)`,
  `alter table "project_doc" add constraint "project_doc_source_kind_check" check ("source_kind" in ('GIT', 'CHECKOUT'))`,
  `alter table "project_doc" add constraint "project_doc_sync_status_check" check ("sync_status" in ('NOT_SYNCED', 'QUEUED', 'SYNCING', 'SYNCED', 'FAILED'))`,
  `alter table "project_doc" add constraint "project_doc_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,

  `create table "document" (
    "id" uuid not null,
    "project_id" uuid not null,
    "project_doc_id" uuid not null,
    "file_path" varchar(1024) not null,
    "file_name" varchar(1024) not null,
    "title" varchar(255) not null,
    "file_type" varchar(50) not null,
    "file_size" int not null,
    "content" text not null,
    "metadata" jsonb null,
    "blob_sha" varchar(64) not null,
    "commit_sha" varchar(64) not null,
    "created_at" timestamptz(3) not null,
    "updated_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create index "document_project_id_index" on "document" ("project_id", "file_path" collate "C", "id")`,
  `alter table "document" add constraint "document_project_doc_id_file_path_unique" unique ("project_doc_id", "file_path")`,
  `alter table "document" add constraint "document_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,
  `alter table "document" add constraint "document_project_doc_id_foreign" foreign key ("project_doc_id") references "project_doc" ("id") on delete cascade`,

  `create table "chunk" (
    "id" uuid not null,
    "project_id" uuid not null,
    "document_id" uuid not null,
    "chunk_text" text not null,
    "chunk_index" int not null,
    "embedding" vector(768) not null,
    "embedding_model" varchar(150) not null,
    "header_anchor" varchar(512) null,
    "header_path" jsonb not null,
    "start_line" int not null,
    "end_line" int not null,
    "metadata" jsonb null,
    "term_count" int not null,
    "created_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create index "chunk_project_id_index" on "chunk" ("project_id", "embedding_model") include ("id", "term_count")`,
  `alter table "chunk" add constraint "chunk_document_id_chunk_index_unique" unique ("document_id", "chunk_index")`,
  `alter table "chunk" add constraint "chunk_lines" check (start_line >= 1 and end_line >= start_line and chunk_index >= 0)`,
  `alter table "chunk" add constraint "chunk_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,
  `alter table "chunk" add constraint "chunk_document_id_foreign" foreign key ("document_id") references "document" ("id") on delete cascade`,
  // Vectors in the row itself, uncompressed: exact scans are five times faster than through TOAST.
  `alter table "chunk" alter column "embedding" set storage plain`,

  `create table "chunk_term" (
    "project_id" uuid not null,
    "term" varchar(64) not null,
    "chunk_id" uuid not null,
    "frequency" int not null,
    "passage_length" int not null,
    primary key ("project_id", "term", "chunk_id")
  )`,
  `create index "chunk_term_chunk_id_index" on "chunk_term" ("chunk_id")`,
  `alter table "chunk_term" add constraint "chunk_term_chunk_id_foreign" foreign key ("chunk_id") references "chunk" ("id") on delete cascade`,

  `create table "sync_run" (
    "id" uuid not null,
    "project_doc_id" uuid not null,
    "status" text not null default 'QUEUED',
    "commit_sha" varchar(64) null,
    "started_at" timestamptz(3) null,
    "finished_at" timestamptz(3) null,
    "files_total" int not null default 0,
    "files_processed" int not null default 0,
    "files_added" int not null default 0,
    "files_updated" int not null default 0,
    "files_renamed" int not null default 0,
    "files_deleted" int not null default 0,
    "files_unchanged" int not null default 0,
    "files_skipped" int not null default 0,
    "files_failed" int not null default 0,
    "chunks_embedded" int not null default 0,
    "error" jsonb null,
    "heartbeat_at" timestamptz(3) null,
    "created_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create unique index "sync_run_one_active" on "sync_run" ("project_doc_id") where "status" in ('QUEUED', 'RUNNING')`,
  `create index "sync_run_project_doc_id_index" on "sync_run" ("project_doc_id", "created_at", "id")`,
  `alter table "sync_run" add constraint "sync_run_counts" check (files_processed between 0 and files_total and chunks_embedded >= 0)`,
  `alter table "sync_run" add constraint "sync_run_status_check" check ("status" in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED', 'INTERRUPTED'))`,
  `alter table "sync_run" add constraint "sync_run_project_doc_id_foreign" foreign key ("project_doc_id") references "project_doc" ("id") on delete cascade`,

  `create table "sync_run_file" (
    "id" uuid not null,
    "sync_run_id" uuid not null,
    "position" int not null,
    "path" text not null,
    "previous_path" text null,
    "outcome" text not null,
    "reason" text null,
    "document_id" uuid null,
    primary key ("id")
  )`,
  `create index "sync_run_file_document_id_index" on "sync_run_file" ("document_id")`,
  `create index "sync_run_file_sync_run_id_index" on "sync_run_file" ("sync_run_id", "position")`,
  `alter table "sync_run_file" add constraint "sync_run_file_outcome_check" check ("outcome" in ('ADDED', 'UPDATED', 'RENAMED', 'DELETED', 'UNCHANGED', 'SKIPPED', 'FAILED'))`,
  `alter table "sync_run_file" add constraint "sync_run_file_sync_run_id_foreign" foreign key ("sync_run_id") references "sync_run" ("id") on delete cascade`,
  `alter table "sync_run_file" add constraint "sync_run_file_document_id_foreign" foreign key ("document_id") references "document" ("id") on delete set null`,

  `create table "llm_provider" (
    "id" uuid not null,
    "provider_name" varchar(50) not null,
    "model_name" varchar(100) not null,
    "is_default" boolean not null default false,
    "api_config" jsonb not null,
    "created_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create unique index "llm_provider_one_default" on "llm_provider" ("is_default") where "is_default"`,
  `alter table "llm_provider" add constraint "llm_provider_name_unique" unique ("provider_name", "model_name")`,
  `alter table "llm_provider" add constraint "llm_provider_name_length" check (char_length(provider_name) between 1 and 50 and char_length(model_name) between 1 and 100)`,

  `create table "conversation" (
    "id" uuid not null,
    "project_id" uuid not null,
    "llm_provider_id" uuid not null,
    "title" varchar(255) not null,
    "title_given" boolean not null default false,
    "created_at" timestamptz(3) not null,
    "updated_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create index "conversation_llm_provider_id_index" on "conversation" ("llm_provider_id", "updated_at", "id")`,
  `create index "conversation_project_id_index" on "conversation" ("project_id", "updated_at", "id")`,
  `alter table "conversation" add constraint "conversation_title_length" check (char_length(title) between 1 and 255)`,
  `alter table "conversation" add constraint "conversation_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,
  `alter table "conversation" add constraint "conversation_llm_provider_id_foreign" foreign key ("llm_provider_id") references "llm_provider" ("id") on delete restrict`,

  `create table "message" (
    "id" uuid not null,
    "conversation_id" uuid not null,
    "sequence" int not null,
    "active" boolean not null default true,
    "role" varchar(20) not null,
    "content" text not null,
    "status" text not null,
    "error" jsonb null,
    "outcome" text null,
    "sources" jsonb null,
    "citations" jsonb not null,
    "usage" jsonb null,
    "llm_provider_id" uuid null,
    "rating" text null,
    "rating_comment" text null,
    "parent_id" uuid null,
    "heartbeat_at" timestamptz(3) null,
    "created_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create index "message_llm_provider_id_index" on "message" ("llm_provider_id")`,
  `create index "message_parent_id_index" on "message" ("parent_id", "sequence")`,
  `create index "message_generating_index" on "message" ("heartbeat_at") where "status" = 'GENERATING'`,
  `alter table "message" add constraint "message_sequence_unique" unique ("conversation_id", "sequence")`,
  `alter table "message" add constraint "message_user_content" check (role <> 'user' or char_length(content) between 1 and 100000)`,
  `alter table "message" add constraint "message_role" check (role in ('user', 'assistant'))`,
  `alter table "message" add constraint "message_status_check" check ("status" in ('GENERATING', 'COMPLETE', 'CANCELLED', 'FAILED', 'INTERRUPTED'))`,
  `alter table "message" add constraint "message_outcome_check" check ("outcome" in ('ANSWERED', 'NO_EVIDENCE'))`,
  `alter table "message" add constraint "message_rating_check" check ("rating" in ('GOOD', 'BAD'))`,
  `alter table "message" add constraint "message_conversation_id_foreign" foreign key ("conversation_id") references "conversation" ("id") on delete cascade`,
  `alter table "message" add constraint "message_llm_provider_id_foreign" foreign key ("llm_provider_id") references "llm_provider" ("id") on delete set null`,
  `alter table "message" add constraint "message_parent_id_foreign" foreign key ("parent_id") references "message" ("id") on delete cascade`,

  `create table "answer_event" (
    "message_id" uuid not null,
    "seq" int not null,
    "kind" varchar(20) not null,
    "data" jsonb null,
    "created_at" timestamptz(3) not null,
    primary key ("message_id", "seq")
  )`,
  `alter table "answer_event" add constraint "answer_event_message_id_foreign" foreign key ("message_id") references "message" ("id") on delete cascade`,

  `create table "idempotency_key" (
    "operation" varchar(50) not null,
    "key" varchar(255) not null,
    "input_hash" varchar(64) not null,
    "result" jsonb not null,
    "created_at" timestamptz(3) not null,
    primary key ("operation", "key")
  )`,
];
