import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createGitBench, type GitBench, readAll, readText } from '../support/git-bench.js';

let bench: GitBench;
let others: ChildProcess[];

beforeEach(async () => {
  bench = await createGitBench();
  others = [];
});

afterEach(async () => {
  for (const other of others) await ended(other, 'SIGKILL');
  await bench.remove();
});

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

/** Another process with the same folder for its caches: it syncs the repository `r`, says how often it asked for contents, and stays. */
async function startOther(): Promise<ChildProcess> {
  const module = (name: string) => JSON.stringify(resolve('dist/src/platform', name));
  const script = `
    import { createGitSources } from ${module('git/source.js')};
    import { parseHostEntry } from ${module('network/host-list.js')};
    const git = createGitSources({
      cacheDir: ${JSON.stringify(bench.cacheDir)}, hosts: [parseHostEntry(${JSON.stringify(bench.host.hostEntry)})] });
    const { entries, read } = await git.openRemote(${JSON.stringify(bench.at('r'))});
    for await (const _ of read(entries.map(({ blobSha }) => blobSha), 1e6));
    process.on('SIGTERM', () => git.stop().then(() => process.exit(0)));
    setInterval(() => {}, 1e6);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  others.push(child);
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('The other process ended.'))),
  ]);
  return child;
}

const foldersOf = async () => (await readdir(bench.cacheDir)).toSorted();
const holderOf = async (number: number) =>
  Number.parseInt(await readFile(join(bench.cacheDir, String(number), 'ibid.pid'), 'utf8').catch(() => ''), 10);

describe('the folder of a process', () => {
  it('is its own, though others use the same DATA_DIR', async () => {
    const repository = await bench.host.createRepository('r', { 'a.md': 'a' });
    const git = bench.sources();
    await readAll(await git.openRemote(bench.at('r')));
    const other = await startOther();
    expect(await foldersOf()).toEqual(['0', '1']);
    expect([await holderOf(0), await holderOf(1)]).toEqual([process.pid, other.pid]);
    // What git would leave there while it works.
    const atWork = join(bench.cacheOf('r', 1), 'shallow.lock');
    await writeFile(atWork, '');
    await repository.commit({ 'a.md': 'two' });
    expect(await readText(await git.openRemote(bench.at('r')), 'a.md')).toBe('two');
    expect(existsSync(atWork)).toBe(true);
    await git.stop();
  });

  it('is taken by the first of many that start at once, and each has one', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const started = await Promise.all([startOther(), startOther(), startOther()]);
    expect(await foldersOf()).toEqual(['0', '1', '2']);
    const holders = await Promise.all([0, 1, 2].map(holderOf));
    expect(new Set(holders)).toEqual(new Set(started.map(({ pid }) => pid)));
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('is found again with its contents after a %s', async (signal) => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const first = await startOther();
    const pack = join(bench.cacheOf('r'), 'objects', 'pack');
    const packs = await readdir(pack);
    await ended(first, signal);
    expect(Number.isNaN(await holderOf(0))).toBe(signal === 'SIGTERM');
    const second = await startOther();
    expect(await foldersOf()).toEqual(['0']);
    expect(await holderOf(0)).toBe(second.pid);
    expect(await readdir(pack)).toEqual(expect.arrayContaining(packs));
  });

  it('is given back when the service stops, and taken again when it goes on', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const git = bench.sources();
    await git.stop();
    const snapshot = await git.openRemote(bench.at('r'));
    expect(await holderOf(0)).toBe(process.pid);
    await git.stop();
    expect(await holderOf(0)).toBeNaN();
    expect(await readText(snapshot, 'a.md')).toBe('a');
    await git.openRemote(bench.at('r'));
    expect(await holderOf(0)).toBe(process.pid);
    await git.stop();
  });

  it('takes the place of a file', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    await mkdir(bench.cacheDir);
    await writeFile(join(bench.cacheDir, '0'), 'a file');
    await bench.sources().openRemote(bench.at('r'));
    expect(await foldersOf()).toEqual(['0']);
    await rm(bench.cacheDir, { recursive: true });
    await writeFile(bench.cacheDir, 'a file');
    await bench.sources().openRemote(bench.at('r'));
    expect(await foldersOf()).toEqual(['0']);
  });

  it('lies in one that other users cannot look into, also where that was open to them', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    await mkdir(bench.cacheDir);
    await chmod(bench.cacheDir, 0o777);
    await bench.sources().openRemote(bench.at('r'));
    expect((await stat(bench.cacheDir)).mode & 0o777).toBe(0o700);
  });
});
