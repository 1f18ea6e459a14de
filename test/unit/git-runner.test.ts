import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitFailure } from '../../src/platform/git/git-failure.js';
import { createGit } from '../../src/platform/git/git.js';
import { assertGitVersion } from '../../src/platform/git/git-version.js';
import { isGroupAlive, isGroupGone } from '../support/process-group.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ibid-git-runner-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Puts a program in the place of git. */
async function installGit(script: string): Promise<{ searchPath: string }> {
  await writeFile(join(directory, 'git'), `#!/bin/sh\n${script}\n`);
  await chmod(join(directory, 'git'), 0o755);
  return { searchPath: `${directory}:/usr/bin:/bin` };
}

describe('assertGitVersion', () => {
  it('accepts the git of this machine', async () => {
    await expect(assertGitVersion()).resolves.toBeUndefined();
  });

  it.each(['git version 2.39.0', 'git version 2.50.1 (Apple Git-155)', 'git version 3.0.0-rc1'])(
    'accepts %s',
    async (text) => {
      await expect(assertGitVersion(await installGit(`echo "${text}"`))).resolves.toBeUndefined();
    },
  );

  it.each(['git version 2.38.9', 'git version 1.99', 'hello'])('refuses %s and says what is needed', async (text) => {
    const refusal = `git 2.39 or later is needed, but this is "${text}": update it and start again.`;
    await expect(assertGitVersion(await installGit(`echo "${text}"`))).rejects.toThrow(refusal);
  });

  it('says that git is missing', async () => {
    await expect(assertGitVersion({ searchPath: directory })).rejects.toThrow(
      'git 2.39 or later is needed, but git was not found',
    );
  });
});

describe('running git', () => {
  it('passes nothing of the service on, and allows no transport without a remote', async () => {
    const git = createGit(await installGit('env'));
    const output = (await git.run([], { cwd: directory })).toString();
    const names = output.split('\n').map((line) => line.split('=')[0]!);
    expect(names.filter((name) => !/^(GIT_|LC_ALL|HOME|PATH|SSH_ASKPASS|PWD|SHLVL|_|OLDPWD)/.test(name)).join('')).toBe(
      '',
    );
    expect(output).toContain('GIT_ALLOW_PROTOCOL=none\n');
    expect(output).toContain('GIT_TERMINAL_PROMPT=0\n');
  });

  it('ends the process and its children when the loop is left', async () => {
    const git = createGit(await installGit('sleep 60 & echo $$; wait'));
    let group = 0;
    for await (const chunk of git.stream([], { cwd: directory })) {
      group = Number(chunk.toString());
      expect(isGroupAlive(group)).toBe(true);
      break;
    }
    expect(await isGroupGone(group)).toBe(true);
  });

  it('ends a process that does not want to end', async () => {
    const git = createGit(await installGit("trap '' TERM; echo $$; while :; do sleep 0.1; done"));
    const stop = new AbortController();
    const reason = new Error('enough');
    let group = 0;
    const running = (async () => {
      for await (const chunk of git.stream([], { cwd: directory, signal: stop.signal })) {
        group = Number(chunk.toString());
        stop.abort(reason);
      }
    })();
    await expect(running).rejects.toBe(reason);
    expect(await isGroupGone(group)).toBe(true);
  });

  it('says that it took too long', async () => {
    const git = createGit(await installGit('exec sleep 60'));
    await expect(git.run([], { cwd: directory, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
    });
  });

  it('says that folders may be nested too deeply where it breaks while it lists them', async () => {
    const git = createGit(await installGit('kill -SEGV $$'));
    await expect(git.run(['ls-tree', '-r', 'HEAD'], { cwd: directory })).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'The repository could not be read: its folders may be nested too deeply.',
    });
  });

  it('does not start when the signal was given before', async () => {
    const reason = new Error('enough');
    const git = createGit(await installGit('touch started'));
    await expect(git.run([], { cwd: directory, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await readdir(directory)).toEqual(['git']);
  });

  it('keeps what git writes out of the message', async () => {
    const git = createGit(await installGit('echo "fatal: /secret/path token=abc" >&2; exit 128'));
    const failure = await git.run([], { cwd: directory }).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'INTERNAL', message: 'The repository could not be read.' });
  });
});

describe('gitFailure', () => {
  it.each([
    ["fatal: couldn't find remote ref refs/heads/x", 'SOURCE_NOT_FOUND'],
    ["fatal: repository 'https://github.com/o/r/' not found", 'SOURCE_NOT_FOUND'],
    ["fatal: unable to access 'https://h/r/': The requested URL returned error: 404", 'SOURCE_NOT_FOUND'],
    ["fatal: could not read Username for 'https://github.com': terminal prompts disabled", 'AUTH'],
    ["fatal: unable to access 'https://h/r/': The requested URL returned error: 403", 'AUTH'],
    ["fatal: unable to access 'https://h/r/': The requested URL returned error: 429", 'RATE_LIMITED'],
    ["fatal: unable to access 'https://h/r/': The requested URL returned error: 503", 'NETWORK'],
    ["fatal: unable to access 'https://h/r/': Could not resolve host: h", 'NETWORK'],
    ['error: RPC failed; curl 18 transfer closed\nfatal: early EOF', 'NETWORK'],
    ['error: RPC failed; curl 28 Operation too slow. Less than 1 bytes/sec', 'TIMEOUT'],
    ['fatal: loose object 1234 is corrupt', 'INTERNAL'],
  ])('reads %j as %s', (stderr, code) => {
    expect(gitFailure(stderr).code).toBe(code);
  });

  it('says that the disk of the service is full, and not that the connection broke over that', () => {
    const broken = 'error: RPC failed; curl 23 Failure writing output\nfatal: early EOF';
    const ours = gitFailure(`fatal: write error: No space left on device\n${broken}`);
    expect(ours.message).toBe('The disk of the service is full. Whoever runs it has to make room there.');
    expect(gitFailure(`remote: fatal: No space left on device\n${broken}`).code).toBe('NETWORK');
  });
});
