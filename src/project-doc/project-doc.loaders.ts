import { sql } from 'kysely';

import type { Context } from '../context.js';
import { byId, key, type List, listPage } from '../platform/graphql/connection.js';
import type { Row } from '../platform/database/rows.js';
import type { PageArgs } from '../platform/graphql/pages.js';
import type { PageSelection } from '../platform/graphql/selection.js';
import { ProjectDoc } from './project-doc.entity.js';
import { type SyncFileOutcome, SyncRunFile } from './sync-run-file.entity.js';
import { SyncRun } from './sync-run.entity.js';

const PROJECT_DOCS: List<ProjectDoc> = {
  name: 'project docs',
  entity: ProjectDoc,
  parent: 'projectId',
  order: [key('createdAt', 'timestamptz'), byId],
};

const SYNC_RUNS: List<SyncRun> = {
  name: 'sync runs',
  entity: SyncRun,
  parent: 'projectDocId',
  descending: true,
  order: [key('createdAt', 'timestamptz'), byId],
};

const STORING_RUNS = { ...SYNC_RUNS, where: sql<boolean>`t.commit_sha is not null and t.finished_at is not null` };

const FILES: List<SyncRunFile> = {
  name: 'sync run files',
  entity: SyncRunFile,
  parent: 'syncRunId',
  order: [key('position', 'int'), byId],
};

export const listProjectDocs = (ctx: Context, projectId: string, page: PageArgs, selected: PageSelection) =>
  listPage(ctx, PROJECT_DOCS, projectId, page, { selected });

export const listSyncRuns = (ctx: Context, projectDocId: string, page: PageArgs, selected?: PageSelection) =>
  listPage(ctx, SYNC_RUNS, projectDocId, page, { selected });

export async function findLatestSyncRun(ctx: Context, projectDocId: string): Promise<Row<SyncRun> | null> {
  return (await listSyncRuns(ctx, projectDocId, { first: 1 })).nodes[0] ?? null;
}

/** The last of those that have ended and came so far that they may have stored something. */
export async function findLatestStoringRun(ctx: Context, projectDocId: string): Promise<Row<SyncRun> | null> {
  const { nodes } = await listPage(ctx, STORING_RUNS, projectDocId, { first: 1 }, { variant: 'storing' });
  return nodes[0] ?? null;
}

export function listSyncRunFiles(
  ctx: Context,
  syncRunId: string,
  page: PageArgs,
  outcome: SyncFileOutcome | null | undefined,
  selected: PageSelection,
) {
  return listPage(ctx, outcome ? { ...FILES, where: sql`t.outcome = ${outcome}` } : FILES, syncRunId, page, {
    selected,
    variant: outcome ?? null,
  });
}
