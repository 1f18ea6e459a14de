import { randomUUID } from 'node:crypto';

import { asks, type Query, type Send, type Shape, type Variables } from './shape.js';

const MODEL = 'builtin/hashing-1';
const ask = async (send: Send, body: unknown): Promise<any> => JSON.parse(await send(JSON.stringify(body)));

const CREATE = `mutation($name: String!) { createProject(input: { name: $name }) { project { id name } userErrors { code } } }`;
const DELETE = `mutation($id: ID!) { deleteProject(input: { id: $id }) { deletedId userErrors { code } } }`;
const POSTGRAPHILE_CREATE = `mutation($project: ProjectInput!) { createProject(input: { project: $project }) { project { rowId name } } }`;
const POSTGRAPHILE_DELETE = `mutation($id: UUID!) { deleteProjectByRowId(input: { rowId: $id }) { project { rowId } } }`;

async function write(query: Query, { name, id }: Variables): Promise<unknown> {
  if (id) return (await query('delete project', 'delete from project where id = $1 returning id', [id]))[0];
  const text = `insert into project (id, name, embedding_model, created_at, updated_at)
    values ($1, $2, $3, $4, $4) returning id, name`;
  return (await query('create project', text, [randomUUID(), name, MODEL, new Date()]))[0];
}

/** Always of the same length, and nobody else's. */
const newName = (): string => `Handbook ${randomUUID()}`;

/** A project is made, and deleted again: two requests. */
export const writing: Shape = {
  key: 'g',
  title: 'createProject and deleteProject',
  async prepare() {
    return asks(
      async (send) => {
        const created = (await ask(send, { query: CREATE, variables: { name: newName() } })).data.createProject;
        const { id } = created.project;
        const deleted = (await ask(send, { query: DELETE, variables: { id } })).data.deleteProject;
        return JSON.stringify({ data: { id, name: created.project.name, deleted: deleted.deletedId } });
      },
      async (send) => {
        const now = new Date();
        const project = { rowId: randomUUID(), name: newName(), embeddingModel: MODEL, createdAt: now, updatedAt: now };
        const created = await ask(send, { query: POSTGRAPHILE_CREATE, variables: { project } });
        const { rowId: id, name } = created.data.createProject.project;
        const deleted = await ask(send, { query: POSTGRAPHILE_DELETE, variables: { id } });
        return JSON.stringify({ data: { id, name, deleted: deleted.data.deleteProjectByRowId.project.rowId } });
      },
      async (send) => {
        const { id, name } = await ask(send, { shape: 'g', name: newName() });
        return JSON.stringify({ id, name, deleted: (await ask(send, { shape: 'g', id })).id });
      },
    );
  },
  read: { ibid: readWritten, postgraphile: readWritten, bare: readWritten },
  single: write,
  levels: write,
};

function readWritten({ id, name, deleted }: Variables): unknown {
  return { isNamed: name.startsWith('Handbook '), isDeleted: id === deleted };
}
