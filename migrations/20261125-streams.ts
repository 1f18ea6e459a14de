import { Migration } from '@mikro-orm/migrations';

/** The events that are a day old are found without a look at all the others. */
export class Streams extends Migration {
  override name = '20261125-streams';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [`create index "answer_event_ended_index" on "answer_event" ("created_at") where "kind" = 'ended'`];
