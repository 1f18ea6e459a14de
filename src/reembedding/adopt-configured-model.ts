import { sql } from 'kysely';

import type { Services } from '../context.js';
import { FailureCode } from '../errors.js';
import type { Project } from '../project/project.entity.js';
import { Reembedding, ReembeddingStatus } from './reembedding.entity.js';
import {
  endReembedding,
  findActive,
  lacksModel,
  lockProject,
  queueReembedding,
  REEMBEDDING_QUEUE,
} from './reembedding.service.js';

const SUPERSEDED = {
  code: FailureCode.INTERRUPTED,
  message: 'The service was started with another embedding model.',
  retryable: false,
};

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
    select id from project p
    where embedding_model <> ${model} or exists (select from chunk where project_id = p.id and embedding_model <> ${model})
      or exists (select from reembedding where project_id = p.id and finished_at is null)
    order by id`.execute(db);
  for (const { id } of rows) await adopt(services, id);
  jobs.wake(REEMBEDDING_QUEUE);
}

async function adopt(services: Services, projectId: string): Promise<void> {
  const { model } = services.embedder;
  await services.database.fork().transactional(async (em) => {
    const project = await lockProject(em, projectId);
    if (!project) return;
    const active = await findActive(em, projectId);
    // What a caller takes back is no affair of the configuration.
    if (active && (active.toModel === model || active.rollsBackId)) return;
    if (active) await endReembedding(em, active.id, ReembeddingStatus.FAILED, SUPERSEDED);
    if (!(await lacksModel(em, project, model))) return;
    const [last] = await em.find(
      Reembedding,
      { projectId, toModel: model, rollsBackId: null },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: 1, disableIdentityMap: true },
    );
    if (last?.status === ReembeddingStatus.CANCELLED || last?.status === ReembeddingStatus.ROLLED_BACK) return;
    await queueReembedding(services, em, { projectId, fromModel: project.embeddingModel, toModel: model });
  });
}
