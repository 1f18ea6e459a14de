import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { newId } from '../src/platform/database/columns.js';
import { SyncStatus } from '../src/project-doc/project-doc.entity.js';
import { SyncRunStatus } from '../src/project-doc/sync-run.entity.js';
import { buildDocument, buildProject, buildProjectDoc, buildSyncRun } from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

const FIELDS =
  'projectDoc { id project { id } name description githubUrl githubFolderPath branch syncStatus lastSyncedAt createdAt updatedAt }';
const LONG_AGO = new Date('2026-01-31T12:00:00.000Z');

let app: TestApp;
let projectId: string;
beforeAll(async () => {
  app = await startTestApp();
  projectId = (await buildProject(app)).id;
});
afterAll(() => app.stop());

const GIVEN = { name: 'Docs', githubUrl: 'https://github.com/o/r' };
const create = (input: Values) => app.mutate('createProjectDoc', FIELDS, { projectId, ...GIVEN, ...input });
const update = (input: Values) => app.mutate('updateProjectDoc', FIELDS, input);

const NO_PROJECT_DOC = {
  code: 'NOT_FOUND',
  message: 'There is no ProjectDoc with this id.',
  field: ['input', 'id'],
};

describe('createProjectDoc', () => {
  it('adds a repository that is not synced yet', async () => {
    const { projectDoc, userErrors } = await create({ name: ' Docs ', description: ' All of it. ' });
    expect(userErrors).toEqual([]);
    expect(projectDoc).toMatchObject({
      project: { id: projectId },
      name: 'Docs',
      description: 'All of it.',
      githubUrl: 'https://github.com/o/r',
      githubFolderPath: null,
      branch: null,
      syncStatus: 'NOT_SYNCED',
      lastSyncedAt: null,
    });
    expect(projectDoc.updatedAt).toBe(projectDoc.createdAt);
  });

  it('may add the same repository twice, under the same name', async () => {
    expect((await create({})).userErrors).toEqual([]);
    expect((await create({})).userErrors).toEqual([]);
  });

  it.each(['nonsense', newId()])('answers NOT_FOUND for the project %s', async (unknown) => {
    expect(await create({ projectId: unknown })).toEqual({
      projectDoc: null,
      userErrors: [{ code: 'NOT_FOUND', message: 'There is no project with this id.', field: ['input', 'projectId'] }],
    });
  });

  it('says so when the project goes at the same time: before it, just after it, or while it is answered', async () => {
    const document = `mutation($input: CreateProjectDocInput!) {
      createProjectDoc(input: $input) { projectDoc { project { id } } userErrors { code } } }`;
    for (let round = 0; round < 5; round += 1) {
      const { id } = await buildProject(app);
      const [{ data, errors = [] }, deleted] = await Promise.all([
        app.request(document, { input: { projectId: id, ...GIVEN } }),
        app.mutate('deleteProject', 'deletedId', { id }),
      ]);
      expect(deleted).toEqual({ deletedId: id, userErrors: [] });
      const { projectDoc, userErrors } = (data as Values).createProjectDoc;
      const codes = [...userErrors, ...errors.map(({ extensions }) => extensions)].map(({ code }) => code);
      if (projectDoc) expect([projectDoc, codes]).toEqual([{ project: { id } }, []]);
      else expect([['NOT_FOUND'], ['CONFLICT']]).toContainEqual(codes);
    }
  });

  it.each([
    [{ name: '' }, 'name', 'Name must not be blank.'],
    [{ name: 'n'.repeat(256) }, 'name', 'Name must have at most 255 characters.'],
    [{ description: 'd'.repeat(10_001) }, 'description', 'Description must have at most 10,000 characters.'],
  ])('answers INVALID for %j', async (input, field, message) => {
    const { projectDoc, userErrors } = await create(input);
    expect(projectDoc).toBeNull();
    expect(userErrors).toEqual([{ code: 'INVALID', message, field: ['input', field] }]);
  });
});

