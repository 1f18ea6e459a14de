import { ApiError } from '../platform/errors.js';
import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import { Allowance } from '../platform/graphql/allowance.js';
import { type FileTreeEntry, FileTreeEntryKind } from './project-doc.inputs.js';

const MAX_DEPTH = 20;
/** Nothing tells before it is read how long a tree is, and each file may bring its document. */
const ALLOWANCE = new Allowance(
  10_000,
  'The file tree has more than 10,000 entries. Ask for fewer levels, or a folder.',
);

interface Folder {
  folders: Map<string, Folder>;
  files: Map<string, string>;
  fileCount: number;
}

/**
 * The documents' paths below `path` as a tree, `depth` levels of it, depth-first; folders before files, each
 * alphabetical.
 * @throws ApiError BAD_USER_INPUT for a depth that is not 1 to 20; QUERY_TOO_COMPLEX above 10,000 entries in one
 * operation
 */
export async function readFileTree(
  ctx: Context,
  projectDocId: string,
  path: string | null,
  depth: number,
): Promise<FileTreeEntry[]> {
  if (depth < 1 || depth > MAX_DEPTH) throw new ApiError('BAD_USER_INPUT', `depth must be between 1 and ${MAX_DEPTH}.`);
  const base = (path ?? '').replace(/^\/+|\/+$/g, '');
  const root = emptyFolder();
  for (const { filePath, id } of await readPaths(ctx, projectDocId)) {
    if (base !== '' && !filePath.startsWith(`${base}/`)) continue;
    add(root, (base === '' ? filePath : filePath.slice(base.length + 1)).split('/'), id);
  }
  const entries = entriesOf(root, base, depth);
  ALLOWANCE.give(ctx, entries.length);
  return entries;
}

async function readPaths(ctx: Context, projectDocId: string): Promise<{ filePath: string; id: string }[]> {
  return ctx
    .loader('file paths', async (ids: readonly string[]) => {
      const rows = await query(ctx.em)<{ filePath: string; id: string; projectDocId: string }>`
        select file_path as "filePath", id, project_doc_id as "projectDocId" from document
        where project_doc_id = any(${[...ids]}::uuid[])`;
      const byDoc = Map.groupBy(rows, (row) => row.projectDocId);
      return ids.map((id) => byDoc.get(id) ?? []);
    })
    .load(projectDocId);
}

function add(root: Folder, parts: string[], id: string): void {
  let folder = root;
  folder.fileCount += 1;
  for (const part of parts.slice(0, -1)) {
    let next = folder.folders.get(part);
    if (!next) folder.folders.set(part, (next = emptyFolder()));
    folder = next;
    folder.fileCount += 1;
  }
  folder.files.set(parts.at(-1)!, id);
}

function entriesOf(folder: Folder, base: string, depth: number): FileTreeEntry[] {
  if (depth === 0) return [];
  const pathOf = (name: string): string => (base === '' ? name : `${base}/${name}`);
  const folders = alphabetical(folder.folders).flatMap(([name, child]) => [
    { path: pathOf(name), name, kind: FileTreeEntryKind.FOLDER, fileCount: child.fileCount, documentId: null },
    ...entriesOf(child, pathOf(name), depth - 1),
  ]);
  const files = alphabetical(folder.files).map(([name, id]) => ({
    path: pathOf(name),
    name,
    kind: FileTreeEntryKind.FILE,
    fileCount: 1,
    documentId: id,
  }));
  return [...folders, ...files];
}

function alphabetical<Value>(entries: Map<string, Value>): [string, Value][] {
  return [...entries].sort(([a], [b]) => a.localeCompare(b, 'en') || (a < b ? -1 : 1));
}

function emptyFolder(): Folder {
  return { folders: new Map(), files: new Map(), fileCount: 0 };
}
