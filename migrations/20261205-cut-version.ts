import { Migration } from '@mikro-orm/migrations';

/** A document tells by which rules it was cut and indexed, so that a sync makes it anew when they have changed. */
export class CutVersion extends Migration {
  override name = '20261205-cut-version';

  override up(): void {
    this.addSql(`alter table "document" add column "cut_version" int not null default 1`);
    this.addSql(`alter table "document" alter column "cut_version" drop default`);
  }
}
