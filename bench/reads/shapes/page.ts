import type { Client } from 'pg';

import { asks, bare, graphql, type Kind, type Send, type Shape, time, type Variables } from './shape.js';

const IBID = `query($first: Int!, $after: String) { projects(first: $first, after: $after) {
  nodes { id name description createdAt updatedAt } pageInfo { hasNextPage endCursor } } }`;
const POSTGRAPHILE = `query($first: Int!, $after: Cursor) { allProjects(first: $first, after: $after, orderBy: ROW_ID_DESC) {
  nodes { rowId name description createdAt updatedAt } pageInfo { hasNextPage endCursor } } }`;
const SQL = `select id, name, description, created_at, updated_at from project
  where $2::timestamptz is null or (created_at, id) < ($2, $3::uuid) order by created_at desc, id desc limit $1`;

const readPage = ({ nodes, pageInfo }: any) => ({
  hasNextPage: pageInfo.hasNextPage,
  nodes: nodes.map(({ id, rowId, createdAt, updatedAt, ...rest }: any) => ({
    id: id ?? rowId,
    createdAt: time(createdAt),
    updatedAt: time(updatedAt),
    ...rest,
  })),
});

/** The place after each project, newest first, in the form of each server. */
export async function readCursors(
  database: Client,
  sends: Readonly<Record<Kind, Send>>,
): Promise<Record<'ibid' | 'postgraphile' | 'bare', Variables[]>> {
  const ask = async (send: Send, query: string) => JSON.parse(await send(JSON.stringify({ query }))).data;
  const { projects } = await ask(sends.ibid, '{ projects(first: 100) { edges { cursor } } }');
  const { allProjects } = await ask(
    sends.postgraphile,
    '{ allProjects(first: 100, orderBy: ROW_ID_DESC) { edges { cursor } } }',
  );
  const { rows } = await database.query('select id, created_at from project order by created_at desc, id desc');
  const after = ({ cursor }: any) => ({ after: cursor });
  return {
    ibid: projects.edges.map(after),
    postgraphile: allProjects.edges.map(after),
    bare: rows.map(({ id, created_at }) => ({ after: created_at, afterId: id })),
  };
}

/** Projects, newest first: the first page of a hundred, and by turns one of fifty in the middle. */
export const page: Shape = {
  key: 'b',
  title: '100 projects, and 50 in the middle',
  async prepare(database, sends) {
    const cursors = await readCursors(database, sends);
    const pages = (places: readonly Variables[]) => [{ first: 100 }, { first: 50, ...places[24] }];
    return asks(
      graphql(IBID, pages(cursors.ibid)),
      graphql(POSTGRAPHILE, pages(cursors.postgraphile)),
      bare('b', pages(cursors.bare)),
    );
  },
  read: {
    ibid: (data) => readPage(data.projects),
    postgraphile: (data) => readPage(data.allProjects),
    bare: readPage,
  },
  async single(query, { first, after = null, afterId = null }) {
    const text = `with found as (${SQL}), shown as (select * from found order by created_at desc, id desc limit $1 - 1)
      select json_build_object(
        'nodes', (select json_agg(json_build_object('id', id, 'name', name, 'description', description, 'createdAt', created_at,
          'updatedAt', updated_at) order by created_at desc, id desc) from shown),
        'pageInfo', (select json_build_object('hasNextPage', (select count(*) from found) >= $1, 'endCursor',
          (select json_build_array(created_at, id) from shown order by created_at, id limit 1))))::text as json`;
    return (await query('page', text, [first + 1, after, afterId]))[0].json;
  },
  async levels(query, { first, after = null, afterId = null }) {
    const rows = await query('page', SQL, [first + 1, after, afterId]);
    const nodes = rows
      .slice(0, first)
      .map(({ created_at: createdAt, updated_at: updatedAt, ...rest }) => ({ ...rest, createdAt, updatedAt }));
    const last = nodes.at(-1);
    return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor: [last.createdAt, last.id] } };
  },
};
