import { asks, bare, graphql, type Shape, time } from './shape.js';

const FIELDS = 'name description createdAt updatedAt';
const SQL = 'select id, name, description, created_at, updated_at from project where id = $1';

const fromIbid = (project: any) => ({
  ...project,
  createdAt: time(project.createdAt),
  updatedAt: time(project.updatedAt),
});

/** One project by its id. */
export const project: Shape = {
  key: 'a',
  title: 'one project by id',
  async prepare(database) {
    const { rows } = await database.query('select id from project order by id');
    return asks(
      graphql(`query($id: ID!) { project(id: $id) { id ${FIELDS} } }`, rows),
      graphql(`query($id: UUID!) { projectByRowId(rowId: $id) { rowId ${FIELDS} } }`, rows),
      bare('a', rows),
    );
  },
  read: {
    ibid: (data) => fromIbid(data.project),
    postgraphile: ({ projectByRowId: { rowId, ...rest } }) => fromIbid({ id: rowId, ...rest }),
    bare: fromIbid,
  },
  async single(query, { id }) {
    const text = `select json_build_object('id', id, 'name', name, 'description', description, 'createdAt', created_at,
      'updatedAt', updated_at)::text as json from project where id = $1`;
    return (await query('project', text, [id]))[0].json;
  },
  async levels(query, { id }) {
    const [{ created_at: createdAt, updated_at: updatedAt, ...rest }] = await query('project', SQL, [id]);
    return { ...rest, createdAt, updatedAt };
  },
};
