import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildProject } from './support/factories.js';
import { type HostedProject, startHostedProject } from './support/hosted-app.js';
import type { Values } from './support/test-app.js';

const PAGES = Array.from({ length: 120 }, (_, index) => [
  `docs/page-${String(index).padStart(3, '0')}.${index % 2 === 0 ? 'md' : 'txt'}`,
  `Page ${index} is about lighthouses.\n`,
]);
const FILES = { ...Object.fromEntries(PAGES), 'guide/tower.md': '# Tower\n\nLighthouses are towers.\n' };

let { app, project, stop } = {} as HostedProject;
let id: string;
let projectDocId: string;
beforeAll(async () => {
  ({ app, project, stop } = await startHostedProject(FILES));
  ({ projectId: id, projectDocId } = project);
});
afterAll(() => stop());

const SEARCH = `query($id: ID!, $query: String!, $mode: SearchMode, $topK: Int, $minScore: Float, $filter: DocumentFilter) {
  project(id: $id) { search(query: $query, mode: $mode, topK: $topK, minScore: $minScore, filter: $filter) {
    totalResults hits { score filePath }
  } }
}`;
const ask = (variables: Values) => app.request(SEARCH, { id, query: 'lighthouses', ...variables });
async function search(variables: Values): Promise<Values> {
  const { data, errors } = await ask(variables);
  expect(errors).toBeUndefined();
  return data.project.search;
}
const MODES = ['HYBRID', 'SEMANTIC', 'KEYWORD'];

describe('topK', () => {
  it.each([
    ['5 by default', {}, 5],
    ['5 for null', { topK: null }, 5],
    ['1', { topK: 1 }, 1],
    ['100', { topK: 100 }, 100],
  ])('is %s', async (_, variables, count) => {
    for (const mode of MODES) {
      const result = await search({ ...variables, mode });
      expect(result.totalResults).toBe(count);
      expect(result.hits).toHaveLength(count);
    }
  });

  it.each([0, -1, 101, 2 ** 31 - 1])('is refused when it is %d', async (topK) => {
    const { data, errors } = await ask({ topK });
    expect(data).toEqual({ project: { search: null } });
    expect(errors).toMatchObject([
      {
        message: 'topK must be between 1 and 100.',
        path: ['project', 'search'],
        extensions: { code: 'BAD_USER_INPUT', retryable: false },
      },
    ]);
  });
});

