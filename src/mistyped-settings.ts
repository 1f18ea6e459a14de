import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { suggestionList } from 'graphql/jsutils/suggestionList.js';

import { VARIABLES } from './variables.js';

/** Short names look like each other: these two are the system's own. */
const OTHERS = ['PATH', 'HOME'];

/**
 * A warning about names in .env files that look like a setting of ibid but are none; null: there are none. The
 * environment itself is not checked: most of it is not meant for ibid.
 *
 * @param nodeOptions those that Node.js was started with, which name the files
 */
export function describeMistypedSettings(nodeOptions: readonly string[]): string | null {
  const files = nodeOptions.flatMap((option) => /^--env-file(?:-if-exists)?=(.+)$/s.exec(option)?.[1] ?? []);
  // --env-file-if-exists may name one that is not there.
  const told = files.filter(existsSync).flatMap((file) =>
    Object.keys(parseEnv(readFileSync(file, 'utf8')))
      .filter((name) => !Object.hasOwn(VARIABLES, name) && !OTHERS.includes(name))
      .flatMap((name) => {
        const [meant] = suggestionList(name, Object.keys(VARIABLES));
        return meant === undefined ? [] : [`${name} in ${file} (${meant}?)`];
      }),
  );
  return told.length === 0 ? null : `Not a setting of ibid, and without effect: ${told.join(', ')}`;
}
