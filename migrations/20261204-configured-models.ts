import { Migration } from '@mikro-orm/migrations';

/** Processes tell each other which embedding model they are configured with. */
export class ConfiguredModels extends Migration {
  override name = '20261204-configured-models';

  override up(): void {
    this.addSql(`alter table "embedding_model" add column "configured_at" timestamptz(3)`);
  }
}
