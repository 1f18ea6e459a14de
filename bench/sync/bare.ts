import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { hashTexts } from '../../src/platform/embedding/builtin.js';
import { createGitSources } from '../../src/platform/git/source.js';
import { parseHostEntry } from '../../src/platform/network/host-list.js';
import { cutDocument, indexedText } from '../../src/platform/passages/cut.js';
import { decodeText, isWantedFile, MAX_FILE_BYTES } from '../../src/platform/passages/file-types.js';

/**
 * What a sync cannot do without, one step after the other and without a database: fetch with git, cut, embed.
 * Prints the milliseconds of each as JSON.
 */
const [url = '', host = ''] = process.argv.slice(2);
const cacheDir = await mkdtemp(join(tmpdir(), 'ibid-bare-'));
const began = performance.now();
const git = createGitSources({ cacheDir, hosts: [parseHostEntry(host)!] });
const snapshot = await git.openRemote({ url, branch: null, folder: null });
const wanted = snapshot.entries.filter(({ path, kind }) => kind === 'file' && path !== null && isWantedFile(path));
const paths = new Map(wanted.map(({ path, blobSha }) => [blobSha, path!]));
const files: { path: string; content: string }[] = [];
for await (const { blobSha, content } of snapshot.read([...paths.keys()], MAX_FILE_BYTES)) {
  const decoded = content && decodeText(content);
  if (decoded && 'text' in decoded) files.push({ path: paths.get(blobSha)!, content: decoded.text });
}
const fetched = performance.now();
const texts = files.flatMap(({ path, content }) => {
  const cut = cutDocument({ filePath: path, content });
  return cut.passages.map((passage) => indexedText(cut.title, passage).text);
});
const parsed = performance.now();
for (const text of texts) hashTexts([text]);
const embedded = performance.now();
await rm(cacheDir, { recursive: true, force: true });
const times = { fetch: fetched - began, parse: parsed - fetched, embed: embedded - parsed, sum: embedded - began };
process.stdout.write(JSON.stringify({ ...times, files: files.length, passages: texts.length }));
