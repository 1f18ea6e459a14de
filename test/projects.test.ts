import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { newId } from '../src/platform/database/columns.js';
import { buildConversation, buildMessage, buildProject, buildProjectDoc } from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

const FIELDS = 'project { id name description createdAt updatedAt }';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

const read = async (id: string) =>
  (await app.query('query($id: ID!) { project(id: $id) { id name description updatedAt } }', { id })).project;

describe('createProject', () => {
  it('creates a project with a trimmed name', async () => {
    const { project, userErrors } = await app.mutate('createProject', FIELDS, { name: '  Handbook\n' });
    expect(userErrors).toEqual([]);
    expect(project).toMatchObject({ name: 'Handbook', description: null });
    expect(project.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(project.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(project.updatedAt).toBe(project.createdAt);
    expect(await read(project.id)).toMatchObject({ id: project.id, name: 'Handbook' });
  });

  it('keeps a trimmed description, and makes null of a blank one', async () => {
    const { project } = await app.mutate('createProject', FIELDS, { name: 'Described', description: ' What it is. ' });
    expect(project.description).toBe('What it is.');
    const blank = await app.mutate('createProject', FIELDS, { name: 'Blank', description: '  ' });
    expect(blank.project.description).toBeNull();
  });

  it('answers TAKEN for a name that is in use, however it is spaced', async () => {
    await app.mutate('createProject', FIELDS, { name: 'Twice' });
    const { project, userErrors } = await app.mutate('createProject', FIELDS, { name: ' Twice ' });
    expect(project).toBeNull();
    expect(userErrors).toEqual([
      { code: 'TAKEN', message: 'Another project has this name. Choose another one.', field: ['input', 'name'] },
    ]);
  });

  it('lets one of several that want the same name at once have it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => app.mutate('createProject', FIELDS, { name: 'Contested' })),
    );
    expect(answers.filter(({ project }) => project)).toHaveLength(1);
    expect(answers.flatMap(({ userErrors }) => userErrors).map(({ code }) => code)).toEqual(Array(4).fill('TAKEN'));
  });

  it.each([
    ['a blank name', { name: ' \t\n' }, 'name', 'Name must not be blank.'],
    ['a name of 256 characters', { name: 'n'.repeat(256) }, 'name', 'Name must have at most 255 characters.'],
    ['a name with NUL', { name: 'a\0b' }, 'name', 'Name must not hold NUL characters or broken Unicode.'],
    [
      'a name with half a surrogate pair',
      { name: 'a\ud800b' },
      'name',
      'Name must not hold NUL characters or broken Unicode.',
    ],
    [
      'a description of 10,001 characters',
      { name: 'Long', description: 'd'.repeat(10_001) },
      'description',
      'Description must have at most 10,000 characters.',
    ],
  ])('answers INVALID for %s', async (_, input, field, message) => {
    const { project, userErrors } = await app.mutate('createProject', FIELDS, input);
    expect(project).toBeNull();
    expect(userErrors).toEqual([{ code: 'INVALID', message, field: ['input', field] }]);
  });

  it('counts characters as people do: 255 of them that need two code units each are accepted', async () => {
    const { project, userErrors } = await app.mutate('createProject', FIELDS, { name: '😀'.repeat(255) });
    expect(userErrors).toEqual([]);
    expect(project.name).toBe('😀'.repeat(255));
  });

  it('tells every fault of an input at once', async () => {
    const { userErrors } = await app.mutate('createProject', FIELDS, { name: '', description: 'd'.repeat(10_001) });
    expect(userErrors.map(({ field }: Values) => field)).toEqual([
      ['input', 'name'],
      ['input', 'description'],
    ]);
  });
});

