import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execute } from '../src/platform/database/query.js';
import { buildDocument, buildProject, buildProjectDoc } from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

const PATHS = ['README.md', 'b.md', 'A.md', 'docs/z.md', 'docs/api/one.md', 'docs/api/deep/two.md', 'Zoo/animal.md'];

let app: TestApp;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
  const { id: projectId } = await buildProject(app);
  ({ id } = await buildProjectDoc(app, { projectId }));
  for (const filePath of PATHS) await buildDocument(app, { projectId, projectDocId: id, filePath });
});
afterAll(() => app.stop());

const TREE = `query($id: ID!, $path: String, $depth: Int) {
  projectDoc(id: $id) { fileTree(path: $path, depth: $depth) { path name kind fileCount document { filePath } } }
}`;
const treeOf = async (variables: Values = {}): Promise<Values[]> =>
  (await app.query(TREE, { id, ...variables })).projectDoc.fileTree;
const pathsOf = async (variables: Values = {}): Promise<string[]> => (await treeOf(variables)).map(({ path }) => path);

describe('fileTree', () => {
  it('is one level of the root by default: folders before files, each alphabetical', async () => {
    expect(await pathsOf()).toEqual(['docs', 'Zoo', 'A.md', 'b.md', 'README.md']);
  });

  it('counts the files below a folder and has a document for a file', async () => {
    const [docs] = await treeOf();
    expect(docs).toEqual({ path: 'docs', name: 'docs', kind: 'FOLDER', fileCount: 3, document: null });
    const [, file] = await treeOf({ path: 'docs' });
    expect(file).toEqual({
      path: 'docs/z.md',
      name: 'z.md',
      kind: 'FILE',
      fileCount: 1,
      document: { filePath: 'docs/z.md' },
    });
  });

  it('goes as deep as it is asked to, depth-first', async () => {
    const twoLevels = ['docs', 'docs/api', 'docs/z.md', 'Zoo', 'Zoo/animal.md', 'A.md', 'b.md', 'README.md'];
    expect(await pathsOf({ depth: 2 })).toEqual(twoLevels);
    const all = ['docs/api', 'docs/api/deep', 'docs/api/deep/two.md', 'docs/api/one.md', 'docs/z.md'];
    expect(await pathsOf({ path: 'docs', depth: 20 })).toEqual(all);
  });

  it('begins at a folder, with or without slashes around it', async () => {
    expect(await pathsOf({ path: 'docs/api' })).toEqual(['docs/api/deep', 'docs/api/one.md']);
    expect(await pathsOf({ path: '/docs/api/' })).toEqual(['docs/api/deep', 'docs/api/one.md']);
    expect(await pathsOf({ path: '' })).toEqual(await pathsOf());
  });

  it.each(['nowhere', 'doc', 'docs/z.md', '../docs', 'docs/%', '\0'])('is empty below %j', async (path) => {
    expect(await treeOf({ path })).toEqual([]);
  });

  it.each([0, -1, 21])('refuses a depth of %d', async (depth) => {
    const { errors } = await app.request(TREE, { id, depth });
    expect(errors).toMatchObject([
      {
        message: 'depth must be between 1 and 20.',
        path: ['projectDoc', 'fileTree'],
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  it('is empty for a ProjectDoc that was never synced', async () => {
    const { id: projectId } = await buildProject(app);
    const other = await buildProjectDoc(app, { projectId });
    expect(await treeOf({ id: other.id })).toEqual([]);
  });

  it('is refused where one operation would be given more than 10,000 entries', async () => {
    const { id: projectId } = await buildProject(app);
    const large = await buildProjectDoc(app, { projectId });
    const { id: first } = await buildDocument(app, { projectId, projectDocId: large.id, filePath: 'first.md' });
    await execute(app.app.services.database.fork())`insert into document select (jsonb_populate_record(d,
      jsonb_build_object('id', gen_random_uuid(), 'file_path', 'docs/' || n || '.md'))).*
      from document d, generate_series(1, 4998) n where d.id = ${first}`;
    expect(await treeOf({ id: large.id, depth: 2 })).toHaveLength(5_000);
    const times = (count: number) =>
      app.request(
        `query($id: ID!) { projectDoc(id: $id) {
          ${Array.from({ length: count }, (_, index) => `t${index}: fileTree(depth: 2) { path }`).join(' ')} } }`,
        { id: large.id },
      );
    expect((await times(2)).errors).toBeUndefined();
    expect((await times(3)).errors).toMatchObject([
      {
        message: 'The file tree has more than 10,000 entries. Ask for fewer levels, or a folder.',
        extensions: { code: 'QUERY_TOO_COMPLEX' },
      },
    ]);
  });

  it('costs three statements, however deep it is', async () => {
    const statements = await app.statements(() => treeOf({ depth: 20 }));
    expect(statements).toHaveLength(3);
  });
});
