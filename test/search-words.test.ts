import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type HostedProject, startHostedProject } from './support/hosted-app.js';
import { buildSyncedProject, syncToEnd } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

const FILES = {
  'limits.md': '# Limits\n\nEach route has a rate\n**limit** of its own.\n',
  'rates.md': '# Rates\n\nThe rate of the route has a limit: the limit of the rate.\n',
  'tool.md': '# Tool\n\nCall `kubectl_get` and read error E1234.\n',
  'parts.md': '# Parts\n\nKubectl can get get get all, kubectl kubectl, and error 1234 as well.\n',
  'kitchen.md': '# Kitchen\n\nThe oven bakes bread.\n',
  'oven.md': `# Oven\n\nAbout the oven.\n\n## Cleaning the oven\n\n${'Wipe the oven with a cloth. '.repeat(30)}\n\n## Heating\n\nThe oven bakes bread at last.\n`,
  'marks.md':
    "# Marks\n\nThe _drain timeout_ is short, see [rate caps](caps.md) per host of www.example.com and `--max-file-size`, and don't panic.\n",
  'changes.md': '# Changes\n\n## v1.3.2\n\nThe moon is round.\n\n## 1.4.0\n\nThe sun shines.\n',
  'numbers.md': '# Numbers\n\nChanged: 1, 3 and 2, then v1 with 3, 2 and 1, then 4 and 0.\n',
  'escaped.md':
    String.raw`# Tom &amp; Jerry's` +
    '\n\n' +
    String.raw`Set keel\_length\_cm, json \| text, \<port\> and a&lt;b to sync&nbsp;=&nbsp;off\! It&#39;s fine.`,
  'ja.md': '---\nlang: ja\n---\n# 再起動\n\nサーバーを再起動する。\n',
  'ko.md': '---\nlang: ko\n---\n# 설정\n\n비밀번호를 재설정하고 백업을 복원하는 방법.\n',
  'ko-other.md': '---\nlang: ko\n---\n# 소개\n\n프로그램의 방법과 역사를 소개합니다.\n',
  'towns.md': '---\nlang: pl\n---\n# Miasta\n\nŁódź, Tromsø, Weiße Straße: 1,250 km.\n',
  'haus.md': '---\nlang: de-AT\n---\n# Häuser\n\nDie Häuser der Stadt.\n',
};

let { host, app, project, stop } = {} as HostedProject;
beforeAll(async () => void ({ host, app, project, stop } = await startHostedProject(FILES)));
afterAll(() => stop());

const SEARCH = `query($id: ID!, $query: String!, $mode: SearchMode, $filter: DocumentFilter) {
  project(id: $id) { search(query: $query, mode: $mode, filter: $filter) { hits {
    filePath score similarityScore keywordScore
    explain { keyword { rank passageScore inOtherWords pageScore evidence score weight } vector { rank similarity score weight } }
  } } }
}`;
async function search(query: string, mode = 'HYBRID', filter: Values | null = null): Promise<Values[]> {
  return (await app.query(SEARCH, { id: project.projectId, query, mode, filter })).project.search.hits;
}
const pathsOf = async (query: string, mode?: string, filter?: Values): Promise<string[]> =>
  (await search(query, mode, filter)).map(({ filePath }) => filePath);

