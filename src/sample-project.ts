import type { Context } from './context.js';
import { insertProjectDoc } from './project-doc/project-doc.service.js';
import { SourceKind } from './project-doc/project-doc.entity.js';
import { queueRun } from './project-doc/sync-run.service.js';
import { newId } from './platform/database/columns.js';
import type { Em } from './platform/database/query.js';
import { Project } from './project/project.entity.js';

/** What the sample project holds of this service's own checkout. */
export const SAMPLE_FILES = ['README.md', 'LICENSE', 'docs'];
export const SAMPLE_QUESTION = 'How do I move to PostgreSQL?';

/** A project about this service itself, so that a newcomer's first query finds something. It is synced by a job. */
export async function createSampleProject(ctx: Pick<Context, 'jobs' | 'embedder' | 'checkout'>, em: Em): Promise<void> {
  const projectId = newId();
  const now = new Date();
  const description = 'A sample: the documentation of this service. Delete it when you do not need it any more.';
  const embeddingModel = ctx.embedder.model;
  await em.insert(Project, {
    id: projectId,
    name: 'ibid',
    description,
    embeddingModel,
    createdAt: now,
    updatedAt: now,
  });
  const source = {
    projectId,
    name: 'README and docs',
    description: null,
    sourceKind: SourceKind.CHECKOUT,
    githubUrl: ctx.checkout.url,
  };
  const { id } = await insertProjectDoc(em, source);
  await queueRun(ctx, em, id);
}
