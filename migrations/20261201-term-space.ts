import { Migration } from '@mikro-orm/migrations';

/** What the builtin embedder has learnt from the passages of a project. */
export class TermSpace extends Migration {
  override name = '20261201-term-space';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create table "term_space" (
    "id" uuid not null,
    "project_id" uuid not null,
    "terms" text not null,
    "vectors" bytea not null,
    "passages" int null,
    "created_at" timestamptz(3) not null,
    primary key ("id")
  )`,
  `alter table "term_space" add constraint "term_space_project_id_foreign" foreign key ("project_id") references "project" ("id") on delete cascade`,
  `create index "term_space_project_id_index" on "term_space" ("project_id")`,
];
