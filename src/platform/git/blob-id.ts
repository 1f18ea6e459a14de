import { createHash } from 'node:crypto';

/** What stands for the commit of files that are not known to be in git. */
export const NO_COMMIT = '0'.repeat(40);

/** The name that git has for a file's content: of 40 digits, or of 64 where a repository uses SHA-256. */
export function blobId(content: Buffer, digits: 40 | 64 = 40): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}
