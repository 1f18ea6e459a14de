import type { Context } from '../context.js';
import { type Em, query } from '../platform/database/query.js';
import { FailureCode } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import { CUT_VERSION } from '../platform/passages/cut-file.js';
import { lockProjectDocs } from '../project/lock-project-docs.js';
import { queueRunsAtHead } from './queue-at-head.js';
import { SYNC_QUEUE } from './sync-run.service.js';

type Services = Pick<Context, 'config' | 'database' | 'jobs' | 'heads'>;

interface Claimed {
  id: string;
  githubUrl: string;
  branch: string | null;
}

/** Claimed together, so that a process that dies leaves few of them out for an interval. */
const CLAIMED_AT_ONCE = 20;
/** The other questions that a process may ask at once are left to those who wait for an answer. */
const ASKED_AT_ONCE = 2;
/** A repository that is too large, and a sync that ends its process, cost too much to be tried at each look. */
const COSTLY_FAILURES = [FailureCode.LIMIT_EXCEEDED, FailureCode.INTERRUPTED];
const COSTLY_REST_MS = 24 * 3600 * 1000;

/**
 * One look at all ProjectDocs whose head was not looked at for SYNC_INTERVAL, which is set. Of several processes each
 * takes some.
 */
export async function pollDue(services: Services, logger: Logger, stopping?: AbortSignal): Promise<void> {
  for (;;) {
    const claimed = await claimDue(services);
    if (claimed.length === 0) return;
    const branches = [...Map.groupBy(claimed, ({ githubUrl, branch }) => JSON.stringify([githubUrl, branch])).values()];
    const next = () => (stopping?.aborted ? undefined : branches.shift());
    const look = async (): Promise<void> => {
      for (let branch = next(); branch; branch = next())
        await pollBranch(services, logger, branch).catch((error: unknown) =>
          logger.warn({ err: error }, 'looking for new commits failed; it is tried again after SYNC_INTERVAL'),
        );
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, look));
    if (stopping?.aborted) return;
  }
}

/** Those that are due, each to one process only: the moment of the look is their claim. */
async function claimDue({ config, database }: Services): Promise<Claimed[]> {
  const now = Date.now();
  return query(database.fork())<Claimed>`
    with due as materialized (
      select id from project_doc
      where source_kind = 'GIT' and sync_status <> 'NOT_SYNCED'
        and coalesce(polled_at, created_at) < ${new Date(now - config.syncIntervalMs!)}
      order by coalesce(polled_at, created_at), id limit ${CLAIMED_AT_ONCE}
      for no key update skip locked
    )
    update project_doc d set polled_at = ${new Date(now)} from due where d.id = due.id
    returning d.id, d.github_url as "githubUrl", d.branch`;
}

/** ProjectDocs of one branch: asks for its head once, and queues a run of each that does not have it. */
async function pollBranch(services: Services, logger: Logger, projectDocs: readonly Claimed[]): Promise<void> {
  const { githubUrl: url, branch } = projectDocs[0]!;
  const ids = projectDocs.map(({ id }) => id);
  const { commitSha, failure } = await services.heads.read({ url, branch }, Date.now());
  if (commitSha === null) {
    const { code, message } = failure!;
    return logger.warn({ url, branch, projectDocIds: ids, code, reason: message }, 'a head could not be read');
  }
  const waiting = await services.database.fork().transactional(async (em) => {
    const behind = await findBehind(em, await lockProjectDocs(em, ids), { url, branch, commitSha });
    return (await queueRunsAtHead(services, em, behind)).waiting;
  });
  if (waiting.length > 0) services.jobs.wake(SYNC_QUEUE);
}

/**
 * Those that still follow this branch and do not have its head: it was not synced, not wholly, or by an older version
 * that cuts documents differently. A run that is going at this commit is enough. What failed at a great cost rests for
 * a day.
 */
async function findBehind(
  em: Em,
  ids: readonly string[],
  head: { url: string; branch: string | null; commitSha: string },
): Promise<string[]> {
  const rows = await query(em)<{ id: string }>`
    select d.id from project_doc d
    left join lateral (
      select status, commit_sha, finished_at, error ->> 'code' as failure from sync_run
      where project_doc_id = d.id order by created_at desc, id desc limit 1
    ) latest on true
    where d.id = any(${[...ids]}::uuid[]) and d.sync_status <> 'NOT_SYNCED'
      and d.github_url = ${head.url} and d.branch is not distinct from ${head.branch}::text
      and case latest.status
        when 'QUEUED' then false
        when 'RUNNING' then latest.commit_sha <> ${head.commitSha}
        when 'SUCCEEDED' then
          (d.last_github_commit_sha, latest.commit_sha) is distinct from (${head.commitSha}, ${head.commitSha})
          or exists (select from document f where f.project_doc_id = d.id and f.cut_version < ${CUT_VERSION})
        when 'FAILED' then
          latest.failure <> all(${COSTLY_FAILURES}) or latest.finished_at < ${new Date(Date.now() - COSTLY_REST_MS)}
        else true end
    order by d.id`;
  return rows.map(({ id }) => id);
}
