import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { documentsOf, followRepository, type Outcome, outcomesOf, sync } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp()));
afterAll(() => stop());

const MIB = 1024 * 1024;
const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n';
const ODD_NAME = 'docs/Über "uns" & it\'s\nall #1?.md';
const LONG_NAME = `docs/${'long/'.repeat(220)}name.md`;
const LATIN1_NAME = Buffer.from('docs/caf\xe9.md', 'latin1');

const TAKEN = ['README', 'LICENSE', 'docs/CHANGELOG', 'a.md', 'a.mdx', 'a.markdown', 'a.rst', 'a.adoc', 'a.txt'];
const ALSO_TAKEN = [
  'a.csv',
  'a.json',
  'a.yaml',
  'a.yml',
  'SHOUTED.MD',
  ODD_NAME,
  'docs/largest.txt',
  'docs/nothing.md',
];

const SKIPPED: [reason: string, path: string][] = [
  ['Binary file: it contains NUL bytes', 'docs/binary.md'],
  ['Larger than 1 MiB: 2,097,152 bytes', 'docs/large.md'],
  ['Not valid UTF-8 text', 'docs/latin1.md'],
  ['Git LFS pointer: its content is not in the repository', 'docs/pointer.md'],
  ['Symbolic link', 'docs/link.md'],
  ['Submodule: another repository', 'docs/module.md'],
  ['Not documentation: .png extension', 'docs/picture.png'],
  ['Not documentation: no known extension', 'Makefile'],
  ['Its name is not UTF-8', 'docs/caf\\351.md'],
  ['Its path is longer than 1,024 characters', LONG_NAME],
];

const FILES: [string | Buffer, string | Buffer | { symlink: string } | { submodule: string }][] = [
  ...[...TAKEN, ODD_NAME, ...ALSO_TAKEN.slice(0, 5)].map((path): [string, string] => [path, `Text of ${path}\n`]),
  [
    'docs/largest.txt',
    'x'
      .repeat(63)
      .concat('\n')
      .repeat(MIB / 64),
  ],
  ['docs/nothing.md', ''],
  ['docs/binary.md', Buffer.from('# Text\0')],
  [
    'docs/large.md',
    'y'
      .repeat(63)
      .concat('\n')
      .repeat((2 * MIB) / 64),
  ],
  ['docs/latin1.md', Buffer.from('caf\xe9', 'latin1')],
  ['docs/pointer.md', LFS_POINTER],
  ['docs/link.md', { symlink: '../README' }],
  ['docs/module.md', { submodule: 'a'.repeat(40) }],
  ['docs/picture.png', Buffer.from('\x89PNG', 'latin1')],
  ['Makefile', 'all:\n'],
  [LATIN1_NAME, '# Coffee'],
  [LONG_NAME, '# Far down'],
];

describe('a sync of files of every kind', () => {
  let run: Values;
  let outcomes: Record<string, Outcome>;
  let documents: Record<string, Values>;
  beforeAll(async () => {
    const followed = await followRepository(app, host, FILES);
    run = await sync(app, followed);
    outcomes = await outcomesOf(app, run.id);
    documents = await documentsOf(app, followed.projectDocId, 'fileName title fileType fileSize url content');
  });

  it('succeeds, whatever the repository holds', () => {
    const taken = TAKEN.length + ALSO_TAKEN.length;
    const filesTotal = taken + SKIPPED.length;
    expect(run).toMatchObject({ status: 'SUCCEEDED', filesTotal, filesProcessed: filesTotal, error: null });
    expect(run).toMatchObject({ filesAdded: taken, filesSkipped: SKIPPED.length, filesFailed: 0 });
  });

  it.each([...TAKEN, ...ALSO_TAKEN])('takes %j', (path) => {
    expect(outcomes[path]).toMatchObject({ outcome: 'ADDED', reason: null, document: { id: documents[path]!.id } });
  });

  it.each(SKIPPED)('skips a file for this reason: %s', (reason, path) => {
    expect(outcomes[path]).toEqual({ path, previousPath: null, outcome: 'SKIPPED', reason, document: null });
    expect(documents[path]).toBeUndefined();
  });

  it('keeps an odd name as it is, and escapes it in the address', () => {
    expect(documents[ODD_NAME]).toMatchObject({
      fileName: 'Über "uns" & it\'s\nall #1?.md',
      title: 'Über "uns" & it\'s all #1?.md',
      fileType: 'md',
      content: `Text of ${ODD_NAME}\n`,
      url: expect.stringMatching(/\/blob\/[0-9a-f]{40}\/docs\/%C3%9Cber%20%22uns%22%20%26%20it's%0Aall%20%231%3F\.md$/),
    });
  });

  it('takes a file of exactly 1 MiB whole', () => {
    expect(documents['docs/largest.txt']).toMatchObject({ fileSize: MIB });
    expect(documents['docs/largest.txt']!.content).toHaveLength(MIB);
  });
});

describe('a sync of a tree that git would not write', () => {
  it('takes what can be told apart, and says of the rest why not', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n', 'twice.md': '# Before\n' });
    await sync(app, followed);
    await followed.repository.commitTree([
      ['../up.md', '# Up\n'],
      ['.GIT/config.json', '{}\n'],
      ['./here.md', '# Here\n'],
      ['a.md', '# A\n'],
      ['docs//none.md', '# None\n'],
      ['twice.md', '# One\n'],
      ['twice.md', '# Two\n'],
    ]);
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'SUCCEEDED', filesTotal: 7, filesUnchanged: 1, filesSkipped: 6 });
    const reasons = Object.values(await outcomesOf(app, run.id)).map(({ path, reason }) => [path, reason]);
    expect(Object.fromEntries(reasons)).toEqual({
      '../up.md': 'Its path is none that git makes',
      '.GIT/config.json': 'Its path is none that git makes',
      './here.md': 'Its path is none that git makes',
      'a.md': null,
      'docs//none.md': 'Its path is none that git makes',
      'twice.md': 'Its path is in the tree twice',
    });
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toEqual(['a.md']);
  });
});

