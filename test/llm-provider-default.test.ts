import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { newId } from '../src/platform/database/columns.js';
import { buildConversation, buildLLMProvider, buildProject } from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

const FIELDS =
  'llmProvider { id providerName modelName isDefault apiConfig createdAt } previousDefault { id isDefault }';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

const create = (input: Values) => app.mutate('createLLMProvider', FIELDS, input);
const update = (input: Values) => app.mutate('updateLLMProvider', FIELDS, input);
const remove = (id: string) => app.mutate('deleteLLMProvider', 'deletedId', { id });
const defaults = async (): Promise<string[]> =>
  (await app.query('{ llmProviders(first: 100) { nodes { id isDefault } } }')).llmProviders.nodes
    .filter(({ isDefault }: Values) => isDefault)
    .map(({ id }: Values) => id);

const NO_SUCH = { code: 'NOT_FOUND', message: 'There is no LLMProvider with this id.', field: ['input', 'id'] };

describe('setDefaultLLMProvider', () => {
  const setDefault = (id: string) => app.mutate('setDefaultLLMProvider', FIELDS, { id });

  it('makes it the default and tells which one was it', async () => {
    const { id } = await buildLLMProvider(app);
    const [before] = await defaults();
    expect(await setDefault(id)).toMatchObject({
      llmProvider: { id, isDefault: true },
      previousDefault: { id: before, isDefault: false },
      userErrors: [],
    });
    expect(await defaults()).toEqual([id]);
  });

  it('changes nothing for the one that is the default', async () => {
    const [id] = await defaults();
    expect(await setDefault(id!)).toMatchObject({ llmProvider: { id, isDefault: true }, previousDefault: null });
    expect(await defaults()).toEqual([id]);
  });

  it('leaves exactly one default and fails for nobody when several call at once', async () => {
    const providers = await Promise.all(Array.from({ length: 4 }, () => buildLLMProvider(app)));
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(providers.map(({ id }) => setDefault(id)));
      expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
      const now = await defaults();
      expect(now).toHaveLength(1);
      expect(providers.map(({ id }) => id)).toContain(now[0]);
    }
  });

  it('leaves exactly one default when new ones come as the default at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        create({ providerName: 'ollama', modelName: `at once ${index}`, isDefault: true }),
      ),
    );
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(await defaults()).toHaveLength(1);
  });

  it.each(['nonsense', newId()])('answers NOT_FOUND for the id %s', async (id) => {
    expect((await setDefault(id)).userErrors).toEqual([NO_SUCH]);
  });
});

describe('updateLLMProvider', () => {
  it('moves the default here, and answers CONFLICT when the default would be unset', async () => {
    const { id } = await buildLLMProvider(app, { providerName: 'ollama' });
    const [before] = await defaults();
    const moved = await update({ id, isDefault: true });
    expect(moved).toMatchObject({
      llmProvider: { id, isDefault: true },
      previousDefault: { id: before, isDefault: false },
    });
    expect(await defaults()).toEqual([id]);
    const unset = await update({ id, isDefault: false, modelName: 'not written' });
    expect(unset.llmProvider).toBeNull();
    expect(unset.userErrors).toEqual([
      {
        code: 'CONFLICT',
        message: 'There must be a default. Make another one the default instead.',
        field: ['input', 'isDefault'],
      },
    ]);
    expect((await update({ id })).llmProvider).toMatchObject({
      isDefault: true,
      modelName: expect.not.stringMatching('not written'),
    });
  });
});

describe('deleteLLMProvider', () => {
  it('deletes one that nobody uses', async () => {
    const { id } = await buildLLMProvider(app);
    expect(await remove(id)).toEqual({ deletedId: id, userErrors: [] });
    expect(await remove(id)).toEqual({ deletedId: null, userErrors: [NO_SUCH] });
  });

  it('answers CONFLICT for the default', async () => {
    const [id] = await defaults();
    expect(await remove(id!)).toEqual({
      deletedId: null,
      userErrors: [
        {
          code: 'CONFLICT',
          message: 'The default cannot be deleted. Make another one the default first.',
          field: ['input', 'id'],
        },
      ],
    });
  });

  it('answers IN_USE while conversations use it, until they are given another one', async () => {
    const { id } = await buildLLMProvider(app);
    const { id: projectId } = await buildProject(app);
    const conversation = await buildConversation(app, { projectId, llmProviderId: id });
    expect(await remove(id)).toEqual({
      deletedId: null,
      userErrors: [
        {
          code: 'IN_USE',
          message: 'Conversations use it. Give them another one with updateConversation, or delete them, first.',
          field: ['input', 'id'],
        },
      ],
    });
    const [other] = await defaults();
    await app.mutate('updateConversation', 'conversation { id }', { id: conversation.id, llmProviderId: other });
    expect(await remove(id)).toEqual({ deletedId: id, userErrors: [] });
  });
});
