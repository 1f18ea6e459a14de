import { describe, expect, it } from '@jest/globals';

import { describeResult, type SyncResult, toJson } from '../../src/cli/summary.js';
import { FailureCode } from '../../src/platform/errors.js';
import { SyncRunStatus } from '../../src/project-doc/sync-run.entity.js';

const COUNTERS = {
  filesTotal: 1500,
  filesProcessed: 1500,
  filesAdded: 1200,
  filesUpdated: 3,
  filesRenamed: 2,
  filesDeleted: 0,
  filesUnchanged: 0,
  filesSkipped: 295,
  filesFailed: 0,
  chunksEmbedded: 4321,
  chunksReused: 0,
};

function result(run: Partial<SyncResult['run']> = {}, failedFiles: SyncResult['failedFiles'] = []): SyncResult {
  const projectDoc = {
    id: 'doc',
    name: 'repo/docs',
    githubUrl: 'https://github.com/owner/repo',
    githubFolderPath: 'docs',
    branch: 'main',
  };
  return {
    project: { id: 'project', name: 'owner/repo' },
    projectDoc,
    run: {
      id: 'run',
      projectDocId: 'doc',
      status: SyncRunStatus.SUCCEEDED,
      commitSha: '5a02ed2b',
      startedAt: '2026-11-24 10:28:57.535+00',
      finishedAt: '2026-11-24 10:29:57.535+00',
      createdAt: '2026-11-24 10:28:57.000+00',
      heartbeatAt: null,
      retryOfId: null,
      error: null,
      ...COUNTERS,
      ...run,
    },
    failedFiles,
  };
}
const lines = (...given: Parameters<typeof result>): string[] => describeResult(result(...given), 61_000).split('\n');

describe('the summary of a sync', () => {
  it('says what was synced, what became of it, and what comes next', () => {
    expect(lines()).toEqual([
      'Synced after 1:01.',
      '  Repository  https://github.com/owner/repo, folder docs, branch main',
      '  Commit      5a02ed2b',
      '  Project     owner/repo, as "repo/docs"',
      '  Files       1,500: 1,200 added, 3 updated, 2 renamed, 295 skipped (not documentation, too large or not text)',
      '  Passages    4,321 embedded',
      'Next: npm start, unless ibid is running, and ask about it in GraphiQL.',
      '',
    ]);
  });

  it('counts what left, and passages that were there already', () => {
    const counts = { filesAdded: 0, filesUpdated: 0, filesRenamed: 0, filesSkipped: 0, filesUnchanged: 1500 };
    const text = lines({ ...counts, filesDeleted: 7, chunksEmbedded: 0, chunksReused: 12 });
    expect(text[4]).toBe('  Files       1,500: 1,500 unchanged; 7 deleted');
    expect(text[5]).toBe('  Passages    0 embedded, 12 reused');
  });

  it.each([
    ['only files that are skipped', 295],
    ['no file at all', 0],
  ])('sends nobody to ask about a repository with %s', (_, files) => {
    const counts = { filesTotal: files, filesSkipped: files, filesAdded: 0, filesUpdated: 0, filesRenamed: 0 };
    expect(lines({ ...counts, filesProcessed: files, chunksEmbedded: 0 }).at(-2)).toBe(
      'Nothing can be asked about it: no file there is documentation. See "What is taken" in docs/sync.md.',
    );
  });

  it('names files that failed, each with its reason, and counts the rest', () => {
    const failed = Array.from({ length: 20 }, (_, index) => ({ path: `docs/${index}.md`, reason: 'Too long.' }));
    const text = lines({ status: SyncRunStatus.PARTIAL, filesFailed: 1021, filesProcessed: 1500 }, failed);
    expect(text[0]).toBe('Synced, but for some files that failed, after 1:01.');
    expect(text.slice(6, 27)).toEqual([
      ...failed.map(({ path }) => `  FAILED      ${path}: Too long.`),
      '  FAILED      and 1,001 more',
    ]);
    expect(text[27]).toBe('Next: run the same command again. It takes up what failed; the rest is not done twice.');
  });

  it.each([
    [false, 'Next: fix that, then run the command again.'],
    [true, 'What was finished stays. Next: run the same command again in a while.'],
  ])('says why it failed, and whether to try again (retryable: %s)', (retryable, next) => {
    const error = { code: FailureCode.SOURCE_NOT_FOUND, message: 'There is no such branch.', retryable };
    expect(lines({ status: SyncRunStatus.FAILED, commitSha: null, error })).toEqual([
      'Failed after 1:01: There is no such branch.',
      '  Repository  https://github.com/owner/repo, folder docs, branch main',
      '  Project     owner/repo, as "repo/docs"',
      next,
      '',
    ]);
  });

  it('names no project where what was made for the repository has been deleted again', () => {
    const failed = result({ status: SyncRunStatus.FAILED, commitSha: null });
    const text = describeResult({ ...failed, projectDoc: { ...failed.projectDoc, id: null } }, 61_000);
    expect(text).not.toContain('  Project ');
  });

  it('says of a cancelled one what was not reached', () => {
    const text = lines({ status: SyncRunStatus.CANCELLED, filesProcessed: 1400, filesAdded: 1100 });
    expect(text[0]).toBe('Cancelled after 1:01.');
    expect(text[4]).toMatch(/, 100 not reached$/);
    expect(text.at(-2)).toBe('What was finished stays. Next: run the same command again to go on.');
  });

  it('lets no path steer the terminal', () => {
    const failed = [{ path: 'a\u001b[2J\nb\u202e.md', reason: 'No.' }];
    expect(lines({ filesFailed: 1 }, failed)[6]).toBe('  FAILED      a\\u{1b}[2J\\u{a}b\\u{202e}.md: No.');
  });
});

describe('the same as JSON', () => {
  it('is one line under the names of the API', () => {
    const failed = [{ path: 'docs/a.md', reason: 'Too long.' }];
    const text = toJson(result({ filesFailed: 1 }, failed));
    expect(text).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(text)).toEqual({
      project: { id: 'project', name: 'owner/repo' },
      projectDoc: result().projectDoc,
      syncRun: {
        id: 'run',
        status: 'SUCCEEDED',
        commitSha: '5a02ed2b',
        startedAt: '2026-11-24T10:28:57.535Z',
        finishedAt: '2026-11-24T10:29:57.535Z',
        ...COUNTERS,
        filesFailed: 1,
        error: null,
      },
      failedFiles: failed,
    });
  });
});