describe('a phrase in quotes', () => {
  it.each(['HYBRID', 'KEYWORD'])('has to occur word for word, over line ends and marks: %s', async (mode) => {
    expect(await pathsOf('"Rate limit"', mode)).toEqual(['limits.md']);
    expect(await pathsOf('“rate limit” route', mode)).toEqual(['limits.md']);
    expect(await pathsOf('"limit rate"', mode)).toEqual([]);
  });

  it('means nothing in SEMANTIC mode, and without an end it is no phrase', async () => {
    expect(await pathsOf('"limit rate"', 'SEMANTIC')).toContain('rates.md');
    expect(await pathsOf('"limit rate')).toContain('rates.md');
  });

  it.each(['HYBRID', 'KEYWORD'])('counts as words where no passage has it and there are others: %s', async (mode) => {
    expect(await pathsOf('what does "limit rate" mean', mode)).toContain('limits.md');
  });

  it('counts as words where the filter lets no passage through that has it', async () => {
    const filter = { pathPrefix: 'limits' };
    expect(await pathsOf('"limit of the rate" route', 'KEYWORD')).toEqual(['rates.md']);
    expect(await pathsOf('"limit of the rate" route', 'KEYWORD', filter)).toEqual(['limits.md']);
  });

  it.each(['HYBRID', 'KEYWORD'])('counts as words in a sentence, as error messages have them: %s', async (mode) => {
    const message = 'Error: "kitchen" was read by the tool kubectl_get';
    expect((await pathsOf(message, mode))[0]).toBe('tool.md');
    expect(await pathsOf('"kitchen" read by the tool', mode)).toEqual(['kitchen.md']);
  });

  it('is one of any number in a sentence', async () => {
    const names = Array.from({ length: 21 }, (_, index) => `"name ${index}"`).join(', ');
    expect((await pathsOf(`The tool kubectl_get cannot read ${names}`))[0]).toBe('tool.md');
  });

  it.each([
    ['between marks', '"drain timeout"'],
    ['over where a link goes', '"rate caps per host"'],
    ['within a longer name', '"example.com"'],
    ['within a longer option', '"file-size"'],
    ['with another apostrophe', '“don’t panic”'],
  ])('is found %s', async (_, query) => {
    expect(await pathsOf(query)).toEqual(['marks.md']);
  });

  it.each([
    '"keel_length_cm"',
    '"Tom & Jerry\'s"',
    '"json | text"',
    '"<port>" json',
    '"a<b"',
    '"sync = off!"',
    '"Tom &amp; Jerry\'s"',
    '“it’s fine”',
  ])('is found where Markdown writes it otherwise: %s', async (query) => {
    expect(await pathsOf(query)).toEqual(['escaped.md']);
  });

  it('may end within a run of characters of a script without spaces', async () => {
    expect(await pathsOf('"サーバー"')).toEqual(['ja.md']);
  });

  it('may hold stop words that are none in another language of the project', async () => {
    expect(await pathsOf('"the limit of the rate"')).toEqual(['rates.md']);
    expect(await pathsOf('"die Häuser der"')).toEqual(['haus.md']);
  });

  it('has to occur where it is all stop words and there are others', async () => {
    expect(await pathsOf('"of the" route')).toEqual(['rates.md']);
  });

  it('may hold what means something in regular expressions', async () => {
    expect(await pathsOf('"limit (of"')).toEqual([]);
  });
});

describe('an identifier', () => {
  it.each(['kubectl_get', 'E1234'])('is found as it is before its parts: %s', async (query) => {
    expect((await pathsOf(query))[0]).toBe('tool.md');
  });
});

describe('a word of Korean', () => {
  it.each(['비밀번호', '백업 복원', '비밀번호는 어떻게', '"비밀번호"'])(
    'is found with another particle: %s',
    async (query) => {
      expect((await pathsOf(query, 'KEYWORD'))[0]).toBe('ko.md');
    },
  );
});

describe('a word', () => {
  it.each(['Lodz', 'tromso', 'strasse', '1250'])('is found without what a keyboard may lack: %s', async (query) => {
    expect(await pathsOf(query, 'KEYWORD')).toEqual(['towns.md']);
  });
});

describe('a version', () => {
  it.each(['1.3.2', 'v1.3.2', 'what changed in 1.3.2?', 'V1.4.0', '"1.3.2"', '"v1.4.0" or "1.4.0"'])(
    'is found with its v and without: %s',
    async (query) => {
      expect((await pathsOf(query))[0]).toBe('changes.md');
    },
  );
});

describe('a date', () => {
  it('counts as a whole, and its digits little', async () => {
    expect((await pathsOf('1-3-2 bread', 'KEYWORD'))[0]).not.toBe('numbers.md');
  });
});

describe('a page', () => {
  it('counts for its passages', async () => {
    expect(new Set(await pathsOf('the oven bakes bread', 'KEYWORD'))).toEqual(new Set(['kitchen.md', 'oven.md']));
    const [kitchen, oven] = ['kitchen.md', 'oven.md'].map(async (path) =>
      (await search('oven', 'KEYWORD')).find(({ filePath }) => filePath === path),
    );
    expect((await oven)!.explain.keyword.pageScore).toBeGreaterThan((await kitchen)!.explain.keyword.pageScore);
  });
});

