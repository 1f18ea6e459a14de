import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Writes what a benchmark reports, formatted as the project is; from its root. */
export async function writeResults(file: string, markdown: string): Promise<void> {
  await writeFile(file, markdown);
  await promisify(execFile)('node_modules/.bin/oxfmt', [file]);
}
