import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  buildConversation,
  buildEvaluationRun,
  buildEvaluationSet,
  buildProject,
  buildProjectDoc,
} from './support/factories.js';
import { startTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

/** Two of a kind, one of which is then deleted; the first is the owner. */
type Built = Promise<[ownerId: string, ids: string[]]>;

async function inProject(build: (projectId: string) => Promise<{ id: string }>): Built {
  const { id } = await buildProject(app);
  return [id, [(await build(id)).id, (await build(id)).id]];
}

async function inSet(): Built {
  const { id: projectId } = await buildProject(app);
  const { id } = await buildEvaluationSet(app, { projectId });
  const build = () => buildEvaluationRun(app, { setId: id });
  return [id, [(await build()).id, (await build()).id]];
}

describe.each<[mutation: string, owner: string, count: string, left: object, build: () => Built]>([
  [
    'deleteConversation',
    'project',
    'stats { conversationCount } conversations { totalCount }',
    { stats: { conversationCount: 1 }, conversations: { totalCount: 1 } },
    () => inProject((projectId) => buildConversation(app, { projectId })),
  ],
  [
    'deleteProjectDoc',
    'project',
    'projectDocs { totalCount }',
    { projectDocs: { totalCount: 1 } },
    () => inProject((projectId) => buildProjectDoc(app, { projectId })),
  ],
  [
    'deleteEvaluationSet',
    'project',
    'evaluationSets { totalCount }',
    { evaluationSets: { totalCount: 1 } },
    () => inProject((projectId) => buildEvaluationSet(app, { projectId })),
  ],
  ['deleteEvaluationRun', 'evaluationSet', 'runs { totalCount }', { runs: { totalCount: 1 } }, inSet],
])('%s', (mutation, owner, count, left, build) => {
  it(`leads back to its ${owner} as that is now, and is nowhere when it is refused`, async () => {
    const [ownerId, [id]] = await build();
    const selection = `deletedId ${owner} { id ${count} }`;
    expect(await app.mutate(mutation, selection, { id: id!.toUpperCase() })).toEqual({
      deletedId: id,
      [owner]: { id: ownerId, ...left },
      userErrors: [],
    });
    expect(await app.mutate(mutation, selection, { id })).toEqual({
      deletedId: null,
      [owner]: null,
      userErrors: [expect.objectContaining({ code: 'NOT_FOUND', field: ['input', 'id'] })],
    });
  });

  it('costs one statement more where that is selected', async () => {
    const [, [first, second]] = await build();
    const alone = await app.statements(() => app.mutate(mutation, 'deletedId', { id: first }));
    const both = await app.statements(() => app.mutate(mutation, `deletedId ${owner} { id name }`, { id: second }));
    expect(both.length - alone.length).toBe(1);
  });
});