describe('updateProjectDoc', () => {
  const synced = (values: Values = {}) =>
    buildProjectDoc(app, {
      projectId,
      githubFolderPath: 'docs',
      branch: 'main',
      lastSyncedAt: LONG_AGO,
      syncStatus: SyncStatus.SYNCED,
      createdAt: LONG_AGO,
      updatedAt: LONG_AGO,
      ...values,
    });

  it('changes name and description without touching the sync', async () => {
    const { id } = await synced();
    const { projectDoc, userErrors } = await update({ id, name: ' Renamed ', description: 'New' });
    expect(userErrors).toEqual([]);
    expect(projectDoc).toMatchObject({
      name: 'Renamed',
      description: 'New',
      githubFolderPath: 'docs',
      branch: 'main',
      syncStatus: 'SYNCED',
      createdAt: LONG_AGO.toISOString(),
    });
    expect(Date.parse(projectDoc.updatedAt)).toBeGreaterThan(LONG_AGO.getTime());
    expect((await update({ id, description: null })).projectDoc).toMatchObject({ name: 'Renamed', description: null });
  });

  it.each([
    ['URL', { githubUrl: 'https://github.com/o/other' }],
    ['branch', { branch: 'next' }],
    ['branch, to the default one', { branch: null }],
    ['folder', { githubFolderPath: 'guide' }],
    ['folder, to the whole repository', { githubFolderPath: null }],
  ])('makes it NOT_SYNCED with a new %s, and keeps its documents', async (_, change) => {
    const { id } = await synced();
    await buildDocument(app, { projectId, projectDocId: id });
    const { projectDoc, userErrors } = await update({ id, ...change });
    expect(userErrors).toEqual([]);
    expect(projectDoc).toMatchObject({ ...change, syncStatus: 'NOT_SYNCED', lastSyncedAt: LONG_AGO.toISOString() });
    const found = await app.query('query($id: ID!) { projectDoc(id: $id) { freshness documents { totalCount } } }', {
      id,
    });
    expect(found.projectDoc).toEqual({ freshness: 'NOT_SYNCED', documents: { totalCount: 1 } });
  });

  it('stays SYNCED when URL, branch and folder come again as they are', async () => {
    const { id } = await synced();
    const same = { githubUrl: 'git@github.com:owner/repository.git', branch: ' main ', githubFolderPath: '/docs/' };
    const { projectDoc } = await update({ id, ...same });
    expect(projectDoc).toMatchObject({ syncStatus: 'SYNCED', updatedAt: LONG_AGO.toISOString() });
  });

  it('stays SYNCED when its page comes again, after a sync found where the name of the branch ends', async () => {
    const { id } = await synced({ branch: 'release/2.0' });
    const found = { branch: 'release/2.0', githubFolderPath: 'docs' };
    const page = 'https://github.com/owner/repository/tree/release/2.0';
    const { projectDoc } = await update({ id, githubUrl: `${page}/docs` });
    expect(projectDoc).toMatchObject({ ...found, syncStatus: 'SYNCED', updatedAt: LONG_AGO.toISOString() });
    for (const change of [{ githubUrl: `${page}/guide` }, { branch: 'release', githubFolderPath: '2.0/docs' }])
      expect((await update({ id, ...change })).projectDoc).toMatchObject({ syncStatus: 'NOT_SYNCED' });
  });

  it('takes branch and folder from a pasted page where they are left out, and not where they are given', async () => {
    const { id } = await synced();
    const pasted = 'https://github.com/o/r/tree/v2/guide/start';
    const filled = await update({ id, githubUrl: pasted });
    expect(filled.projectDoc).toMatchObject({
      githubUrl: 'https://github.com/o/r',
      branch: 'v2',
      githubFolderPath: 'guide/start',
    });
    const given = await update({ id, githubUrl: pasted, branch: 'v3', githubFolderPath: null });
    expect(given.projectDoc).toMatchObject({ branch: 'v3', githubFolderPath: null });
    // A plain address says nothing of them: they stay.
    const plain = await update({ id, githubUrl: 'https://github.com/o/other' });
    expect(plain.projectDoc).toMatchObject({ branch: 'v3', githubFolderPath: null });
  });

  it('answers INVALID for null where there must be a value, and changes nothing', async () => {
    const { id } = await synced();
    expect(await update({ id, name: null, githubUrl: null, branch: 'next' })).toEqual({
      projectDoc: null,
      userErrors: [
        {
          code: 'INVALID',
          message: 'Name must not be null. Leave it out to keep it as it is.',
          field: ['input', 'name'],
        },
        {
          code: 'INVALID',
          message: 'githubUrl must not be null. Leave it out to keep it as it is.',
          field: ['input', 'githubUrl'],
        },
      ],
    });
    expect((await update({ id })).projectDoc).toMatchObject({ branch: 'main', updatedAt: LONG_AGO.toISOString() });
  });

  it.each([SyncRunStatus.QUEUED, SyncRunStatus.RUNNING])(
    'answers CONFLICT for URL, branch and folder while a run is %s',
    async (status) => {
      const { id } = await synced();
      // Silent since just now, so that nobody takes it up in the meantime.
      const run = await buildSyncRun(app, { projectDocId: id, status, finishedAt: null, heartbeatAt: new Date() });
      for (const change of [{ githubUrl: 'https://github.com/o/other' }, { branch: 'x' }, { githubFolderPath: 'x' }]) {
        expect(await update({ id, ...change })).toEqual({
          projectDoc: null,
          userErrors: [
            {
              code: 'CONFLICT',
              message: 'A sync is going. Cancel it or wait for its end, then change URL, branch or folder.',
              field: ['input', 'id'],
            },
          ],
        });
      }
      expect((await update({ id, name: 'Renamed', branch: 'main' })).userErrors).toEqual([]);
      await app.mutate('cancelSyncRun', 'syncRun { id }', { id: run.id });
      expect((await update({ id, branch: 'x' })).userErrors).toEqual([]);
    },
  );

  it.each(['nonsense', newId()])('answers NOT_FOUND for the id %s', async (id) => {
    expect((await update({ id, name: 'New' })).userErrors).toEqual([NO_PROJECT_DOC]);
  });
});

describe('deleteProjectDoc', () => {
  it('deletes it with its documents and runs', async () => {
    const { id } = await buildProjectDoc(app, { projectId });
    const document = await buildDocument(app, { projectId, projectDocId: id });
    const run = await buildSyncRun(app, { projectDocId: id });
    expect(await app.mutate('deleteProjectDoc', 'deletedId', { id })).toEqual({ deletedId: id, userErrors: [] });
    const ids = [id, document.id, run.id];
    expect((await app.query('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })).nodes).toEqual([
      null,
      null,
      null,
    ]);
    expect((await app.mutate('deleteProjectDoc', 'deletedId', { id })).userErrors).toEqual([NO_PROJECT_DOC]);
  });
});

describe('projectDoc', () => {
  it.each(['', 'nonsense', newId()])('is null for the id "%s"', async (id) => {
    expect(await app.query('query($id: ID!) { projectDoc(id: $id) { id } }', { id })).toEqual({ projectDoc: null });
  });
});
