import { posix } from 'node:path';

import { execute } from '../../platform/database/query.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import { fileTypeOf } from '../../platform/passages/file-types.js';
import { type SyncPlan, toldDeleted } from './plan-sync.js';
import { deletedOutcome, renamedOutcome } from './record-outcomes.js';
import type { RunProgress } from './run-progress.js';

const RENAMED_AT_ONCE = 500;
/** Documents that go in one statement; with all of their passages it has to fit into the time that a statement has. */
const DELETED_AT_ONCE = 100;

/** The passages stay as they are; only the place of the document changes. */
export async function rename(progress: RunProgress, snapshot: SourceSnapshot, { renamed }: SyncPlan): Promise<void> {
  for (let start = 0; start < renamed.length; start += RENAMED_AT_ONCE) {
    const files = renamed.slice(start, start + RENAMED_AT_ONCE);
    const rows = files.map(({ path, document }) => {
      return { id: document.id, path, name: posix.basename(path), type: fileTypeOf(path) };
    });
    await progress.transact(async (em) => {
      await execute(em)`
        update document d set file_path = r.path, file_name = r.name, file_type = r.type,
          commit_sha = ${snapshot.commitSha}, updated_at = ${new Date()}
        from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, path text, name text, type text)
        where d.id = r.id`;
      await progress.record(em, files.map(renamedOutcome));
    });
  }
}

/** What left the repository or the folder leaves the index. */
export async function removeGone(progress: RunProgress, plan: SyncPlan): Promise<void> {
  const { deleted } = plan;
  const told = new Set(toldDeleted(plan));
  for (let start = 0; start < deleted.length; start += DELETED_AT_ONCE) {
    const files = deleted.slice(start, start + DELETED_AT_ONCE);
    await progress.transact(async (em) => {
      await execute(em)`delete from document where id = any(${files.map(({ id }) => id)}::uuid[])`;
      await progress.record(em, files.filter((file) => told.has(file)).map(deletedOutcome));
    });
  }
}
