import { Migration } from '@mikro-orm/migrations';

/** Questions with what answers them, and how well the search found it. */
export class Evaluation extends Migration {
  override name = '20261124-evaluation';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create table "evaluation_set" (
    "id" uuid not null,
    "project_id" uuid not null,
    "name" varchar(255) not null,
    "description" text null,
    "created_at" timestamptz(3) not null,
    "updated_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create index "evaluation_set_project_id_index" on "evaluation_set" ("project_id", "created_at", "id")`,
  `alter table "evaluation_set" add constraint "evaluation_set_name_length" check (char_length(name) between 1 and 255)`,
  `alter table "evaluation_set" add constraint "evaluation_set_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,

  `create table "evaluation_question" (
    "id" uuid not null,
    "set_id" uuid not null,
    "text" text not null,
    "expected" jsonb not null,
    "created_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `create index "evaluation_question_set_id_index" on "evaluation_question" ("set_id", "id")`,
  `alter table "evaluation_question" add constraint "evaluation_question_text_length" check (char_length(text) between 1 and 10000)`,
  `alter table "evaluation_question" add constraint "evaluation_question_set_id_foreign" foreign key ("set_id") references "evaluation_set" ("id") on delete cascade`,

  `create table "evaluation_run" (
    "id" uuid not null,
    "set_id" uuid not null,
    "status" text not null default 'QUEUED',
    "mode" varchar(20) not null,
    "top_k" int not null,
    "min_score" double precision null,
    "filter" jsonb null,
    "granularity" text not null,
    "questions_total" int not null default 0,
    "questions_done" int not null default 0,
    "questions_skipped" int null,
    "questions_without_hit" int null,
    "ndcg_at10" double precision null,
    "recall_at10" double precision null,
    "mrr" double precision null,
    "latency_p50ms" double precision null,
    "latency_p95ms" double precision null,
    "embedding_model" varchar(150) null,
    "document_count" int null,
    "chunk_count" int null,
    "commits" jsonb null,
    "error" jsonb null,
    "heartbeat_at" timestamptz(3) null,
    "created_at" timestamptz(3) not null,
    "started_at" timestamptz(3) null,
    "finished_at" timestamptz(3) null,
    primary key ("id")
  )`,
  `create index "evaluation_run_set_id_index" on "evaluation_run" ("set_id", "created_at", "id")`,
  `create index "evaluation_run_active_index" on "evaluation_run" ("created_at") where "status" in ('QUEUED', 'RUNNING')`,
  `alter table "evaluation_run" add constraint "evaluation_run_top_k" check (top_k between 1 and 100)`,
  `alter table "evaluation_run" add constraint "evaluation_run_status_check" check ("status" in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'))`,
  `alter table "evaluation_run" add constraint "evaluation_run_granularity_check" check ("granularity" in ('DOCUMENT', 'PASSAGE'))`,
  `alter table "evaluation_run" add constraint "evaluation_run_set_id_foreign" foreign key ("set_id") references "evaluation_set" ("id") on delete cascade`,

  `create table "evaluation_result" (
    "id" uuid not null,
    "run_id" uuid not null,
    "question_id" uuid not null,
    "question_text" text not null,
    "expected" jsonb not null,
    "ndcg_at10" double precision null,
    "recall_at10" double precision null,
    "reciprocal_rank" double precision null,
    "hit_count" int not null,
    "latency_ms" double precision null,
    "top_hits" jsonb not null,
    primary key ("id")
  )`,
  `alter table "evaluation_result" add constraint "evaluation_result_question_unique" unique ("run_id", "question_id")`,
  `alter table "evaluation_result" add constraint "evaluation_result_run_id_foreign" foreign key ("run_id") references "evaluation_run" ("id") on delete cascade`,
];
