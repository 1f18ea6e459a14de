import { Migration } from '@mikro-orm/migrations';

/** Budgets of tokens, what was spent of them, and what an answer was searched for with. */
export class Limits extends Migration {
  override name = '20261125-limits';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `alter table "project" add column "max_tokens" int null, add column "input_tokens" bigint not null default '0', add column "output_tokens" bigint not null default '0'`,
  `alter table "project" add constraint "project_max_tokens" check (max_tokens >= 0)`,
  `alter table "conversation" add column "input_tokens" bigint not null default '0', add column "output_tokens" bigint not null default '0'`,
  `alter table "message" add column "retrieval" jsonb null`,
];
