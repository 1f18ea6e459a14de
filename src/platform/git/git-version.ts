import { createGit } from './git.js';

/** The oldest git whose partial clones, pinned addresses and environment settings work as this service uses them. */
const MINIMUM = [2, 39] as const;

/** @throws Error, with a message for the operator, when git is missing or older than 2.39. */
export async function assertGitVersion({ searchPath }: { searchPath?: string } = {}): Promise<void> {
  const wanted = `git ${MINIMUM.join('.')} or later is needed`;
  let output: string;
  try {
    output = (await createGit({ searchPath }).run(['--version'], { cwd: '/', timeoutMs: 10_000 })).toString();
  } catch (cause) {
    throw new Error(`${wanted}, but git was not found or does not run: install it and start again.`, { cause });
  }
  const match = /^git version (\d+)\.(\d+)\S*/.exec(output);
  const [major, minor] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  throw new Error(`${wanted}, but this is "${output.trim().slice(0, 100)}": update it and start again.`);
}
