import type { Row } from '../platform/database/rows.js';
import type { SyncRunFile } from '../project-doc/sync-run-file.entity.js';
import { type SyncRun, SyncRunStatus } from '../project-doc/sync-run.entity.js';
import { formatDuration, formatNumber } from './progress.js';
import type { Left } from './sync-repository.js';

/** Files that failed are named up to here, then counted. */
export const NAMED_FAILURES = 20;

export interface SyncResult extends Left {
  run: Row<SyncRun>;
  /** The first of the files that failed, NAMED_FAILURES at most. */
  failedFiles: Pick<SyncRunFile, 'path' | 'reason'>[];
}

/** What became of a sync that took `elapsedMs`, for people: several lines. */
export function describeResult({ project, projectDoc, run, failedFiles }: SyncResult, elapsedMs: number): string {
  const more = run.filesFailed - failedFiles.length;
  const after = ` after ${formatDuration(elapsedMs)}`;
  const where = [
    projectDoc.githubUrl,
    ...(projectDoc.githubFolderPath ? [`folder ${projectDoc.githubFolderPath}`] : []),
    ...(projectDoc.branch ? [`branch ${projectDoc.branch}`] : []),
  ];
  const lines = [
    `${headOf(run)}${after}${run.error ? `: ${run.error.message}` : '.'}`,
    `  Repository  ${where.join(', ')}`,
    ...(run.commitSha ? [`  Commit      ${run.commitSha}`] : []),
    ...(projectDoc.id === null ? [] : [`  Project     ${project.name}, as "${projectDoc.name}"`]),
    ...(run.commitSha ? [`  Files       ${filesOf(run)}`, `  Passages    ${passagesOf(run)}`] : []),
    ...failedFiles.map(({ path, reason }) => `  FAILED      ${path}: ${reason}`),
    ...(more > 0 ? [`  FAILED      and ${formatNumber(more)} more`] : []),
    nextOf(run),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** Of a run, in the order in which they are printed. */
const RUN_FIELDS = [
  ...(['id', 'status', 'commitSha', 'startedAt', 'finishedAt', 'filesTotal', 'filesProcessed', 'filesAdded'] as const),
  ...(['filesUpdated', 'filesRenamed', 'filesDeleted', 'filesUnchanged', 'filesSkipped', 'filesFailed'] as const),
  ...(['chunksEmbedded', 'chunksReused', 'error'] as const),
];

/** The same for scripts: one line of JSON, under the names of the API. */
export function toJson({ project, projectDoc, run, failedFiles }: SyncResult): string {
  const { id, name, githubUrl, githubFolderPath, branch } = projectDoc;
  const iso = (time: string | null): string | null => time && new Date(time).toISOString();
  // A run goes with its ProjectDoc.
  const shown = { ...run, id: id && run.id, startedAt: iso(run.startedAt), finishedAt: iso(run.finishedAt) };
  const result = {
    project: { id: project.id, name: project.name },
    projectDoc: { id, name, githubUrl, githubFolderPath, branch },
    syncRun: Object.fromEntries(RUN_FIELDS.map((field) => [field, shown[field]])),
    failedFiles: failedFiles.map(({ path, reason }) => ({ path, reason })),
  };
  return `${JSON.stringify(result)}\n`;
}

/** A path is whatever somebody committed: it must not steer the terminal. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

function headOf({ status }: Row<SyncRun>): string {
  switch (status) {
    case SyncRunStatus.SUCCEEDED:
      return 'Synced';
    case SyncRunStatus.PARTIAL:
      return 'Synced, but for some files that failed,';
    case SyncRunStatus.CANCELLED:
      return 'Cancelled';
    default:
      return 'Failed';
  }
}

function filesOf(run: Row<SyncRun>): string {
  const kinds: [number, string][] = [
    [run.filesAdded, 'added'],
    [run.filesUpdated, 'updated'],
    [run.filesRenamed, 'renamed'],
    [run.filesUnchanged, 'unchanged'],
    [run.filesSkipped, 'skipped (not documentation, too large or not text)'],
    [run.filesFailed, 'failed'],
    [run.filesTotal - run.filesProcessed, 'not reached'],
  ];
  const counts = kinds.filter(([count]) => count > 0).map(([count, kind]) => `${formatNumber(count)} ${kind}`);
  const gone = run.filesDeleted > 0 ? `; ${formatNumber(run.filesDeleted)} deleted` : '';
  return `${formatNumber(run.filesTotal)}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}${gone}`;
}

function passagesOf({ chunksEmbedded, chunksReused }: Row<SyncRun>): string {
  const reused = chunksReused > 0 ? `, ${formatNumber(chunksReused)} reused` : '';
  return `${formatNumber(chunksEmbedded)} embedded${reused}`;
}

function nextOf({ status, error, filesTotal, filesSkipped }: Row<SyncRun>): string {
  switch (status) {
    case SyncRunStatus.SUCCEEDED:
      if (filesSkipped === filesTotal)
        return 'Nothing can be asked about it: no file there is documentation. See "What is taken" in docs/sync.md.';
      return 'Next: npm start, unless ibid is running, and ask about it in GraphiQL.';
    case SyncRunStatus.PARTIAL:
      return 'Next: run the same command again. It takes up what failed; the rest is not done twice.';
    case SyncRunStatus.CANCELLED:
      return 'What was finished stays. Next: run the same command again to go on.';
    default:
      return error?.retryable
        ? 'What was finished stays. Next: run the same command again in a while.'
        : 'Next: fix that, then run the command again.';
  }
}
