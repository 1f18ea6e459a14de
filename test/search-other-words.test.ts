import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type HostedProject, startHostedProject } from './support/hosted-app.js';
import { buildSyncedProject } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

const page = (sentence: string): string => `---\nlang: en\n---\n# Commits\n\n${sentence}\n`;
const FILES = {
  'amend.md': page('One can amend the last commit.'),
  'revert.md': page('One can revert the last commit.'),
  'undo.md': page('One can undo the last commit.'),
  'both.md': page('One can undo and revert the last commit.'),
  'choice.md': page('One has the choice of a commit.'),
};

let { host, app, project: english, stop } = {} as HostedProject;
beforeAll(async () => void ({ host, app, project: english, stop } = await startHostedProject(FILES)));
afterAll(() => stop());

async function search(query: string, projectId = english.projectId): Promise<Record<string, Values>> {
  const { project } = await app.query(
    `query($id: ID!, $query: String!) { project(id: $id) { search(query: $query, mode: KEYWORD) { hits {
      filePath keywordScore explain { keyword { inOtherWords } } } } } }`,
    { id: projectId, query },
  );
  return Object.fromEntries(project.search.hits.map((hit: Values) => [hit.filePath, hit]));
}

describe('a word that the query has and a passage lacks', () => {
  it('counts a little where the passage says it in another word, and less than where it has the word', async () => {
    const hits = await search('undo commit');
    const scoreOf = (path: string): number => hits[path]!.keywordScore;
    expect(scoreOf('revert.md')).toBeGreaterThan(scoreOf('amend.md'));
    expect(scoreOf('undo.md') - scoreOf('revert.md')).toBeGreaterThan(scoreOf('revert.md') - scoreOf('amend.md'));
    expect(Object.keys(hits).at(-1)).toBe('amend.md');
  });

  it('is told by explain', async () => {
    const hits = await search('Undo commit');
    const wordsOf = (path: string): string[] => hits[path]!.explain.keyword.inOtherWords;
    expect(Object.keys(FILES).map((path) => [path, wordsOf(path)])).toEqual([
      ['amend.md', []],
      ['revert.md', ['undo']],
      ['undo.md', []],
      ['both.md', []],
      ['choice.md', []],
    ]);
  });

  it('counts where the passage has a form of it that is stemmed otherwise', async () => {
    const hits = await search('chosen commit');
    expect(hits['choice.md']!.explain.keyword.inOtherWords).toEqual(['chosen']);
    expect(hits['choice.md']!.keywordScore).toBeGreaterThan(hits['amend.md']!.keywordScore);
  });

  it('counts where the passage says it in other words, whatever form it is in', async () => {
    const hits = await search('undoing commits');
    expect(hits['revert.md']!.keywordScore).toBeGreaterThan(hits['amend.md']!.keywordScore);
  });

  it('adds nothing to a passage that has the word itself', async () => {
    const both = await search('undo commit');
    expect(both['both.md']!.keywordScore).toBeLessThanOrEqual(both['undo.md']!.keywordScore);
  });

  it('has nothing in its place where it stands in quotes', async () => {
    const hits = await search('commit "undo"');
    expect(Object.keys(hits).toSorted()).toEqual(['both.md', 'undo.md']);
  });

  it('has nothing in its place in another language', async () => {
    const german = Object.entries(FILES).map(([path, content]) => [path, content.replace('lang: en', 'lang: de')]);
    const { projectId } = await buildSyncedProject(app, host, Object.fromEntries(german) as Record<string, string>);
    const hits = await search('undo commit', projectId);
    expect(hits['revert.md']!.keywordScore).toBe(hits['amend.md']!.keywordScore);
  });

  it('has nothing in its place behind the first 47 words', async () => {
    const words = Array.from({ length: 46 }, (_, index) => `word${index}`).join(' ');
    const hits = await search(`commit undo ${words}`);
    expect(hits['revert.md']!.explain.keyword.inOtherWords).toEqual(['undo']);
    const behind = await search(`commit ${words} undo`);
    expect(behind['revert.md']!.explain.keyword.inOtherWords).toEqual([]);
    expect(behind['revert.md']!.keywordScore).toBe(behind['amend.md']!.keywordScore);
  });

  it('leads to no passage by itself', async () => {
    expect(Object.keys(await search('undo')).toSorted()).toEqual(['both.md', 'undo.md']);
  });
});
