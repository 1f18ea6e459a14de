import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { suggestionList } from 'graphql/jsutils/suggestionList.js';

import { VARIABLES } from './variables.js';

/** Short names look like each other: these two are the system's own. */
const OTHERS = ['PATH', 'HOME'];

/**
 * What the operator is to be told of files of settings, such as .env: names that ibid does not read and that look like one that it
 * does; null where there are none. Of the environment itself nothing is told: most of it is not meant for ibid.
 *
 * @param nodeOptions those that Node.js was started with, which name the files
 */
export function describeMistypedSettings(nodeOptions: readonly string[]): string | null {
  const files = nodeOptions.flatMap((option) => /^--env-file(?:-if-exists)?=(.+)$/s.exec(option)?.[1] ?? []);
  const told = files.flatMap((file) =>
    Object.keys(parseEnv(readFileSync(file, 'utf8')))
      .filter((name) => !Object.hasOwn(VARIABLES, name) && !OTHERS.includes(name))
      .flatMap((name) => {
        const [meant] = suggestionList(name, Object.keys(VARIABLES));
        return meant === undefined ? [] : [`${name} in ${file} (${meant}?)`];
      }),
  );
  return told.length === 0 ? null : `Not a setting of ibid, and without effect: ${told.join(', ')}`;
}
