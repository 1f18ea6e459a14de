import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those that it lies in, unless it is there. The recursive `mkdir` of Node.js tries for ever where
 * there can be none, such as below /proc, and keeps a core busy with it.
 * @throws what the file system says; EEXIST where something else has its name
 */
async function makeFolder(folder: string): Promise<void> {
  const isFolder = (path: string) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (await isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have made it in the meantime.
    if (!(await isFolder(folder))) throw error;
  });
}

/**
 * A folder as `makeFolder` makes it, which no other user of the machine can look into, whatever the modes of what lies
 * in it: also one that is there already.
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  // A volume may know no modes, or belong to somebody else, and is used as it is.
  await chmod(folder, 0o700).catch(() => undefined);
}
