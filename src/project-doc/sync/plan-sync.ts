import { posix } from 'node:path';

import type { SourceEntry } from '../../platform/git/source.js';
import { isWantedFile, markupOf } from '../../platform/passages/file-types.js';
import { titleByName } from '../../platform/passages/title.js';

/** What is stored of a file. */
export interface StoredFile {
  id: string;
  filePath: string;
  blobSha: string;
  title: string;
  /** Why its passages have to be made anew though its content may be the same, for people; null: they need not. */
  outdated: string | null;
}

export interface SyncPlan {
  /** Need no work at all. */
  unchanged: { path: string; document: StoredFile }[];
  /** Same content at a new path, cut the same way there: its passages stay. */
  renamed: { path: string; document: StoredFile }[];
  /** New content, or passages that have to be made anew: `document` is what was stored of it, maybe at another path. */
  changed: { path: string; blobSha: string; document: StoredFile | null }[];
  skipped: { path: string; reason: string }[];
  /** Left the repository or the folder, or cannot be taken any more. */
  deleted: StoredFile[];
}

export type ChangedFile = SyncPlan['changed'][number];

const MAX_PATH_LENGTH = 1024;
/** What fits into the entry of an index beside two ids. */
const MAX_PATH_BYTES = 2_600;
/** In a link they would lead elsewhere. */
const NO_NAMES = new Set(['', '.', '..', '.git']);

/** The difference between a tree and what is stored, as git sees it: by path, and by the id of the content. */
export function planSync(entries: readonly SourceEntry[], stored: readonly StoredFile[]): SyncPlan {
  const plan: SyncPlan = { unchanged: [], renamed: [], changed: [], skipped: [], deleted: [] };
  const byPath = new Map(stored.map((document) => [document.filePath, document]));
  const repeated = findRepeated(entries);
  const wanted = entries.filter((entry) => {
    const reason = reasonToSkip(entry) ?? (repeated.has(entry.path!) ? 'Its path is in the tree twice' : null);
    if (reason) plan.skipped.push({ path: entry.path ?? entry.displayPath, reason });
    return !reason;
  }) as { path: string; blobSha: string }[];
  const paths = new Set(wanted.map(({ path }) => path));
  const gone = Map.groupBy(
    stored.filter(({ filePath }) => !paths.has(filePath)),
    ({ blobSha }) => blobSha,
  );
  for (const { path, blobSha } of wanted) {
    const known = byPath.get(path);
    const document = known ?? takeMoved(gone.get(blobSha), path);
    if (!document || document.blobSha !== blobSha || document.outdated) plan.changed.push({ path, blobSha, document });
    else if (known) plan.unchanged.push({ path, document });
    else if (isCutAlike(document, path)) plan.renamed.push({ path, document });
    else plan.changed.push({ path, blobSha, document });
  }
  plan.deleted = [...gone.values()].flat();
  return plan;
}

/**
 * The same for some of the entries of a tree, `all`. A document whose file is among the others stays with it. Whether a
 * file that is gone was renamed, only a look at all of them can tell: that is left to the next sync.
 */
export function planPart(
  entries: readonly SourceEntry[],
  stored: readonly StoredFile[],
  all: readonly SourceEntry[],
): SyncPlan {
  const paths = new Set(entries.map(({ path }) => path));
  const elsewhere = new Set(all.map(({ path }) => path).filter((path) => !paths.has(path)));
  const plan = planSync(
    entries,
    stored.filter(({ filePath }) => !elsewhere.has(filePath)),
  );
  return { ...plan, deleted: plan.deleted.filter(({ filePath }) => paths.has(filePath)) };
}

/** Whether the same content is cut the same way at `path`. A title is in all passages. */
function isCutAlike({ filePath, title }: StoredFile, path: string): boolean {
  if (markupOf(filePath) !== markupOf(path)) return false;
  return title !== titleByName(filePath) || title === titleByName(path);
}

/** Of documents that go, those whose file is not told of already: what became a symbolic link, say, is SKIPPED. */
export function toldDeleted({ deleted, skipped }: SyncPlan): StoredFile[] {
  const skippedPaths = new Set(skipped.map(({ path }) => path));
  return deleted.filter(({ filePath }) => !skippedPaths.has(filePath));
}

/** Which of the documents with the same content has come to `path`: first the one of the same name, as git decides. */
function takeMoved(candidates: StoredFile[] | undefined, path: string): StoredFile | null {
  if (!candidates) return null;
  const sameName = candidates.findIndex(({ filePath }) => posix.basename(filePath) === posix.basename(path));
  return candidates.splice(Math.max(sameName, 0), 1)[0] ?? null;
}

/** Only of a damaged tree: nothing tells which of them is meant. */
function findRepeated(entries: readonly SourceEntry[]): Set<string | null> {
  const seen = new Set<string | null>();
  const repeated = new Set<string | null>();
  for (const { path } of entries) (seen.has(path) ? repeated : seen).add(path);
  return repeated;
}

function reasonToSkip({ path, kind }: SourceEntry): string | null {
  if (path === null) return 'Its name is not UTF-8';
  if (kind === 'symlink') return 'Symbolic link';
  if (kind === 'submodule') return 'Submodule: another repository';
  if (!isWantedFile(path)) return `Not documentation: ${posix.extname(path) || 'no known'} extension`;
  if (path.length > MAX_PATH_LENGTH)
    return `Its path is longer than ${MAX_PATH_LENGTH.toLocaleString('en')} characters`;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    return `Its path is longer than ${MAX_PATH_BYTES.toLocaleString('en')} bytes`;
  if (path.split('/').some((name) => NO_NAMES.has(name.toLowerCase()))) return 'Its path is none that git makes';
  return null;
}
