import type { Context } from '../context.js';
import { ApiError } from '../platform/errors.js';
import type { Database } from '../platform/database/database.js';
import { type Em, execute, query } from '../platform/database/query.js';
import { branchOf } from '../platform/git/branch-name.js';
import { parseGithubUrl } from '../platform/git/github-url.js';
import type { WebhookDelivery } from '../platform/http/github-webhook.js';
import type { Logger } from '../platform/logger.js';
import { isStorable } from '../platform/text/is-storable.js';
import { lockProjectDocs } from '../project/lock-project-docs.js';
import { queueRunsAtHead } from './queue-at-head.js';
import { SYNC_QUEUE } from './sync-run.service.js';
import { TakenDelivery } from './taken-delivery.entity.js';

type Services = Pick<Context, 'config' | 'database' | 'jobs'>;

interface Answer {
  status: 200 | 202;
  body: object;
}

/** Longer than hosts deliver anew. In milliseconds: a week. */
const DELIVERY_LIFE_MS = 7 * 24 * 3600 * 1000;

/**
 * Answers an event of a git host. A push to a branch that is followed queues a sync of each ProjectDoc that follows it;
 * all else starts nothing. The repository is not asked for anything.
 * @throws ApiError BAD_USER_INPUT when a push does not name its ref and repository
 */
export async function receiveEvent(
  services: Services,
  logger: Logger,
  { id, event, payload }: WebhookDelivery,
): Promise<Answer> {
  if (event === 'ping') return { status: 200, body: { message: 'pong' } };
  if (event !== 'push') return nothing('Only pushes start syncs.');
  const { ref, repository, deleted } = payload;
  const {
    html_url: url,
    id: repositoryId,
    default_branch: defaultBranch,
  } = (repository ?? {}) as Record<string, unknown>;
  if (typeof ref !== 'string' || typeof url !== 'string')
    throw new ApiError('BAD_USER_INPUT', 'A push needs ref and repository.html_url.');
  const branch = branchOf(ref);
  if (branch === null || deleted === true) return nothing('Only pushes to branches start syncs.');
  const githubUrl = parseGithubUrl(url, services.config.gitHosts)?.url;
  if (!githubUrl || !isStorable(branch)) return nothing('The repository is not at one of the allowed git hosts.');
  const repositoryKey = Number.isSafeInteger(repositoryId)
    ? `${new URL(githubUrl).host}#${String(repositoryId)}`
    : null;
  return takePush(services, logger, id, { githubUrl, repositoryKey, branch, isDefault: branch === defaultBranch });
}

interface Push {
  githubUrl: string;
  /** See ProjectDoc.repositoryKey; null: the host does not tell its id. */
  repositoryKey: string | null;
  branch: string;
  /** Whether it is what a ProjectDoc without a branch follows. */
  isDefault: boolean;
}

/** The delivery is remembered with what it queues: one that fails can be delivered again. */
async function takePush(services: Services, logger: Logger, deliveryId: string, push: Push): Promise<Answer> {
  const result = await services.database.fork().transactional(async (em) => {
    const known = await findProjectDocs(em, push);
    if (known.length === 0) return 'unknown';
    const concerned = known.filter(({ follows, lacksKey }) => follows || lacksKey).map(({ id }) => id);
    const ids = await lockProjectDocs(em, concerned);
    if (known.some(({ lacksKey }) => lacksKey))
      await execute(em)`
        update project_doc set repository_key = ${push.repositoryKey}
        where id = any(${ids}::uuid[]) and lower(github_url) = lower(${push.githubUrl})`;
    const followers = known.filter(({ id, follows }) => follows && ids.includes(id)).map(({ id }) => id);
    if (followers.length === 0) return 'not followed';
    const taken = await execute(em)`
      insert into webhook_delivery (delivery, received_at) values (${deliveryId}, ${new Date()})
      on conflict do nothing`;
    return taken === 0 ? 'duplicate' : queueRunsAtHead(services, em, followers);
  });
  if (result === 'not followed') return nothing('No ProjectDoc follows this branch.');
  if (result === 'unknown') {
    // Syncs follow the redirect of a repository that was renamed; a push under the old name would have told its id.
    const reason = 'No ProjectDoc has this repository. If it was renamed or moved, updateProjectDoc takes its new URL.';
    logger.info({ url: push.githubUrl, reason }, 'a push started no sync');
    return nothing(reason);
  }
  if (result === 'duplicate') return { status: 200, body: { duplicate: true, syncRuns: [] } };
  services.jobs.wake(SYNC_QUEUE);
  return { status: 202, body: { syncRuns: result.waiting, oneMoreAfter: result.going } };
}

/**
 * Those of the repository: whether they follow the branch, and whether they lack its key. Only the first sync of a page
 * tells where the name of its branch ends: until then all that it may be is followed.
 */
function findProjectDocs(em: Em, { githubUrl, repositoryKey: key, branch, isDefault }: Push) {
  return query(em)<{ id: string; follows: boolean; lacksKey: boolean }>`
    select id,
      coalesce(branch = ${branch}, ${isDefault}) or last_github_commit_sha is null
        and coalesce(starts_with(branch || '/' || github_folder_path || '/', ${branch}::text || '/'), false) as follows,
      ${key}::text is not null and repository_key is distinct from ${key} as "lacksKey"
    from project_doc
    where (lower(github_url) = lower(${githubUrl}) or repository_key = ${key}) and source_kind = 'GIT'`;
}

function nothing(reason: string): Answer {
  return { status: 200, body: { syncRuns: [], reason } };
}

/** Deliveries whose time is over go. */
export async function forgetOldDeliveries(database: Database, now = Date.now()): Promise<void> {
  await database.fork().nativeDelete(TakenDelivery, { receivedAt: { $lt: new Date(now - DELIVERY_LIFE_MS) } });
}
