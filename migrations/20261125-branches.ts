import { Migration } from '@mikro-orm/migrations';

/** A branch that is left and chosen again is shown as it was: each message knows whether it was the one of its siblings that was shown last. */
export class Branches extends Migration {
  override name = '20261125-branches';

  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `alter table "message" add column "selected" boolean not null default true`,
  // Of siblings, the one on the branch that is shown; on the other branches the newest.
  `update "message" m set selected = false where exists (
    select from "message" s
    where s.conversation_id = m.conversation_id and s.parent_id is not distinct from m.parent_id
      and (s.active, s.sequence) > (m.active, m.sequence)
  )`,
];
