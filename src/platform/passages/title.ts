import { posix } from 'node:path';

import { inOneLine } from './heading-text.js';

/** The front matter's title, else the first heading, else the file's name; in one line of at most 255 characters. */
export function chooseTitle(fromMetadata: unknown, heading: string | undefined, filePath: string): string {
  const candidates = [typeof fromMetadata === 'string' ? fromMetadata : '', heading ?? '', posix.basename(filePath)];
  return candidates.map(inOneLine).find((each) => each !== '') ?? 'Untitled';
}

/** The title of a file that has no other. */
export function titleByName(filePath: string): string {
  return chooseTitle(undefined, undefined, filePath);
}
