import { posix } from 'node:path';

import type { SourceEntry } from '../../platform/git/source.js';
import { isWantedFile } from '../../platform/passages/file-types.js';

/** What is stored of a file. */
export interface StoredFile {
  id: string;
  filePath: string;
  blobSha: string;
  /** Whether all its passages have vectors of the active model. */
  current: boolean;
}

export interface SyncPlan {
  /** Need no work at all. */
  unchanged: { path: string; document: StoredFile }[];
  /** Same content at a new path. */
  renamed: { path: string; document: StoredFile }[];
  /** New content: `document` is null where the path is new. */
  changed: { path: string; blobSha: string; document: StoredFile | null }[];
  skipped: { path: string; reason: string }[];
  /** Left the repository or the folder, or cannot be taken any more. */
  deleted: StoredFile[];
}

const MAX_PATH_LENGTH = 1024;

/** The difference between a tree and what is stored, as git sees it: by path, and by the id of the content. */
export function planSync(entries: readonly SourceEntry[], stored: readonly StoredFile[]): SyncPlan {
  const plan: SyncPlan = { unchanged: [], renamed: [], changed: [], skipped: [], deleted: [] };
  const byPath = new Map(stored.map((document) => [document.filePath, document]));
  const wanted = entries.filter((entry) => {
    const reason = reasonToSkip(entry);
    if (reason) plan.skipped.push({ path: entry.displayPath, reason });
    return !reason;
  });
  const paths = new Set(wanted.map(({ path }) => path));
  const gone = new Map<string, StoredFile[]>();
  for (const document of stored) {
    if (!paths.has(document.filePath)) gone.set(document.blobSha, [...(gone.get(document.blobSha) ?? []), document]);
  }
  for (const { path, blobSha } of wanted as { path: string; blobSha: string }[]) {
    const document = byPath.get(path) ?? null;
    const moved = document ? undefined : gone.get(blobSha)?.findIndex((candidate) => candidate.current) ?? -1;
    if (document?.blobSha === blobSha && document.current) plan.unchanged.push({ path, document });
    else if (moved !== undefined && moved >= 0) plan.renamed.push({ path, document: gone.get(blobSha)!.splice(moved, 1)[0]! });
    else plan.changed.push({ path, blobSha, document });
  }
  plan.deleted = [...gone.values()].flat();
  return plan;
}

function reasonToSkip({ path, kind }: SourceEntry): string | null {
  if (path === null) return 'Its name is not UTF-8';
  if (kind === 'symlink') return 'Symbolic link';
  if (kind === 'submodule') return 'Submodule: another repository';
  if (!isWantedFile(path)) return `Not documentation: ${posix.extname(path) || 'no known'} extension`;
  if (path.length > MAX_PATH_LENGTH) return `Its path is longer than ${MAX_PATH_LENGTH.toLocaleString('en')} characters`;
  return null;
}