describe('explain', () => {
  it('shows what adds up to the score', async () => {
    const hits = await search('rate limit of a route');
    expect(hits.length).toBeGreaterThan(1);
    for (const { score, similarityScore, keywordScore, explain } of hits) {
      const { keyword, vector } = explain;
      const sum = (keyword ? keyword.score * keyword.weight : 0) + vector.score * vector.weight;
      expect(sum).toBeCloseTo(score, 10);
      expect(keyword?.passageScore ?? null).toBe(keywordScore);
      expect(vector.similarity).toBe(similarityScore);
    }
    expect(hits[0]!.explain.keyword).toMatchObject({ rank: 1, score: 1, weight: 0.8 });
  });
});

describe('a document in another language', () => {
  it('makes no stop word of the others a rare word', async () => {
    const { projectId } = await buildSyncedProject(app, host, {
      'hosts.md': '# Hosts\n\nThere is a limit for each host.\n',
      'routes.md': '# Routes\n\nThe route is short.\n',
      'clients.md': '# Clients\n\nThe client is patient.\n',
      'musik.md': '---\nlang: de\n---\n# Musik\n\nThe End is ein Lied.\n',
    });
    const query = 'is the limit';
    const { hits } = (await app.query(SEARCH, { id: projectId, query, mode: 'KEYWORD' })).project.search;
    expect(hits.map(({ filePath }: Values) => filePath)).toEqual(['hosts.md', 'musik.md']);
  });

  it('makes the others say none of their stop words in other words', async () => {
    const { projectId } = await buildSyncedProject(app, host, {
      'rates.md': FILES['rates.md'],
      'haus.md': FILES['haus.md'],
    });
    const query = 'what is the limit that this route has';
    const [hit] = (await app.query(SEARCH, { id: projectId, query, mode: 'KEYWORD' })).project.search.hits;
    expect(hit).toMatchObject({ filePath: 'rates.md', explain: { keyword: { inOtherWords: [] } } });
  });

  it('is stemmed in its own, as its front matter says', async () => {
    expect(await pathsOf('Haus', 'KEYWORD')).toEqual(['haus.md']);
    const { project: found } = await app.query(
      'query($id: ID!) { project(id: $id) { documents(first: 20) { nodes { filePath language } } } }',
      { id: project.projectId },
    );
    const languages = Object.fromEntries(
      found.documents.nodes.map(({ filePath, language }: Values) => [filePath, language]),
    );
    expect(languages).toMatchObject({ 'haus.md': 'de', 'tool.md': 'en' });
  });

  it('is stemmed anew when its ProjectDoc gets another language', async () => {
    const other = await buildSyncedProject(app, host, { 'a.md': '# Text\n\nDie Häuser der Stadt.\n' });
    const find = async () =>
      (await app.query(SEARCH, { id: other.projectId, query: 'Haus', mode: 'KEYWORD' })).project.search.hits.length;
    expect(await find()).toBe(0);
    const { projectDoc } = await app.mutate('updateProjectDoc', 'projectDoc { language } userErrors { message }', {
      id: other.projectDocId,
      language: 'de-CH',
    });
    expect(projectDoc).toEqual({ language: 'de' });
    await syncToEnd(app, other);
    expect(await find()).toBe(1);
  });

  it.each(['', 'Deutsch.', '[de]', '7', 'de_DE.UTF-8'])(
    'is of the language of its ProjectDoc, the next one too, where its front matter says %j',
    async (lang) => {
      const text = '# Text\n\nDie Häuser der Stadt.\n';
      const other = await buildSyncedProject(app, host, {
        'a.md': `---\nlang: ${lang}\n---\n${text}`,
        'b.md': `---\nlang: en\n---\n${text}`,
      });
      for (const [language, languages] of [
        ['de', ['de', 'en']],
        [null, ['en', 'en']],
      ]) {
        await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: other.projectDocId, language });
        await syncToEnd(app, other);
        const { project: found } = await app.query(
          'query($id: ID!) { project(id: $id) { documents { nodes { language } } } }',
          { id: other.projectId },
        );
        expect(found.documents.nodes.map((document: Values) => document.language)).toEqual(languages);
      }
    },
  );

  it('has a language that is a code', async () => {
    const { userErrors } = await app.mutate('updateProjectDoc', 'userErrors { code message }', {
      id: project.projectDocId,
      language: 'no language',
    });
    expect(userErrors).toMatchObject([
      { code: 'INVALID', message: 'Language must be a code such as en, de or pt-BR.' },
    ]);
  });
});
