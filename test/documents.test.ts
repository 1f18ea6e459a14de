import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildDocument, buildProject, buildProjectDoc } from './support/factories.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { documentsOf, type Followed, followRepository, sync } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

/** Enough for a passage of its own. */
const BODY = 'A section says what it is about, and no more. '.repeat(30).trim() + '\n';
const GUIDE = `---
title: The Guide
tags: [a, b]
draft: false
---

Before the first heading.

# Getting started

${BODY}
## Install

\`\`\`sh
# no heading
npm install
\`\`\`

${BODY}
## Install

${BODY}
## Custom {#own-anchor}

${BODY}`;
const LONG = `# Long\n\n${Array.from({ length: 400 }, (_, index) => `Line ${index} says something of its own.\n`).join('')}`;
const FILES = {
  'docs/guide.md': GUIDE,
  'docs/windows.md': '# Windows\r\n\r\nLines end in two characters.\r\n',
  'docs/mark.md': '\ufeff# Marked\n\nText.\n',
  'docs/plain.txt': 'One line.\n\nAnother line.\n',
  'docs/untitled.md': 'No heading here.\n',
  'docs/long.md': LONG,
  README: '# Read me\n',
};

let { host, app, stop } = {} as HostedApp;
let followed: Followed;
let documents: Record<string, Values>;
beforeAll(async () => {
  ({ host, app, stop } = await startHostedApp());
  followed = await followRepository(app, host, FILES);
  await sync(app, followed);
  documents = await documentsOf(
    app,
    followed.projectDocId,
    `fileName title fileType fileSize content metadata blobSha commitSha url createdAt updatedAt projectDoc { id }
     chunks(first: 50) { totalCount nodes { id chunkText chunkIndex headerAnchor headerPath startLine endLine url document { id } } }`,
  );
});
afterAll(() => stop());

const chunksOf = (path: string): Values[] => documents[path]!.chunks.nodes;

describe('a synced document', () => {
  it('says what the file is and where it comes from', async () => {
    const { chunks: _, ...document } = documents['docs/guide.md']!;
    const commitSha = await followed.repository.head();
    expect(document).toEqual({
      id: expect.any(String),
      projectDoc: { id: followed.projectDocId },
      filePath: 'docs/guide.md',
      fileName: 'guide.md',
      title: 'The Guide',
      fileType: 'md',
      fileSize: Buffer.byteLength(GUIDE),
      content: GUIDE,
      metadata: { title: 'The Guide', tags: ['a', 'b'], draft: false },
      blobSha: expect.stringMatching(/^[0-9a-f]{40}$/),
      commitSha,
      url: `${host.url(followed.name)}/blob/${commitSha}/docs/guide.md`,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: document.createdAt,
    });
  });

  it.each([
    ['its front matter', 'docs/guide.md', 'The Guide'],
    ['its first heading', 'docs/windows.md', 'Windows'],
    ['its first heading, a byte order mark before it', 'docs/mark.md', 'Marked'],
    ['its first heading, without an extension', 'README', 'Read me'],
    ['its file name, when it has no heading', 'docs/untitled.md', 'untitled.md'],
    ['its file name, when it is no Markdown', 'docs/plain.txt', 'plain.txt'],
  ])('takes its title from %s', (_, path, title) => {
    expect(documents[path]).toMatchObject({ title });
  });

  it('has no metadata without front matter, and the type txt without an extension', () => {
    expect(documents['README']).toMatchObject({ metadata: null, fileType: 'txt', fileSize: 10 });
  });

  it('keeps line ends as they are', () => {
    expect(documents['docs/windows.md']!.content).toBe(FILES['docs/windows.md']);
  });
});