describe('updateProject', () => {
  it('changes what is given and leaves the rest', async () => {
    const before = new Date(Date.now() - 60_000);
    const { id } = await buildProject(app, { description: 'Stays', createdAt: before, updatedAt: before });
    const { project, userErrors } = await app.mutate('updateProject', FIELDS, { id, name: ' Renamed ' });
    expect(userErrors).toEqual([]);
    expect(project).toMatchObject({ id, name: 'Renamed', description: 'Stays', createdAt: before.toISOString() });
    expect(Date.parse(project.updatedAt)).toBeGreaterThan(before.getTime() + 50_000);
  });

  it('clears the description by null', async () => {
    const { id } = await buildProject(app, { description: 'Goes' });
    expect((await app.mutate('updateProject', FIELDS, { id, description: null })).project.description).toBeNull();
  });

  it('leaves updatedAt when nothing changes', async () => {
    const updatedAt = new Date('2026-01-31T12:00:00.123Z');
    const { id, name } = await buildProject(app, { updatedAt });
    const same = await app.mutate('updateProject', FIELDS, { id, name });
    expect(same.project.updatedAt).toBe('2026-01-31T12:00:00.123Z');
    const nothing = await app.mutate('updateProject', FIELDS, { id });
    expect(nothing.project.updatedAt).toBe('2026-01-31T12:00:00.123Z');
  });

  it('answers INVALID for a null name and keeps the old one', async () => {
    const { id, name } = await buildProject(app);
    const { project, userErrors } = await app.mutate('updateProject', FIELDS, { id, name: null, description: 'New' });
    expect(project).toBeNull();
    expect(userErrors).toEqual([
      {
        code: 'INVALID',
        message: 'Name must not be null. Leave it out to keep it as it is.',
        field: ['input', 'name'],
      },
    ]);
    expect(await read(id)).toMatchObject({ name, description: null });
  });

  it('answers TAKEN for the name of another project, and takes its own again', async () => {
    const [one, other] = [await buildProject(app), await buildProject(app)];
    const { userErrors } = await app.mutate('updateProject', FIELDS, { id: one.id, name: other.name });
    expect(userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'name'] }]);
    expect((await app.mutate('updateProject', FIELDS, { id: one.id, name: one.name })).userErrors).toEqual([]);
  });

  it.each(['nonsense', newId()])('answers NOT_FOUND for the id %s', async (id) => {
    const { project, userErrors } = await app.mutate('updateProject', FIELDS, { id, name: 'New' });
    expect(project).toBeNull();
    expect(userErrors).toEqual([
      { code: 'NOT_FOUND', message: 'There is no project with this id.', field: ['input', 'id'] },
    ]);
  });
});

describe('deleteProject', () => {
  it('deletes a project with what belongs to it', async () => {
    const { id } = await buildProject(app);
    const projectDoc = await buildProjectDoc(app, { projectId: id });
    const conversation = await buildConversation(app, { projectId: id });
    const message = await buildMessage(app, { conversationId: conversation.id, sequence: 1 });
    expect(await app.mutate('deleteProject', 'deletedId', { id })).toEqual({ deletedId: id, userErrors: [] });
    expect(
      await app.query('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
        ids: [id, projectDoc.id, conversation.id, message.id],
      }),
    ).toEqual({ nodes: [null, null, null, null] });
  });

  it('answers the id as it is, also where it was given in upper case', async () => {
    const { id: deletedId } = await buildProject(app);
    const id = deletedId.toUpperCase();
    expect(await app.mutate('deleteProject', 'deletedId', { id })).toEqual({ deletedId, userErrors: [] });
  });

  it('answers NOT_FOUND the second time', async () => {
    const { id } = await buildProject(app);
    await app.mutate('deleteProject', 'deletedId', { id });
    expect(await app.mutate('deleteProject', 'deletedId', { id })).toEqual({
      deletedId: null,
      userErrors: [{ code: 'NOT_FOUND', message: 'There is no project with this id.', field: ['input', 'id'] }],
    });
  });
});

describe('project', () => {
  it.each(['', 'nonsense', '1', newId()])('is null for the id "%s"', async (id) => {
    expect(await read(id)).toBeNull();
  });

  it('is found by its id in upper case too', async () => {
    const { id } = await buildProject(app);
    expect(await read(id.toUpperCase())).toMatchObject({ id });
  });

  it('counts what it holds', async () => {
    const { id: projectId } = await buildProject(app);
    await buildProjectDoc(app, { projectId });
    const conversation = await buildConversation(app, { projectId });
    await buildMessage(app, { conversationId: conversation.id, sequence: 1 });
    await buildMessage(app, { conversationId: conversation.id, sequence: 2 });
    const { project } = await app.query(
      `query($id: ID!) { project(id: $id) { stats { projectDocCount documentCount chunkCount conversationCount messageCount } } }`,
      { id: projectId },
    );
    expect(project.stats).toEqual({
      projectDocCount: 1,
      documentCount: 0,
      chunkCount: 0,
      conversationCount: 1,
      messageCount: 2,
    });
  });
});
