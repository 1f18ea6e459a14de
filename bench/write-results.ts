import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Writes what a benchmark reports or makes, formatted as the project is; from its root. */
export async function writeResults(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await promisify(execFile)('node_modules/.bin/oxfmt', [file]);
}
