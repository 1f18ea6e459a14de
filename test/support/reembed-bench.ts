import { Project } from '../../src/project/project.entity.js';
import { buildChunk, buildDocument, buildProject, buildProjectDoc } from './factories.js';
import type { Changes, GitHost } from './git-host.js';
import { embedsWith, type ScriptedProvider, waitsFor } from './scripted-provider.js';
import { type Followed, followRepository, syncToEnd } from './sync-bench.js';
import type { TestApp, Values } from './test-app.js';
import { until } from './until.js';

export const REEMBEDDING = `id status fromModel toModel chunksTotal chunksDone chunksEmbedded progress startedAt finishedAt keptUntil
  error { code message retryable } rollsBack { id }`;

/** A synced project whose model is `model`, whatever is configured. */
export async function buildProjectOf(app: TestApp, host: GitHost, model: string, files: Changes): Promise<Followed> {
  const followed = await followRepository(app, host, files);
  await app.app.services.database.fork().nativeUpdate(Project, { id: followed.projectId }, { embeddingModel: model });
  await syncToEnd(app, followed);
  return followed;
}

/**
 * The same without a repository, for tests that do not sync it: one passage in each file, which is its title and its text.
 */
export async function buildStoredProject(app: TestApp, model: string, files: Changes): Promise<{ projectId: string }> {
  const { id: projectId } = await buildProject(app, { embeddingModel: model });
  const { id: projectDocId } = await buildProjectDoc(app, { projectId });
  const embedder = await app.app.services.embedders.of(model);
  const texts = Object.values(files).map(String);
  const vectors: ArrayLike<number>[] = [];
  for (let start = 0; start < texts.length; start += embedder.batchSize)
    vectors.push(...(await embedder.embedDocuments(texts.slice(start, start + embedder.batchSize))));
  for (const [index, filePath] of Object.keys(files).entries()) {
    const chunkText = texts[index]!.trim();
    const title = chunkText.split('\n', 1)[0]!.replace('# ', '');
    const { id: documentId } = await buildDocument(app, {
      projectId,
      projectDocId,
      filePath,
      title,
      passageCount: 1,
    });
    const passage = { chunkText, headerPath: [title], endLine: 3 };
    const embedded = { vector: vectors[index]!, embeddingModel: model };
    await buildChunk(app, { projectId, documentId, chunkIndex: 0, ...passage, ...embedded });
  }
  return { projectId };
}

/** The reembedding as soon as it is as `reached` wants it; default: at its end. */
export function untilReembedding(
  app: TestApp,
  id: string,
  reached: (reembedding: Values) => boolean = ({ finishedAt }) => finishedAt !== null,
): Promise<Values> {
  const query = `query($id: ID!) { node(id: $id) { ... on Reembedding { ${REEMBEDDING} } } }`;
  return until(async () => (await app.query(query, { id })).node, reached);
}

/** What a project says of its model, its newest reembedding first. */
export async function modelOf(app: TestApp, projectId: string): Promise<Values> {
  const { project } = await app.query(
    `query($id: ID!) { project(id: $id) {
      embeddingModel latestReembedding { id } reembeddings { totalCount nodes { ${REEMBEDDING} } }
    } }`,
    { id: projectId },
  );
  return project;
}

/** All texts that a provider was sent, in their order. */
export const textsSentTo = (provider: ScriptedProvider): string[] =>
  provider.requests.flatMap(({ body }) => body.input as string[]);

/** Lets `answered` requests for embeddings through, then holds them until `release` is called. */
export function holdAfter(provider: ScriptedProvider, answered: number, length = 768): { release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const embeds = embedsWith(length);
  provider.scriptEmbeddings(...Array.from({ length: answered }, () => embeds), waitsFor(promise, embeds));
  return { release: resolve };
}
