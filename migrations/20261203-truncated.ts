import { Migration } from '@mikro-orm/migrations';

/** An answer tells whether its model stopped at its limit of tokens. */
export class Truncated extends Migration {
  override name = '20261203-truncated';

  override up(): void {
    this.addSql(`alter table "message" add column "truncated" boolean not null default false`);
  }
}
