import { blobId } from './blob-id.js';
import { unreadable } from './host-failure.js';
import type { SourceBlob } from './source.js';

/**
 * Reads the output of `git cat-file --batch` as it comes: `<id> <type> <size>\n<content>\n` for each object. Holds one
 * blob of at most `maxBytes` and one chunk in memory; what is larger is passed over.
 *
 * @throws FailureError when an object is missing or not what its name says, or the output ends early.
 */
export async function* parseBatch(chunks: AsyncGenerator<Buffer>, maxBytes: number): AsyncGenerator<SourceBlob> {
  let rest: Buffer = Buffer.alloc(0);

  async function readMore(): Promise<boolean> {
    const { value, done } = await chunks.next();
    if (!done) rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
    return !done;
  }

  async function readHeader(): Promise<string | null> {
    for (let end; ;) {
      end = rest.indexOf(10);
      if (end === -1 && (await readMore())) continue;
      if (end === -1) return null;
      const header = rest.toString('latin1', 0, end);
      rest = rest.subarray(end + 1);
      return header;
    }
  }

  async function readContent(size: number, keep: boolean): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    for (let left = size; left > 0;) {
      if (rest.length === 0 && !(await readMore())) throw unreadable();
      const part = rest.subarray(0, left);
      // A copy: a part would keep the whole chunk alive for as long as the content is.
      if (keep) parts.push(Buffer.from(part));
      left -= part.length;
      rest = rest.subarray(part.length);
    }
    return keep ? Buffer.concat(parts) : null;
  }

  try {
    for (let header; (header = await readHeader()) !== null;) {
      const [blobSha = '', type, length] = header.split(' ');
      if (type !== 'blob') throw unreadable();
      const size = Number(length);
      const content = await readContent(size, size <= maxBytes);
      await readContent(1, false);
      // git itself does not compare them here, and a damaged index leads to another content.
      if (content && blobId(content, blobSha.length === 64 ? 64 : 40) !== blobSha) throw unreadable();
      yield { blobSha, size, content };
    }
  } finally {
    await chunks.return(undefined);
  }
}
