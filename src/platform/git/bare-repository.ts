import { lstat, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.js';

/** Makes an empty repository in a folder, in place of whatever is there. */
export async function initialize(directory: string, git: Git): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await git.run(['init', '--quiet', '--bare', '--template=', '--object-format=sha1'], { cwd: directory });
  await git.run(['config', 'remote.origin.promisor', 'true'], { cwd: directory });
  await git.run(['config', 'remote.origin.partialclonefilter', 'blob:none'], { cwd: directory });
}

/** A killed git leaves locks, which would stop every later one, and half a pack. Nobody else works here now. */
export async function prepare(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.lock$|^tmp_/.test(entry.name)) continue;
    await rm(join(entry.parentPath, entry.name), { force: true });
  }
  // What was used last is kept longest, also by the process after this one.
  const now = new Date();
  await utimes(directory, now, now);
}

/** The names of its packs. */
export async function listPacks(directory: string): Promise<string[]> {
  const names = await readdir(join(directory, 'objects', 'pack')).catch(() => []);
  return names.filter((name) => name.endsWith('.pack')).toSorted();
}

export async function isRepository(directory: string): Promise<boolean> {
  return stat(join(directory, 'HEAD')).then(
    () => true,
    () => false,
  );
}

/** What a folder holds, in bytes, as far as it can be read. */
export async function measureFolder(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    files.map((path) =>
      lstat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
