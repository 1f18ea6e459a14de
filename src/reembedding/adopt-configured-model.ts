import type { Services } from '../context.js';
import { execute } from '../platform/database/query.js';
import { FailureCode } from '../platform/errors.js';
import { isBuiltin, spaceIdOf, spaceModel } from '../platform/embedding/builtin-embedders.js';
import { lockProject } from '../project/project-lock.js';
import { recordPassages } from '../term-space/stored-spaces.js';
import { isConfigured, isOutgrown, readWantedModels } from '../term-space/wanted-model.js';
import { Reembedding, ReembeddingStatus } from './reembedding.entity.js';
import { endReembedding, findActive, queueReembedding, REEMBEDDING_QUEUE } from './reembedding.service.js';

const SUPERSEDED = {
  code: FailureCode.INTERRUPTED,
  message: 'The service was started with another embedding model.',
  retryable: false,
};

/** What a caller ended is not begun again, unless the project has outgrown it since. */
const TAKEN_BACK = [ReembeddingStatus.CANCELLED, ReembeddingStatus.ROLLED_BACK];

/**
 * At a start, before jobs are taken: what was going to another model than the configured one ends. What a caller takes
 * back is no affair of the configuration.
 */
export async function endOtherReembeddings({ database, embedder }: Services): Promise<void> {
  const em = database.fork();
  const going = await em.find(Reembedding, { finishedAt: null, rollsBackId: null });
  for (const { id, toModel } of going)
    if (!isConfigured(toModel, embedder.model)) await endReembedding(em, id, ReembeddingStatus.FAILED, SUPERSEDED);
}

/**
 * At a start: projects without passages get the configured embedding model, and the vectors of the others are made anew
 * in the background for the model that they should have. Not where a caller has cancelled that or taken it back: then
 * `reembedProject` does it.
 */
export async function adoptConfiguredModel(services: Services): Promise<void> {
  const { database, embedder, jobs } = services;
  const em = database.fork();
  const others = (await readWantedModels(em, embedder.model)).filter(({ model, wanted }) => model !== wanted);
  for (const { projectId } of others) await adopt(services, projectId, TAKEN_BACK);
  jobs.wake(REEMBEDDING_QUEUE);
}

/**
 * At the end of a sync: a project of a builtin model gets a space when it has become large enough for one, and another
 * one when it has outgrown its own. What failed waits for a start.
 */
export async function adoptSpace(services: Services, projectId: string): Promise<void> {
  const { database, embedder, jobs } = services;
  if (!isBuiltin(embedder.model)) return;
  const em = database.fork();
  const [project] = await readWantedModels(em, embedder.model, projectId);
  if (!project || !isBuiltin(project.model)) return;
  if (project.model !== project.wanted) {
    await adopt(services, projectId, [...TAKEN_BACK, ReembeddingStatus.FAILED]);
    return jobs.wake(REEMBEDDING_QUEUE);
  }
  const spaceId = spaceIdOf(project.model);
  if (spaceId !== null) await recordPassages(em, spaceId);
}

/**
 * The project is held, so that no sync stores its first passages meanwhile.
 * @param settled how the last such change ended where there is to be no other before the project has outgrown that one
 */
async function adopt(services: Services, projectId: string, settled: readonly ReembeddingStatus[]): Promise<void> {
  await services.database.fork().transactional(async (em) => {
    if (!(await lockProject(em, projectId, 'all'))) return;
    const [known] = await readWantedModels(em, services.embedder.model, projectId);
    const { model: fromModel, wanted: toModel, passages } = known!;
    if (passages === 0) await execute(em)`update project set embedding_model = ${toModel} where id = ${projectId}`;
    if (passages === 0 || fromModel === toModel || (await findActive(em, projectId))) return;
    const isSpace = spaceIdOf(toModel) !== null;
    const [last] = await em.find(
      Reembedding,
      { projectId, toModel: isSpace ? { $like: spaceModel('%') } : toModel, rollsBackId: null },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: 1 },
    );
    const isOver = last && settled.includes(last.status) && !(isSpace && isOutgrown(last.chunksTotal, passages));
    if (isOver) return;
    await queueReembedding(services, em, { projectId, fromModel, toModel });
  });
}
