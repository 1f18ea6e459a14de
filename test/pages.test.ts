import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startTestApp, type TestApp, type Values } from './support/test-app.js';
import { buildLists, LISTS, type ListName, type Lists, pageOf } from './support/lists.js';

/** More than two pages of two, and five are equal in the time that they are ordered by. */
const SIZE = 5;

let app: TestApp;
let lists: Lists;
beforeAll(async () => {
  app = await startTestApp();
  lists = await buildLists(app, SIZE);
});
afterAll(() => app.stop());

const page = (name: ListName, args: Values = {}) => pageOf(app, lists, name, args);
const names = Object.keys(LISTS) as ListName[];

describe.each(names)('%s', (name) => {
  it('comes whole and in order without arguments', async () => {
    const { edges, nodes, pageInfo, totalCount } = await page(name);
    expect(nodes.map(lists[name].keyOf)).toEqual(lists[name].keys);
    expect(edges.map((edge: Values) => edge.node)).toEqual(nodes);
    expect(totalCount).toBe(lists[name].keys.length);
    expect(pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: edges.at(-1).cursor,
    });
  });

  it('runs forward page by page, each beginning after the last', async () => {
    const seen: unknown[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const { nodes, pageInfo, totalCount }: Values = await page(name, { first: 2, after });
      seen.push(...nodes.map(lists[name].keyOf));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      expect(totalCount).toBe(lists[name].keys.length);
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
    }
    expect(seen).toEqual(lists[name].keys);
  });

  it('runs backward page by page, each in the order of the list', async () => {
    const seen: unknown[] = [];
    let before: string | null = null;
    for (let more = true; more;) {
      const { nodes, pageInfo }: Values = await page(name, { last: 2, before });
      seen.unshift(...nodes.map(lists[name].keyOf));
      expect(pageInfo.hasNextPage).toBe(before !== null);
      before = pageInfo.startCursor;
      more = pageInfo.hasPreviousPage;
    }
    expect(seen).toEqual(lists[name].keys);
  });

  it('takes what lies between two cursors', async () => {
    const { edges } = await page(name);
    const cursors = { after: edges[0].cursor, before: edges.at(-1).cursor };
    const { nodes, pageInfo } = await page(name, cursors);
    expect(nodes.map(lists[name].keyOf)).toEqual(lists[name].keys.slice(1, -1));
    expect(pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
    const fromTheEnd = await page(name, { last: 100, ...cursors });
    expect(fromTheEnd.pageInfo).toEqual(pageInfo);
  });

  it('has an empty page after its end', async () => {
    const { pageInfo } = await page(name);
    const past = await page(name, { after: pageInfo.endCursor });
    expect(past).toMatchObject({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
      totalCount: lists[name].keys.length,
    });
  });

  it('counts only when totalCount is selected', async () => {
    const counts = async (selection: string) =>
      (await app.statements(() => app.query(lists[name].document(selection), lists[name].variables))).filter(
        (statement) => /\bcount\(\*\)/i.test(statement),
      ).length;
    expect(await counts('nodes { __typename }')).toBe(0);
    expect(await counts('totalCount')).toBe(1);
  });
});
