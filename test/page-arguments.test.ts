import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildLists, LISTS, type ListName, type Lists, pageOf } from './support/lists.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

const NOT_OF_THIS_LIST = 'is not a cursor of this list. Take one from its edges or pageInfo.';

const names = Object.keys(LISTS) as ListName[];

let app: TestApp;
let lists: Lists;
/** The last cursor of each list. */
const cursors = new Map<ListName, string>();
beforeAll(async () => {
  app = await startTestApp();
  lists = await buildLists(app, 3);
  for (const name of names) cursors.set(name, (await pageOf(app, lists, name, {})).pageInfo.endCursor);
});
afterAll(() => app.stop());

/** The error that a list answers for these page arguments. */
async function refusal(name: ListName, args: Values) {
  const document = lists[name].document('nodes { __typename }');
  const { errors = [] } = await app.request(document, { ...lists[name].variables, ...args });
  expect(errors).toHaveLength(1);
  return { message: errors[0]!.message, code: errors[0]!.extensions.code };
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const keysOf = (cursor: string) => JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string[];

describe('first and last', () => {
  it.each([
    ['first', 0],
    ['first', -1],
    ['first', 101],
    ['first', 2_147_483_647],
    ['last', 0],
    ['last', -2_147_483_648],
    ['last', 101],
  ])('%s: %d is out of range', async (name, size) => {
    const args = { [name]: size };
    expect(await refusal('Project.documents', args)).toEqual({
      code: 'BAD_USER_INPUT',
      message: `${name} must be between 1 and 100.`,
    });
  });

  it('do not go together', async () => {
    expect(await refusal('llmProviders', { first: 1, last: 1 })).toEqual({
      code: 'BAD_USER_INPUT',
      message: 'Use first or last, not both.',
    });
  });

  it('take 1 and 100', async () => {
    expect((await pageOf(app, lists, 'Conversation.messages', { first: 1 })).nodes).toHaveLength(1);
    expect((await pageOf(app, lists, 'Conversation.messages', { last: 100 })).nodes).toHaveLength(3);
  });
});

describe('a cursor', () => {
  it.each(names)('of another list is refused by %s', async (name) => {
    const others = names.filter((other) => other !== name).map((other) => cursors.get(other)!);
    const refusals = await Promise.all(
      others.flatMap((cursor) => [refusal(name, { after: cursor }), refusal(name, { before: cursor })]),
    );
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(refusals[0]!.message).toBe(`after ${NOT_OF_THIS_LIST}`);
    expect(refusals[1]!.message).toBe(`before ${NOT_OF_THIS_LIST}`);
  });

  it('of the same list in another order is refused', async () => {
    const projects =
      'query($after: String, $orderBy: ProjectOrder) { projects(after: $after, orderBy: $orderBy) { pageInfo { endCursor } } }';
    const orderBy = { field: 'NAME', direction: 'ASC' };
    const { pageInfo } = (await app.query(projects, { orderBy })).projects;
    const after = pageInfo.endCursor;
    for (const other of [undefined, { ...orderBy, direction: 'DESC' }, { field: 'UPDATED_AT', direction: 'ASC' }]) {
      const { errors } = await app.request(projects, { after, orderBy: other });
      expect(errors).toMatchObject([{ message: `after ${NOT_OF_THIS_LIST}`, extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    expect((await app.query(projects, { after, orderBy })).projects.pageInfo.endCursor).toBeNull();
  });

  it('of the same list of another parent is good: it is a place in the order', async () => {
    const { pageInfo } = await pageOf(app, lists, 'LLMProvider.conversations', {});
    const document = lists['LLMProvider.conversations'].document('nodes { id }');
    const { node } = await app.query(document, { id: lists.llmProviders.keys[0], after: pageInfo.startCursor });
    expect(node.conversations.nodes).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'nonsense'],
    ['no base64', '!§$%&/()=?'],
    ['a number', encoded(1)],
    ['an object', encoded({ after: 'x' })],
    ['null', encoded(null)],
    ['no keys', encoded([])],
    ['deep JSON', Buffer.from('['.repeat(50_000)).toString('base64url')],
    ['100 kB', 'A'.repeat(100_000)],
  ])('that is %s is refused', async (_, cursor) => {
    for (const name of ['after', 'before']) {
      expect(await refusal('projects', { [name]: cursor })).toEqual({
        code: 'BAD_USER_INPUT',
        message: `${name} ${NOT_OF_THIS_LIST}`,
      });
    }
  });

  it.each(names)('of %s whose keys were tampered with is refused without a word of the database', async (name) => {
    const [list, ...keys] = keysOf(cursors.get(name)!);
    const bad = ['nonsense', '', '\0', '\ud800', '9'.repeat(400), "'; select 1; --", '99999-99-99T99:99:99Z'];
    // A key that is a text is a place in the order, whatever it says.
    const tampered = bad.flatMap((value) => [...keys.keys()].map((index) => keys.with(index, value)));
    const answers = await Promise.all(
      tampered.map((those) =>
        app.request(lists[name].document('nodes { __typename }'), {
          ...lists[name].variables,
          after: encoded([list, ...those]),
        }),
      ),
    );
    const refused = answers.flatMap(({ errors }) => errors ?? []);
    expect(refused.length).toBeGreaterThanOrEqual(bad.length);
    expect(new Set(refused.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(
      refused.filter(
        ({ message }) => !message.startsWith('after ') || !message.includes('is not a cursor of this list'),
      ),
    ).toEqual([]);
  });
});
