import { Migration } from '@mikro-orm/migrations';

/** A project may name a language model that judges citations. */
export class Citations extends Migration {
  override name = '20261124-citations';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `alter table "project" add column "citation_judge_id" uuid null`,
  `alter table "project" add constraint "project_citation_judge_id_foreign" foreign key ("citation_judge_id") references "llm_provider" ("id") on delete set null`,
  `create index "project_citation_judge_id_index" on "project" ("citation_judge_id")`,
];
