import { createHash } from 'node:crypto';

import type { Database } from '../../src/platform/database/database.js';
import { cutFile } from '../../src/platform/passages/cut-file.js';
import type { ReadFile } from '../../src/project-doc/sync/read-changed.js';
import { prepareDocuments, storeDocuments } from '../../src/project-doc/sync/store-documents.js';
import type { Place } from '../../src/project-doc/sync/sync-work.js';
import { createStemmer } from '../../src/search/document-terms.js';
import { createWriter, type Writer } from './generate-text.js';
import { PASSAGES_PER_DOCUMENT } from './population.js';

const BATCH = 100;

/** Written, cut, embedded and stored as a sync does it, without git. */
export async function populateDocuments(
  database: Database,
  place: Place,
  embed: (text: string) => ArrayLike<number>,
  seed: number,
  count: number,
): Promise<void> {
  const writer = createWriter(seed);
  const stemmer = createStemmer();
  for (let start = 0; start < count; start += BATCH) {
    const files = writeFiles(writer, start, Math.min(BATCH, count - start));
    const vectors = new Map(
      files.flatMap(({ passages }) => passages.map(({ digest, embedded }) => [digest, embed(embedded)] as const)),
    );
    const em = database.fork();
    const prepared = await prepareDocuments(em, stemmer, place, files, vectors);
    await em.transactional((tx) => storeDocuments(tx, place, prepared));
  }
}

export function writeFiles(writer: Writer, start: number, count: number): ReadFile[] {
  return Array.from({ length: count }, (_, index) => readFile(writer, start + index));
}

function readFile(writer: Writer, index: number): ReadFile {
  const path = `docs/part-${String(index % 20).padStart(2, '0')}/page-${String(index).padStart(5, '0')}.md`;
  const bytes = Buffer.from(writePage(writer));
  const cut = cutFile(path, bytes);
  if ('skipReason' in cut || cut.passages.length !== PASSAGES_PER_DOCUMENT)
    throw new Error(`${path} is not ${PASSAGES_PER_DOCUMENT} passages, which the population counts on.`);
  const blobSha = createHash('sha1').update(bytes).digest('hex');
  return { ...cut, file: { path, blobSha, document: null }, size: bytes.byteLength };
}

/** Each section is a passage: too long to be joined with the next, too short to be cut. */
export function writePage(writer: Writer): string {
  const section = (): string =>
    [
      `## ${writer.heading()}`,
      Array.from({ length: 4 }, () => writer.sentence(10)).join(' '),
      `- ${writer.sentence(8)}\n- ${writer.sentence(8)}`,
      Array.from({ length: 3 }, () => writer.sentence(10)).join(' '),
    ].join('\n\n');
  return `# ${writer.heading()}\n\n${Array.from({ length: PASSAGES_PER_DOCUMENT }, section).join('\n\n')}\n`;
}
