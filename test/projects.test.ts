import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

describe('createProject', () => {
  it('creates a project with a trimmed name', async () => {
    const { project, userErrors } = await app.mutate('createProject', 'project { id name description createdAt updatedAt }', { name: '  Handbook  ' });
    expect(userErrors).toEqual([]);
    expect(project).toMatchObject({ name: 'Handbook', description: null });
    expect(project.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('answers TAKEN for a name that is in use', async () => {
    await app.mutate('createProject', 'project { id }', { name: 'Twice' });
    const { project, userErrors } = await app.mutate('createProject', 'project { id }', { name: 'Twice' });
    expect(project).toBeNull();
    expect(userErrors).toEqual([{ code: 'TAKEN', message: expect.any(String), field: ['input', 'name'] }]);
  });
});
