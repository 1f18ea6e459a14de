import { beforeEach, describe, expect, it } from '@jest/globals';

import { createProgress, formatDuration, type Progress } from '../../src/cli/progress.js';
import type { Row } from '../../src/platform/database/rows.js';
import { type SyncRun, SyncRunStatus } from '../../src/project-doc/sync-run.entity.js';

let written: string;
let now: number;
let progress: Progress;
const run = (values: Partial<Row<SyncRun>>): Row<SyncRun> =>
  ({
    status: SyncRunStatus.RUNNING,
    startedAt: 'before',
    filesTotal: 0,
    filesProcessed: 0,
    chunksEmbedded: 0,
    finishedAt: null,
    ...values,
  }) as Row<SyncRun>;
const after = (seconds: number): Progress => ((now = seconds * 1000), progress);
const start = (screen: { isTTY?: boolean; columns?: number } = {}): void => {
  written = '';
  now = 0;
  progress = createProgress({ ...screen, write: (text) => (written += text) }, () => now);
};

describe('progress on a terminal', () => {
  beforeEach(() => start({ isTTY: true, columns: 100 }));
  /** What is on the screen after all that was written, line by line. */
  const screen = (): string[] =>
    written.split('\n').map((line) => line.split('\r').reduce((shown, text) => text + shown.slice(text.length), ''));

  it('is one line that shows a bar, the share, the files, the passages and the time', () => {
    progress.begin('Syncing https://github.com/owner/repo into project owner/repo');
    expect(screen()).toEqual(['Syncing https://github.com/owner/repo into project owner/repo  0:00']);
    after(5).show(run({ filesTotal: 2000, filesProcessed: 1040, chunksEmbedded: 3120 }));
    expect(screen().map((line) => line.trimEnd())).toEqual([
      '[########--------]  52 %  1,040/2,000 files  3,120 passages embedded  0:05',
    ]);
  });

  it('says what goes on before there is anything to count', () => {
    progress.show(run({ status: SyncRunStatus.QUEUED, startedAt: null }));
    expect(screen()[0]).toMatch(/^Waiting {2}0:00 *$/);
    after(3).show(run({}));
    expect(screen()[0]).toMatch(/^Reading the repository {2}0:03 *$/);
  });

  it('shows that time passes when nothing moves', () => {
    progress.show(run({ filesTotal: 3 }));
    after(61).tick();
    expect(screen()).toEqual(['[----------------]   0 %  0/3 files  0 passages embedded  1:01']);
  });

  it('makes room for what is to be printed', () => {
    progress.show(run({ filesTotal: 3 }));
    progress.print('a warning\n');
    expect(screen().map((line) => line.trimEnd())).toEqual([
      'a warning',
      '[----------------]   0 %  0/3 files  0 passages embedded  0:00',
    ]);
  });

  it('leaves a last line that says how it ended', () => {
    progress.show(run({ filesTotal: 4, filesProcessed: 1 }));
    after(7).show(run({ filesTotal: 4, filesProcessed: 1, finishedAt: 'now', status: SyncRunStatus.CANCELLED }));
    progress.end('CANCELLED');
    progress.print('a late warning\n');
    expect(screen().map((line) => line.trimEnd())).toEqual([
      ' 25 %  1/4 files  0 passages embedded  CANCELLED  0:07',
      'a late warning',
      '',
    ]);
  });

  it('does not wrap in a narrow window, and uses no escape code', () => {
    start({ isTTY: true, columns: 30 });
    progress.show(run({ filesTotal: 20_000, filesProcessed: 19_999 }));
    expect(screen()).toEqual(['[###############-]  99 %  19,']);
    // oxlint-disable-next-line no-control-regex
    expect(written).not.toMatch(/\u001b/);
  });
});

describe('progress elsewhere', () => {
  beforeEach(() => start());

  it('is a line for each tenth, not more often than every two seconds, and one at the end', () => {
    progress.begin('Syncing https://github.com/owner/repo into project owner/repo');
    for (let second = 0; second <= 10; second += 1) {
      after(second / 2).show(run({ filesTotal: 10, filesProcessed: second, chunksEmbedded: 2 * second }));
      progress.tick();
    }
    progress.show(run({ filesTotal: 10, filesProcessed: 10, chunksEmbedded: 20, finishedAt: 'now' }));
    progress.end('SUCCEEDED');
    expect(written.trimEnd().split('\n')).toEqual([
      'Syncing https://github.com/owner/repo into project owner/repo  0:00',
      ' 40 %  4/10 files  8 passages embedded  0:02',
      ' 80 %  8/10 files  16 passages embedded  0:04',
      '100 %  10/10 files  20 passages embedded  SUCCEEDED  0:05',
    ]);
  });

  it('is a line every half minute when little moves', () => {
    progress.begin('Opening the database');
    for (let second = 0; second <= 65; second += 1) after(second).tick();
    expect(written.split('\n').slice(1, -1)).toEqual(['Opening the database  0:30', 'Opening the database  1:00']);
  });

  it('says how it ended when there was nothing to count', () => {
    progress.show(run({}));
    progress.show(run({ status: SyncRunStatus.FAILED, finishedAt: 'now' }));
    progress.end('FAILED');
    expect(written).toBe('Reading the repository  FAILED  0:00\n');
  });
});

describe('a duration', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [59_999, '0:59'],
    [754_000, '12:34'],
    [3_600_000, '1:00:00'],
    [45_296_000, '12:34:56'],
  ])('of %d ms is shown as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