describe('query', () => {
  it.each(['', '   ', '\n\t'])('is refused when it is blank: %j', async (query) => {
    const { errors } = await ask({ query });
    expect(errors).toMatchObject([{ message: 'query must not be blank.', extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('may have 10,000 characters and no more', async () => {
    const words = 'lighthouses of many kinds and colours, '.repeat(300);
    expect((await search({ query: words.slice(0, 10_000) })).totalResults).toBe(5);
    const { errors } = await ask({ query: words.slice(0, 10_001).padEnd(10_001, 'x') });
    expect(errors).toMatchObject([
      { message: 'query must have at most 10,000 characters.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it.each([
    ['only stop words', 'the and of'],
    ['only signs', '?!... --- ((('],
    ['emoji', '🎉🎉'],
  ])('finds nothing when it is %s', async (_, query) => {
    for (const mode of MODES) expect(await search({ query, mode })).toEqual({ totalResults: 0, hits: [] });
  });

  it('is refused with more than 20 different phrases in quotes', async () => {
    const phrases = (count: number) => Array.from({ length: count }, (_, index) => `"word ${index}"`).join(' ');
    await search({ query: `${phrases(20)} "WORD 1"` });
    const { errors } = await ask({ query: phrases(21) });
    expect(errors).toMatchObject([
      {
        message: 'query must have at most 20 different phrases in quotes.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  it('may have 100 words and 1,000 characters in quotes, and no more', async () => {
    const words = (count: number) => '= '.repeat(count);
    await search({ query: `"${words(60)}" "${words(40)}" lighthouses` });
    await search({ query: `"${'='.repeat(400)}" "${'😀'.repeat(600)}" lighthouses` });
    const tooMuch = [
      `"${words(60)}" "${words(41)}" lighthouses`,
      `"${'='.repeat(400)}" "${'x'.repeat(601)}" lighthouses`,
      `"${words(1200)}" lighthouses`,
    ];
    for (const query of tooMuch) {
      const { errors } = await ask({ query });
      expect(errors).toMatchObject([
        {
          message:
            'query must have at most 100 words and 1,000 characters in quotes: quote less of it, or leave the quotes out.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
  });

  it('finds nothing by KEYWORD when its words are nowhere', async () => {
    expect(await search({ query: 'qqqqzzzz', mode: 'KEYWORD' })).toEqual({ totalResults: 0, hits: [] });
  });

  it.each([
    ["'; drop table chunk; --", 0],
    ['a\0b lighthouses', 5],
    ['\ud800 lighthouses', 5],
    ['"a\0b"', 0],
    ['"\ud800"', 0],
    ['%', 0],
    ['$1', 1],
    ['\\', 0],
  ])('is text and nothing else: %j', async (query, found) => {
    for (const mode of MODES) await search({ query, mode });
    expect((await search({ query, mode: 'KEYWORD' })).totalResults).toBe(found);
  });
});

describe('minScore', () => {
  it('leaves out what scores less', async () => {
    const all = await search({ topK: 100, query: 'lighthouses tower' });
    const minScore = all.hits[0].score;
    const best = await search({ topK: 100, query: 'lighthouses tower', minScore });
    expect(best.hits).toEqual(all.hits.filter(({ score }: Values) => score >= minScore));
    expect(best.totalResults).toBeLessThan(all.totalResults);
  });

  it.each([-0.1, 1.1])('is refused when it is %d', async (minScore) => {
    const { errors } = await ask({ minScore });
    expect(errors).toMatchObject([
      { message: 'minScore must be between 0 and 1.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});

describe('filter', () => {
  const paths = async (filter: Values, mode: string): Promise<string[]> =>
    (await search({ filter, mode, topK: 100 })).hits.map(({ filePath }: Values) => filePath);

  it.each(MODES)('leaves only what it names: %s', async (mode) => {
    expect(await paths({ pathPrefix: 'guide/' }, mode)).toEqual(['guide/tower.md']);
    const texts = await paths({ fileTypes: ['txt'] }, mode);
    expect(texts).toHaveLength(60);
    expect(texts.filter((path) => !path.endsWith('.txt'))).toEqual([]);
    expect(await paths({ projectDocId }, mode)).toHaveLength(100);
    expect(await paths({ projectDocId, pathPrefix: 'docs/page-00', fileTypes: ['md'] }, mode)).toHaveLength(5);
  });

  it('takes a path with a slash before it for the same path', async () => {
    const wanted = await paths({ pathPrefix: 'docs/' }, 'KEYWORD');
    expect(wanted.length).toBeGreaterThan(0);
    expect(await paths({ pathPrefix: '/docs/' }, 'KEYWORD')).toEqual(wanted);
  });

  it.each([
    ['an unknown ProjectDoc', { projectDocId: '0190c0de-0000-7000-8000-000000000000' }],
    ['what is no id', { projectDocId: 'x' }],
    ['no type', { fileTypes: [] }],
    ['a prefix that is nowhere', { pathPrefix: 'nowhere/' }],
  ])('finds nothing for %s', async (_, filter) => {
    for (const mode of MODES) expect(await paths(filter, mode)).toEqual([]);
  });

  it.each([
    ['a prefix that is too long', { pathPrefix: 'x'.repeat(1025) }, 'pathPrefix must have at most 1,024 characters.'],
    ['a prefix with NUL', { pathPrefix: '\0' }, 'pathPrefix must not hold NUL characters or broken Unicode.'],
    ['a type with NUL', { fileTypes: ['\0'] }, 'fileTypes must not hold NUL characters or broken Unicode.'],
  ])('refuses %s', async (_, filter, message) => {
    const { errors } = await ask({ filter });
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('takes a prefix of 1,024 characters that need two code units each', async () => {
    for (const mode of MODES) expect(await paths({ pathPrefix: '😀'.repeat(1024) }, mode)).toEqual([]);
  });
});

describe('an empty project', () => {
  it('has no hits', async () => {
    const { id: empty } = await buildProject(app);
    for (const mode of MODES) expect(await search({ id: empty, mode })).toEqual({ totalResults: 0, hits: [] });
  });
});
