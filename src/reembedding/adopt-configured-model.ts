import { sql } from 'kysely';

import type { Services } from '../context.js';
import { FailureCode } from '../errors.js';
import type { Project } from '../project/project.entity.js';
import { Reembedding, ReembeddingStatus } from './reembedding.entity.js';
import { endReembedding, findActive, lockProject, queueReembedding, REEMBEDDING_QUEUE } from './reembedding.service.js';

const SUPERSEDED = {
  code: FailureCode.INTERRUPTED,
  message: 'The service was started with another embedding model.',
  retryable: false,
};

/**
 * At a start, before jobs are taken: what was going to another model than the configured one ends. What a caller takes
 * back is no affair of the configuration.
 */
export async function endOtherReembeddings({ database, embedder }: Services): Promise<void> {
  const others = { finishedAt: null, rollsBackId: null, toModel: { $ne: embedder.model } };
  const em = database.fork();
  for (const { id } of await em.find(Reembedding, others))
    await endReembedding(em, id, ReembeddingStatus.FAILED, SUPERSEDED);
}

/**
 * At a start: projects without passages get the configured embedding model, and the vectors of the others are made anew
 * for it in the background. Not again where a caller has cancelled that or taken it back: then `reembedProject` does it.
 */
export async function adoptConfiguredModel(services: Services): Promise<void> {
  const { database, embedder, jobs } = services;
  const { model } = embedder;
  const db = database.fork().getKysely();
  await sql`
    update project p set embedding_model = ${model}
    where embedding_model <> ${model} and not exists (select from chunk where project_id = p.id)`.execute(db);
  const { rows } = await sql<Pick<Project, 'id'>>`
    select id from project where embedding_model <> ${model} order by id`.execute(db);
  for (const { id } of rows) await adopt(services, id);
  jobs.wake(REEMBEDDING_QUEUE);
}

async function adopt(services: Services, projectId: string): Promise<void> {
  const { model } = services.embedder;
  await services.database.fork().transactional(async (em) => {
    const project = await lockProject(em, projectId);
    if (!project) return;
    if (project.embeddingModel === model || (await findActive(em, projectId))) return;
    const [last] = await em.find(
      Reembedding,
      { projectId, toModel: model, rollsBackId: null },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: 1 },
    );
    if (last?.status === ReembeddingStatus.CANCELLED || last?.status === ReembeddingStatus.ROLLED_BACK) return;
    await queueReembedding(services, em, { projectId, fromModel: project.embeddingModel, toModel: model });
  });
}
