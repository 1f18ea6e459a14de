import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Embedding } from '../src/document/embedding.entity.js';
import { type HostedProject, startHostedProject } from './support/hosted-app.js';
import { buildSyncedProject, syncToEnd } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

const FILES = {
  'docs/backup.md': '# Backups\n\nThe nightly backup copies the database to the vault.\n',
  'docs/restore.md': '# Restoring\n\nBring the database back from the vault in the morning.\n',
  'docs/colours.txt': 'The vault is painted green.\n',
  'docs/weather.md': '# Weather\n\nRain falls mostly on the plain.\n',
  'docs/zh.md': '# 备份\n\n数据库每天晚上备份到保险库。\n',
  'docs/ja.md': '# 手順\n\nデータベースを復元する方法を説明します。\n',
  'docs/th.md': '# คู่มือ\n\nวิธีติดตั้งโปรแกรมบนเครื่องคอมพิวเตอร์\n',
};

let { host, app, project, stop } = {} as HostedProject;
beforeAll(async () => void ({ host, app, project, stop } = await startHostedProject(FILES)));
afterAll(() => stop());

const SEARCH = `query($id: ID!, $query: String!, $mode: SearchMode, $topK: Int, $filter: DocumentFilter) {
  project(id: $id) { search(query: $query, mode: $mode, topK: $topK, filter: $filter) {
    query mode totalResults
    hits { rank score similarityScore keywordScore filePath headerAnchor chunk { id chunkText } document { id filePath } }
  } }
}`;
async function search(query: string, variables: Values = {}): Promise<Values> {
  return (await app.query(SEARCH, { id: project.projectId, query, ...variables })).project.search;
}
const pathsOf = (result: Values): string[] => result.hits.map(({ filePath }: Values) => filePath);
const MODES = ['HYBRID', 'SEMANTIC', 'KEYWORD'];

describe('search', () => {
  it('is HYBRID by default, and says what it searched for', async () => {
    const result = await search('  nightly backup ');
    expect(result).toMatchObject({ query: 'nightly backup', mode: 'HYBRID', totalResults: result.hits.length });
    expect(result.hits[0]).toMatchObject({
      rank: 1,
      filePath: 'docs/backup.md',
      headerAnchor: 'backups',
      chunk: { chunkText: FILES['docs/backup.md'].trim() },
      document: { filePath: 'docs/backup.md' },
    });
  });

  it.each(MODES)('finds the passage that fits best: %s', async (mode) => {
    expect(pathsOf(await search('restoring from the vault', { mode }))[0]).toBe('docs/restore.md');
  });

  it.each(MODES)('ranks from 1, by scores of 0 to 1, best first: %s', async (mode) => {
    const { hits } = await search('database vault', { mode });
    expect(hits.length).toBeGreaterThan(1);
    expect(hits.map(({ rank }: Values) => rank)).toEqual(hits.map((_: Values, index: number) => index + 1));
    const scores: number[] = hits.map(({ score }: Values) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
  });

  it('gives SEMANTIC hits their similarity as the score, and no keyword score', async () => {
    const { hits } = await search('database vault', { mode: 'SEMANTIC' });
    expect(hits.length).toBeGreaterThan(1);
    for (const hit of hits) expect(hit).toMatchObject({ score: hit.similarityScore, keywordScore: null });
  });

  it('gives KEYWORD hits a score relative to the best, and their similarity too', async () => {
    const { hits } = await search('database vault', { mode: 'KEYWORD' });
    expect(hits.map(({ filePath }: Values) => filePath).toSorted()).toEqual([
      'docs/backup.md',
      'docs/colours.txt',
      'docs/restore.md',
    ]);
    for (const { score, keywordScore, similarityScore } of hits) {
      expect(score).toBeCloseTo(keywordScore / hits[0].keywordScore, 10);
      expect(similarityScore).toBeGreaterThan(0);
    }
  });

  it('scores the same passage the same in every mode', async () => {
    const [hybrid, semantic, keyword] = await Promise.all(MODES.map((mode) => search('nightly backup', { mode })));
    expect(hybrid!.hits[0].similarityScore).toBeCloseTo(semantic!.hits[0].similarityScore, 6);
    expect(hybrid!.hits[0].keywordScore).toBeCloseTo(keyword!.hits[0].keywordScore, 6);
  });

  it('has no keyword score where no word of the query occurs', async () => {
    const { hits } = await search('rainy vault');
    const hitOf = (path: string) => hits.find(({ filePath }: Values) => filePath === path);
    expect(hitOf('docs/colours.txt').keywordScore).toBeGreaterThan(0);
    expect(hitOf('docs/weather.md')).toMatchObject({ keywordScore: null });
    expect(hitOf('docs/weather.md').similarityScore).toBeGreaterThan(0);
  });

  it('knows the other forms of an English word', async () => {
    expect(pathsOf(await search('restored', { mode: 'KEYWORD' }))).toEqual(['docs/restore.md']);
  });

  it.each([
    ['Chinese', '数据库备份', 'docs/zh.md'],
    ['Japanese', 'データベース 復元', 'docs/ja.md'],
    ['Thai', 'ติดตั้งโปรแกรม', 'docs/th.md'],
  ])('finds %s', async (_, query, path) => {
    for (const mode of MODES) expect(pathsOf(await search(query, { mode }))[0]).toBe(path);
  });

  it('finds new text after a sync, and old text no more', async () => {
    const other = await buildSyncedProject(app, host, { 'a.md': '# A\n\nThe zebra sleeps.\n' });
    const find = (query: string) => search(query, { id: other.projectId, mode: 'KEYWORD' });
    expect(pathsOf(await find('zebra'))).toEqual(['a.md']);
    await other.repository.commit({ 'a.md': '# A\n\nThe giraffe sleeps.\n' });
    await syncToEnd(app, other);
    expect(pathsOf(await find('zebra'))).toEqual([]);
    expect(pathsOf(await find('giraffe'))).toEqual(['a.md']);
    await other.repository.commit({ 'a.md': null, 'b.md': '# B\n' });
    await syncToEnd(app, other);
    expect(pathsOf(await find('giraffe'))).toEqual([]);
  });

  it.each(MODES)("never finds another project's passages: %s", async (mode) => {
    const twin = await buildSyncedProject(app, host, FILES);
    const result = await search('nightly backup', { mode, topK: 100 });
    const { nodes } = await app.query(
      'query($ids: [ID!]!) { nodes(ids: $ids) { ... on Document { projectDoc { id } } } }',
      {
        ids: result.hits.map(({ document }: Values) => document.id),
      },
    );
    expect(new Set(nodes.map((node: Values) => node.projectDoc.id))).toEqual(new Set([project.projectDocId]));
    expect(await search('nightly backup', { mode, filter: { projectDocId: twin.projectDocId } })).toMatchObject({
      totalResults: 0,
    });
  });

  it('leaves passages of another embedding model out of the vector leg', async () => {
    const other = await buildSyncedProject(app, host, { 'a.md': '# Zebras\n\nThey sleep.\n' });
    const find = (mode: string) => search('zebra', { id: other.projectId, mode });
    expect(pathsOf(await find('SEMANTIC'))).toEqual(['a.md']);
    const em = app.app.services.database.fork();
    await em.nativeUpdate(Embedding, { projectId: other.projectId }, { embeddingModel: 'old' });
    expect(await find('SEMANTIC')).toMatchObject({ totalResults: 0, hits: [] });
    for (const mode of ['KEYWORD', 'HYBRID']) {
      expect((await find(mode)).hits).toMatchObject([{ filePath: 'a.md', similarityScore: null }]);
    }
  });
});
