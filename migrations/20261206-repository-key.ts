import { Migration } from '@mikro-orm/migrations';

/** A repository that was renamed on its host is known by the id that its pushes carry. */
export class RepositoryKey extends Migration {
  override name = '20261206-repository-key';

  override up(): void {
    this.addSql(`alter table "project_doc" add column "repository_key" varchar(300) null`);
    this.addSql(`create index "project_doc_repository_key_index" on "project_doc" ("repository_key")`);
  }
}