describe('a sync after a file became something else', () => {
  it.each([
    ['a binary', Buffer.from('\0'), 'Binary file: it contains NUL bytes'],
    ['too large', 'z'.repeat(MIB + 1), 'Larger than 1 MiB: 1,048,577 bytes'],
    ['a symbolic link', { symlink: 'b.md' }, 'Symbolic link'],
    ['an LFS pointer', LFS_POINTER, 'Git LFS pointer: its content is not in the repository'],
  ])('takes its document away when it is %s now', async (_, content, reason) => {
    const followed = await followRepository(app, host, { 'a.md': '# Text\n', 'b.md': '# Other\n' });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId, 'chunks { nodes { id } }');
    await followed.repository.commit({ 'a.md': content });
    const run = await sync(app, followed);
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      filesTotal: 2,
      filesProcessed: 2,
      filesSkipped: 1,
      filesDeleted: 0,
    });
    expect((await outcomesOf(app, run.id))['a.md']).toMatchObject({ outcome: 'SKIPPED', reason, document: null });
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toEqual(['b.md']);
    const ids = [before['a.md']!.id, before['a.md']!.chunks.nodes[0].id];
    expect((await app.query('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })).nodes).toEqual([null, null]);
  });

  it('keeps it without its front matter when that is broken now, and says so, as a preview does', async () => {
    const followed = await followRepository(app, host, { 'a.md': '---\ntitle: Front\n---\n\n# Text\n' });
    await sync(app, followed);
    await followed.repository.commit({ 'a.md': '---\ntitle: [unclosed\n  : : bad\n---\n\n# Text\n\nMore.\n' });
    const reason = 'Its front matter is left out: line 3 is not valid YAML.';
    const { previewSync } = await app.query(
      'mutation($id: ID!) { previewSync(input: { id: $id }) { preview { files { nodes { outcome reason } } } } }',
      { id: followed.projectDocId },
    );
    expect(previewSync.preview.files.nodes).toEqual([{ outcome: 'UPDATED', reason: `Its content changed. ${reason}` }]);
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'SUCCEEDED', filesUpdated: 1 });
    expect((await outcomesOf(app, run.id))['a.md']).toMatchObject({ outcome: 'UPDATED', reason });
    const documents = await documentsOf(app, followed.projectDocId, 'title chunks { nodes { chunkText } }');
    expect(documents['a.md']).toMatchObject({ title: 'Text', chunks: { nodes: [{ chunkText: '# Text\n\nMore.' }] } });
  });

  it('takes it again when it is text again', async () => {
    const followed = await followRepository(app, host, { 'a.md': Buffer.from('\0') });
    await sync(app, followed);
    await followed.repository.commit({ 'a.md': '# Text\n' });
    expect(await sync(app, followed)).toMatchObject({ filesAdded: 1, filesSkipped: 0 });
  });
});
