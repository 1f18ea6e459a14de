import { Migration } from '@mikro-orm/migrations';

/** A project has its own embedding model, and changes it without an outage. */
export class Reembedding extends Migration {
  override name = '20261124-reembedding';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // The model of most of its passages; without any, the start gives it the configured one.
  `alter table "project" add column "embedding_model" varchar(150) null`,
  `update "project" p set embedding_model = coalesce((
    select embedding_model from chunk where project_id = p.id group by embedding_model order by count(*) desc, embedding_model limit 1
  ), 'builtin/hashing-1')`,
  `alter table "project" alter column "embedding_model" set not null`,

  `create table "embedding_model" (
    "name" varchar(150) not null,
    "base_url" text null,
    primary key ("name")
  )`,

  `create table "kept_embedding" (
    "project_id" uuid not null,
    "embedding_model" varchar(150) not null,
    "text_digest" uuid not null,
    "embedding" vector(768) not null,
    primary key ("project_id", "embedding_model", "text_digest")
  )`,
  `alter table "kept_embedding" add constraint "kept_embedding_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,

  `create table "reembedding" (
    "id" uuid not null,
    "project_id" uuid not null,
    "status" text not null default 'QUEUED' constraint "reembedding_status_check" check ("status" in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'ROLLED_BACK')),
    "from_model" varchar(150) not null,
    "to_model" varchar(150) not null,
    "rolls_back_id" uuid null,
    "chunks_total" int not null default 0,
    "chunks_done" int not null default 0,
    "chunks_embedded" int not null default 0,
    "error" jsonb null,
    "started_at" timestamptz(3) null,
    "finished_at" timestamptz(3) null,
    "kept_until" timestamptz(3) null,
    "attempt" int not null default 0,
    "heartbeat_at" timestamptz(3) null,
    "created_at" timestamptz(3) not null,
    primary key ("id"),
    constraint "reembedding_counts" check (chunks_done >= 0 and chunks_embedded >= 0 and chunks_total >= 0)
  )`,
  `alter table "reembedding" add constraint "reembedding_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,
  `alter table "reembedding" add constraint "reembedding_rolls_back_id_foreign" foreign key ("rolls_back_id") references "reembedding" ("id") on delete set null`,
  `create index "reembedding_project_id_index" on "reembedding" ("project_id", "created_at", "id")`,
  `create unique index "reembedding_one_active" on "reembedding" ("project_id") where "status" in ('QUEUED', 'RUNNING')`,
  `create index "reembedding_rolls_back_id_index" on "reembedding" ("rolls_back_id")`,
];
