import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Embedding } from '../src/document/embedding.entity.js';
import { indexVectors } from '../src/document/vector-index.js';
import { newId } from '../src/platform/database/columns.js';
import { spaceModel } from '../src/platform/embedding/builtin-embedders.js';
import { SPACE_DIMENSIONS } from '../src/platform/embedding/term-space.js';
import { buildChunk, buildDocument, buildProject, buildProjectDoc } from './support/factories.js';
import { startTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

const FRUITS = ['apples', 'pears', 'plums', 'quinces', 'cherries', 'apricots', 'figs', 'grapes', 'olives', 'dates'];

async function buildOrchard() {
  const project = await buildProject(app);
  const projectDoc = await buildProjectDoc(app, { projectId: project.id });
  const document = await buildDocument(app, { projectId: project.id, projectDocId: projectDoc.id });
  const grow = async (fruit: string, chunkIndex: number) => {
    const chunkText = `How to grow ${fruit} in the orchard`;
    const [vector] = await app.app.services.embedder.embedDocuments([chunkText]);
    const place = { projectId: project.id, documentId: document.id, chunkIndex };
    await buildChunk(app, { ...place, chunkText, vector: vector! });
  };
  for (const [index, fruit] of FRUITS.entries()) await grow(fruit, index);
  const find = async (query: string): Promise<string[]> => {
    const { project: found } = await app.query(
      `query($id: ID!, $query: String!) { project(id: $id) { search(query: $query, mode: SEMANTIC, topK: 10) { hits { chunk { chunkText } } } } }`,
      { id: project.id, query },
    );
    return found.search.hits.map(({ chunk }: { chunk: { chunkText: string } }) => chunk.chunkText);
  };
  const indexed = (): Promise<number> =>
    app.app.services.database.fork().count(Embedding, { projectId: project.id, indexed: true });
  return { grow, find, indexed };
}

describe('the passages of a large project', () => {
  it('are found as before when they are in the approximate index, and so are those that are not yet', async () => {
    const large = await buildOrchard();
    const before = await large.find('quinces');
    expect(before[0]).toBe('How to grow quinces in the orchard');
    expect(await indexVectors(app.app.services.database, undefined, FRUITS.length - 1)).toBeGreaterThanOrEqual(10);
    expect(await large.indexed()).toBe(FRUITS.length);
    expect(await large.find('quinces')).toEqual(before);
    await large.grow('medlars', FRUITS.length);
    expect(await large.indexed()).toBe(FRUITS.length);
    expect((await large.find('medlars'))[0]).toBe('How to grow medlars in the orchard');
    expect((await large.find('quinces'))[0]).toBe('How to grow quinces in the orchard');
  });

  it('are never put there where their vectors are those of a space, which are shorter', async () => {
    const embeddingModel = spaceModel(newId());
    const project = await buildProject(app, { embeddingModel });
    const projectDoc = await buildProjectDoc(app, { projectId: project.id });
    const document = await buildDocument(app, { projectId: project.id, projectDocId: projectDoc.id });
    const vector = Array.from({ length: SPACE_DIMENSIONS }, () => 0.5);
    await buildChunk(app, { projectId: project.id, documentId: document.id, chunkIndex: 0, embeddingModel, vector });
    await indexVectors(app.app.services.database, undefined, 0, project.id);
    const count = (indexed: boolean): Promise<number> =>
      app.app.services.database.fork().count(Embedding, { projectId: project.id, indexed });
    expect([await count(true), await count(false)]).toEqual([0, 1]);
  });

  it('are not put there while it is small', async () => {
    const small = await buildOrchard();
    await indexVectors(app.app.services.database, undefined, FRUITS.length);
    expect(await small.indexed()).toBe(0);
  });
});
