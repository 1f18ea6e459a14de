import { asks, bare, graphql, type Query, type Shape, type Variables } from './shape.js';

/** Of each type, what is read of it: the API's names and the columns. */
const TYPES = [
  { type: 'Project', table: 'project', fields: { name: 'name' } },
  { type: 'Conversation', table: 'conversation', fields: { title: 'title' } },
  { type: 'Message', table: 'message', fields: { content: 'content' } },
  { type: 'Document', table: 'document', fields: { filePath: 'file_path', title: 'title' } },
  { type: 'Chunk', table: 'chunk', fields: { chunkIndex: 'chunk_index', chunkText: 'chunk_text' } },
] as const;
const OF_EACH = 10;
const PLACES = Array.from({ length: OF_EACH * TYPES.length }, (_, place) => place);
const typeAt = (place: number) => TYPES[place % TYPES.length]!;

const columnsOf = ({ fields }: (typeof TYPES)[number]) =>
  Object.entries(fields)
    .map(([field, column]) => `${column} as "${field}"`)
    .join(', ');
const fragmentOf = ({ type, fields }: (typeof TYPES)[number]) => `... on ${type} { ${Object.keys(fields).join(' ')} }`;

const IBID = `query($ids: [ID!]!) { nodes(ids: $ids) { id ${TYPES.map(fragmentOf).join(' ')} } }`;
/** It has no list of nodes, and its own ids tell the type: so it is told the type here as well. */
const POSTGRAPHILE = `query(${PLACES.map((place) => `$i${place}: UUID!`).join(' ')}) { ${PLACES.map((place) => {
  const { type, fields } = typeAt(place);
  const name = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  return `n${place}: ${name}ByRowId(rowId: $i${place}) { rowId ${Object.keys(fields).join(' ')} }`;
}).join(' ')} }`;

const SINGLE = `select json_agg(found.node order by place)::text as json
  from unnest($1::uuid[]) with ordinality as wanted(id, place) join (${TYPES.map(
    (each) =>
      `select id, to_json(t) as node from (select id, ${columnsOf(each)} from ${each.table} where id = any($1)) t`,
  ).join(' union all ')}) found using (id)`;

async function levels(query: Query, { ids }: Variables): Promise<unknown> {
  const found = await Promise.all(
    TYPES.map((each) =>
      query(`nodes ${each.type}`, `select id, ${columnsOf(each)} from ${each.table} where id = any($1)`, [ids]),
    ),
  );
  const byId = new Map(found.flat().map((row) => [row.id, row]));
  return ids.map((id: string) => byId.get(id) ?? null);
}

/** Fifty ids of five types. Only PostGraphile is told which is which. */
export const nodes: Shape = {
  key: 'f',
  title: '50 nodes of 5 types by id',
  async prepare(database) {
    const ids: string[][] = [];
    for (const { table } of TYPES) {
      const { rows } = await database.query(`select id from ${table} order by id limit 100`);
      ids.push(rows.map(({ id }) => id));
    }
    const wanted = Array.from({ length: 10 }, (_, start) =>
      PLACES.map((place) => ids[place % TYPES.length]![start * OF_EACH + Math.floor(place / TYPES.length)]!),
    );
    return asks(
      graphql(
        IBID,
        wanted.map((each) => ({ ids: each })),
      ),
      graphql(
        POSTGRAPHILE,
        wanted.map((each) => Object.fromEntries(each.map((id, place) => [`i${place}`, id]))),
      ),
      bare(
        'f',
        wanted.map((each) => ({ ids: each })),
      ),
    );
  },
  read: {
    ibid: (data) => data.nodes,
    postgraphile: (data) =>
      PLACES.map((place) => {
        const { rowId, ...rest } = data[`n${place}`];
        return { id: rowId, ...rest };
      }),
    bare: (found) => found,
  },
  single: async (query, { ids }) => (await query('nodes', SINGLE, [ids]))[0].json,
  levels,
};
