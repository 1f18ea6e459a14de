import { Migration } from '@mikro-orm/migrations';

/** A conversation may name language models that answer where its own one fails; a message tells whom it asked. */
export class Failover extends Migration {
  override name = '20261125-failover';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create table "conversation_fallback" (
    "conversation_id" uuid not null,
    "position" int not null,
    "llm_provider_id" uuid not null,
    primary key ("conversation_id", "position")
  )`,
  `alter table "conversation_fallback" add constraint "conversation_fallback_unique" unique ("conversation_id", "llm_provider_id")`,
  `create index "conversation_fallback_llm_provider_id_index" on "conversation_fallback" ("llm_provider_id")`,
  `alter table "conversation_fallback" add constraint "conversation_fallback_conversation_id_foreign" foreign key ("conversation_id") references "conversation" ("id") on delete cascade`,
  `alter table "conversation_fallback" add constraint "conversation_fallback_llm_provider_id_foreign" foreign key ("llm_provider_id") references "llm_provider" ("id") on delete cascade`,

  `alter table "message" add column "attempts" jsonb not null default '[]'`,
];
