import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { measureFolder } from './bare-repository.js';

/** Of a cache; other things lie beside them. */
const NAME = /^[0-9a-f]{64}$/;

/**
 * Keeps the caches of one folder below `maxBytes`. The returned function is told of a cache that has grown; when all
 * together are too large it has the least recently used ones removed, first those that are too large by themselves.
 * `remove` returns false for one that is in use: it stays, and its own end of use makes room.
 */
export function createCacheLimit({
  maxBytes,
  remove,
}: {
  maxBytes: number;
  remove: (directory: string) => Promise<boolean>;
}): (grown: string) => Promise<void> {
  /** Only what has grown is measured again: a cache changes in no other way. */
  const sizes = new Map<string, number>();
  let last: Promise<void> = Promise.resolve();

  async function sizeOf(directory: string): Promise<number> {
    const size = sizes.get(directory) ?? (await measureFolder(directory));
    sizes.set(directory, size);
    return size;
  }

  async function makeRoom(grown: string): Promise<void> {
    sizes.delete(grown);
    const folder = dirname(grown);
    const caches = [];
    for (const name of (await readdir(folder)).filter((one) => NAME.test(one))) {
      const directory = join(folder, name);
      const [size, { mtimeMs }] = [await sizeOf(directory), await stat(directory)];
      caches.push({ directory, size, isTooLarge: size > maxBytes, usedAt: mtimeMs });
    }
    let total = caches.reduce((sum, { size }) => sum + size, 0);
    caches.sort((a, b) => Number(b.isTooLarge) - Number(a.isTooLarge) || a.usedAt - b.usedAt);
    for (const { directory, size, isTooLarge } of caches) {
      if (total <= maxBytes) return;
      const isRemoved = await remove(directory);
      if (isRemoved) sizes.delete(directory);
      // One that is too large goes in any case when its use ends: no other has to make room for it.
      if (isRemoved || isTooLarge) total -= size;
    }
  }

  // One after the other. What goes wrong here is not the sync's fault: the next growth tries again.
  return (grown) => (last = last.then(() => makeRoom(grown)).catch(() => {}));
}
