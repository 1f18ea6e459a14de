import { Migration } from '@mikro-orm/migrations';

/** A document tells by which rules it was cut and indexed, so that a sync makes it anew when they have changed. Processes of older versions do not say it. */
export class CutVersion extends Migration {
  override name = '20261205-cut-version';

  override up(): void {
    this.addSql(`alter table "document" add column "cut_version" int not null default 1`);
  }
}