describe('the passages of a document', () => {
  it('carry the anchors that GitHub gives, and the path of headings', () => {
    const anchors = chunksOf('docs/guide.md').map(({ headerAnchor, headerPath }) => [headerAnchor, headerPath]);
    expect(anchors).toEqual([
      [null, []],
      ['getting-started', ['Getting started']],
      ['install', ['Getting started', 'Install']],
      ['install-1', ['Getting started', 'Install']],
      ['own-anchor', ['Getting started', 'Custom']],
    ]);
  });

  it('are numbered from 0 without gaps', () => {
    for (const path of Object.keys(FILES)) {
      const indexes = chunksOf(path).map(({ chunkIndex }) => chunkIndex);
      expect(indexes).toEqual(indexes.map((_, index) => index));
      expect(documents[path]!.chunks.totalCount).toBe(indexes.length);
    }
  });

  it('are exactly the lines that they say', () => {
    for (const path of Object.keys(FILES)) {
      const lines = documents[path]!.content.split(/\r?\n/);
      for (const { chunkText, startLine, endLine } of chunksOf(path)) {
        expect(chunkText).toBe(lines.slice(startLine - 1, endLine).join('\n'));
      }
    }
  });

  it('leave out no line of a long file, in several passages', () => {
    const passages = chunksOf('docs/long.md');
    expect(passages.length).toBeGreaterThan(3);
    const text = passages.map(({ chunkText }) => chunkText).join('\n');
    for (let line = 0; line < 400; line += 1) expect(text).toContain(`Line ${line} says`);
    expect(new Set(passages.map(({ headerAnchor }) => headerAnchor))).toEqual(new Set(['long']));
  });

  it('open at their lines, at the commit that they were read at', () => {
    for (const { url, startLine, endLine } of chunksOf('docs/long.md')) {
      expect(url).toBe(`${documents['docs/long.md']!.url}#L${startLine}-L${endLine}`);
    }
  });

  it('know their document', () => {
    const { id } = documents['docs/plain.txt']!;
    expect(chunksOf('docs/plain.txt')).toMatchObject([{ headerAnchor: null, headerPath: [], document: { id } }]);
  });
});

describe('documents', () => {
  const list = async (filter: Values): Promise<string[]> => {
    const { project } = await app.query(
      `query($id: ID!, $filter: DocumentFilter) { project(id: $id) { documents(filter: $filter) { totalCount nodes { filePath } } } }`,
      { id: followed.projectId, filter },
    );
    expect(project.documents.totalCount).toBe(project.documents.nodes.length);
    return project.documents.nodes.map(({ filePath }: Values) => filePath);
  };

  it('come by file path', async () => {
    expect(await list({})).toEqual(Object.keys(FILES).toSorted());
  });

  it.each([
    ['a path prefix', { pathPrefix: 'docs/w' }, ['docs/windows.md']],
    ['a prefix with signs that SQL knows', { pathPrefix: 'docs/%' }, []],
    ['types, however they are written', { fileTypes: ['.TXT'] }, ['README', 'docs/plain.txt']],
    ['no type at all', { fileTypes: [] }, []],
    ['both together', { fileTypes: ['txt'], pathPrefix: 'docs/' }, ['docs/plain.txt']],
    ['an unknown ProjectDoc', { projectDocId: 'unknown' }, []],
  ])('can be filtered by %s', async (_, filter, paths) => {
    expect(await list(filter)).toEqual(paths);
  });

  it('give their contents up to 16 MB together, and refuse more before they are read', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    const build = () => buildDocument(app, { projectId, projectDocId, content: 'x'.repeat(1_000_000) });
    for (let count = 0; count < 15; count += 1) await build();
    const contents = () =>
      app.request('query($id: ID!) { project(id: $id) { documents { nodes { content } } } }', { id: projectId });
    const { data } = await contents();
    expect((data as Values).project.documents.nodes).toHaveLength(15);
    for (let count = 0; count < 2; count += 1) await build();
    const { errors } = await contents();
    expect(errors![0]).toMatchObject({
      message: 'These contents have more than 16 MB together. Ask for those of fewer documents.',
      extensions: { code: 'QUERY_TOO_COMPLEX' },
    });
  });
});
