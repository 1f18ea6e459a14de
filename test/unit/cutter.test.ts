import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { cutFile } from '../../src/platform/passages/cut-file.js';
import { createCutter, type Cutter } from '../../src/platform/passages/cutter.js';

let cutter: Cutter | undefined;
afterEach(() => cutter?.stop());

const PAGE = Buffer.from('---\ntitle: A page\n---\n# Page\n\nText with `code` and ünïcode.\n\n## Part\n\nMore.\n');
/** Takes half a minute, or all of the memory: far longer than the limit, which the others keep on a busy machine, too. */
const SLOW = Buffer.from('# a\n'.repeat(4_000_000));

describe('the thread that cuts files', () => {
  it('gives what cutting gives, in any order that it is asked in', async () => {
    cutter = createCutter();
    const paths = Array.from({ length: 20 }, (_, index) => `${index}.md`);
    const results = await Promise.all(paths.map((path) => cutter!.cut(path, PAGE)));
    expect(results).toEqual(paths.map((path) => cutFile(path, PAGE)));
    expect(await cutter.cut('a.md', Buffer.from([0]))).toEqual({ skipReason: 'Binary file: it contains NUL bytes' });
  });

  it('gives up a file that takes too long, and no other', async () => {
    cutter = createCutter({ timeLimitMs: 5_000 });
    const [before, slow, after] = await Promise.allSettled([
      cutter.cut('before.md', PAGE),
      cutter.cut('slow.md', SLOW),
      cutter.cut('after.txt', Buffer.from('Text.')),
    ]);
    expect([before.status, slow.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(slow).toHaveProperty(
      'reason.message',
      'The file could not be cut into passages: it took too long or too much memory.',
    );
  });

  it('blames no file for a time in which the process stood still', async () => {
    const program = `
      const { createCutter } = await import(${JSON.stringify(import.meta.resolve('../../dist/src/platform/passages/cutter.js'))});
      const cutter = createCutter({ timeLimitMs: 3_000 });
      const page = Buffer.from('# Part\\n\\nText.\\n'.repeat(2_000));
      await cutter.cut('first.md', page);
      const cutting = Array.from({ length: 20 }, (_, index) => cutter.cut(index + '.md', page));
      process.stdout.write('cutting');
      const failed = (await Promise.allSettled(cutting)).filter(({ status }) => status === 'rejected');
      process.stdout.write(' ' + failed.length);
      await cutter.stop();`;
    const folder = await mkdtemp(join(tmpdir(), 'ibid-test-'));
    await writeFile(join(folder, 'program.mjs'), program);
    const child = spawn(process.execPath, [join(folder, 'program.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said.push(text) > 1) return;
      child.kill('SIGSTOP');
      setTimeout(() => child.kill('SIGCONT'), 5_000);
    });
    await once(child, 'close');
    await rm(folder, { recursive: true });
    expect(said.join('')).toBe('cutting 0');
  });

  it('lets go of what it has when it is stopped', async () => {
    cutter = createCutter();
    const [cutting] = await Promise.allSettled([cutter.cut('slow.md', SLOW), cutter.stop()]);
    expect(cutting).toMatchObject({ reason: new Error('The service is stopping') });
  });
});
