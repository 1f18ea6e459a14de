import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type AskedWord, leastEvidence, weighEvidence } from '../../src/conversation/retrieval/evidence.js';
import { indexedText } from '../../src/platform/passages/cut.js';
import { cutFile } from '../../src/platform/passages/cut-file.js';
import { lightStem } from '../../src/platform/text/light-stem.js';
import { ENGLISH_STOP_WORDS } from '../../src/platform/text/stop-words.js';
import { tokenize, tokenizeWhole } from '../../src/platform/text/tokenize.js';
import type { HeldTerms } from '../../src/search/held-terms.js';

type ByCorpus = Record<string, string[]>;
interface Questions {
  onTopic: ByCorpus;
  offTopic: string[];
  longOnTopic: ByCorpus;
  longOffTopic: string[];
}
const QUESTIONS: Questions = JSON.parse(readFileSync('test/evidence/questions.json', 'utf8'));

/** Real documentation: this project's own, and what packages that it depends on bring along. */
const FOLDERS: Record<string, string> = {
  fastify: 'node_modules/fastify/docs',
  pino: 'node_modules/pino/docs',
  undici: 'node_modules/undici/docs',
  ibid: 'docs',
};

interface Corpus {
  /** Of all passages that hold it, by term. */
  passages: ReadonlyMap<string, number>;
  held: readonly HeldTerms[];
}

const termsOf = (words: readonly string[]): string[] =>
  words.filter((word) => !ENGLISH_STOP_WORDS.has(word)).map(lightStem);

function cut(filePath: string, content: string): HeldTerms[] {
  const file = cutFile(filePath, Buffer.from(content));
  if ('skipReason' in file) return [];
  return file.passages.map((passage) => ({
    above: new Set(termsOf(tokenize(indexedText(file.title, passage).heading))),
    within: tokenizeWhole(passage.text).flatMap((words, place) => termsOf(words).map((term) => ({ place, term }))),
  }));
}

function toCorpus(held: readonly HeldTerms[]): Corpus {
  const terms = held.flatMap(({ above, within }) => [...new Set([...above, ...within.map(({ term }) => term)])]);
  return { held, passages: new Map(Array.from(Map.groupBy(terms, String), ([term, all]) => [term, all.length])) };
}

function readCorpus(folder: string): Corpus {
  return toCorpus(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => cut(file, readFileSync(join(folder, file), 'utf8'))),
  );
}

/** What the passage that covers most of a question covers of it. */
function mostEvidence({ held, passages }: Corpus, question: string): number {
  const words = [...new Set(termsOf(tokenize(question)))].map((term): AskedWord => ({
    terms: [term],
    passages: passages.get(term) ?? 0,
  }));
  return Math.max(...held.map((each) => weighEvidence(words, each, held.length)));
}

const isAnswered = (corpus: Corpus, question: string) =>
  mostEvidence(corpus, question) >= leastEvidence(corpus.held.length);

describe('evidence in real documentation', () => {
  const corpora = new Map(Object.entries(FOLDERS).map(([name, folder]) => [name, readCorpus(folder)]));
  const onTopic = (questions: ByCorpus) =>
    Object.entries(questions).flatMap(([name, some]) => some.map((question) => ({ name, question })));
  const offTopic = (questions: string[]) =>
    [...corpora.keys()].flatMap((name) => questions.map((question) => ({ name, question })));
  const shareAnswered = (asked: { name: string; question: string }[]) =>
    asked.filter(({ name, question }) => isAnswered(corpora.get(name)!, question)).length / asked.length;

  it('is there for nearly every question about it', () => {
    const asked = onTopic(QUESTIONS.onTopic);
    expect(asked.length).toBeGreaterThan(60);
    expect(shareAnswered(asked)).toBeGreaterThanOrEqual(0.95);
  });

  it('is not there for most questions about something else, though they share words with it', () => {
    const asked = offTopic(QUESTIONS.offTopic);
    expect(asked.length).toBeGreaterThan(150);
    expect(shareAnswered(asked)).toBeLessThanOrEqual(0.13);
  });

  it('is there for most of those who tell a story first, and not for most who tell another one', () => {
    expect(shareAnswered(onTopic(QUESTIONS.longOnTopic))).toBeGreaterThanOrEqual(0.75);
    expect(shareAnswered(offTopic(QUESTIONS.longOffTopic))).toBeLessThanOrEqual(0.25);
  });
});

describe('weighEvidence', () => {
  /** A word of a question, and where the passage holds it, if anywhere. */
  type Asked = AskedWord & { places: readonly number[] };
  const word = (term: string, passages: number, ...places: number[]): Asked => ({ terms: [term], passages, places });
  const weighIn = (projectPassages: number, ...words: Asked[]) => {
    const all = words.flatMap(({ terms, places }) => places.map((place) => ({ place, term: terms[0]! })));
    const within = all.toSorted((one, other) => one.place - other.place);
    return weighEvidence(words, { above: new Set(), within }, projectPassages);
  };
  const weigh = (...words: Asked[]) => weighIn(1000, ...words);

  it('is 0 for a passage that holds no word, and for a question without one', () => {
    expect(weigh(word('moon', 3))).toBe(0);
    expect(weigh()).toBe(0);
  });

  it('is 1 for a passage that holds all of a short question together, however common its words', () => {
    expect(weigh(word('log', 900, 0))).toBe(1);
    expect(weigh(word('log', 900, 7), word('level', 20, 3))).toBe(1);
  });

  it('counts a word the less, the more passages hold it, and one that nobody knows in full', () => {
    const beside = (passages: number) => weigh(word('log', 500, 0), word('other', passages));
    expect(beside(0)).toBeLessThan(beside(100));
    expect(beside(100)).toBeLessThan(beside(900));
    expect(weigh(word('set', 300, 0), word('jupiter', 0))).toBeLessThan(leastEvidence(1000));
  });

  it('counts by half what stands far from the other words', () => {
    const far = weigh(word('bake', 0, 0, 90), word('bread', 0, 50));
    expect(far).toBe(0.75);
    expect(weigh(word('bake', 0, 0, 45), word('bread', 0, 50))).toBe(1);
    expect(weigh(word('bake', 0, 0, 0, 50), word('bread', 0, 62))).toBe(far);
  });

  it('counts what stands in title and headings for more, and as near to each word', () => {
    const words = [word('bake', 0), word('bread', 0)];
    const within = [{ place: 80, term: 'bread' }];
    expect(weighEvidence(words, { above: new Set(['bake', 'oven']), within }, 1000)).toBeCloseTo(1.15);
  });

  it('wants less than half of a long question', () => {
    const story = Array.from({ length: 12 }, (_, index) => word(`word${index}`, 5, ...(index < 4 ? [index * 20] : [])));
    expect(weigh(...story)).toBeGreaterThanOrEqual(leastEvidence(1000));
    expect(weigh(...story.slice(2))).toBeLessThan(leastEvidence(1000));
  });

  it('wants more of a passage among thousands, where one or another holds some words of any question', () => {
    expect(leastEvidence(2)).toBe(leastEvidence(800));
    expect(leastEvidence(4_000)).toBeCloseTo(leastEvidence(800) + 0.126);
    expect(leastEvidence(8_000)).toBe(leastEvidence(1e6));
    expect(weigh(word('rust', 2, 0), word('syntax', 9, 1), word('tree', 5))).toBeGreaterThan(leastEvidence(1e6));
  });

  it('takes two pages for what they are: one word of theirs is as good as another', () => {
    expect(weighIn(2, word('backup', 1, 0), word('run', 1))).toBe(0.5);
  });
});

describe('evidence in texts without spaces', () => {
  const chinese = toCorpus(
    cut(
      'guide.md',
      [
        '# 使用指南\n\n## 安装\n\n运行安装程序,然后重新启动服务器。安装需要五分钟。',
        '## 备份\n\n数据库每天夜里三点备份到保险库。如果失败,管理员会收到邮件。',
        '## 配置\n\n端口由环境变量设置,默认是四千。日志级别也可以更改。',
      ].join('\n\n'),
    ),
  );
  const japanese = toCorpus(
    cut(
      'guide.md',
      [
        '# ガイド\n\n## インストール\n\nプログラムをインストールするには、セットアップを実行します。',
        '## バックアップ\n\nデータベースは毎晩三時にバックアップされます。',
        '## 設定\n\nサーバーのポートは環境変数で変更できます。',
      ].join('\n\n'),
    ),
  );

  it.each([
    ['如何安装程序?', '数据库什么时候备份?', '怎么更改端口?', '日志级别', '备份失败怎么办?'],
    [
      'プログラムのインストール方法は?',
      'データベースはいつバックアップされますか?',
      'ポートを変更するには?',
      '環境変数',
    ],
  ])('is there for %s and others like it', (...questions) => {
    const corpus = questions[0]!.startsWith('如') ? chinese : japanese;
    expect(questions.filter((question) => !isAnswered(corpus, question))).toEqual([]);
  });

  it.each([
    ['木星有多少颗卫星?', '南极有什么鱼?', '怎么做香蕉面包?', '法国的总统是谁?', '如何学习西班牙语?'],
    ['木星の衛星はいくつありますか?', 'バナナパンの作り方は?', 'フランスの大統領は誰ですか?', '空はなぜ青いのですか?'],
  ])('is not there for %s and others like it', (...questions) => {
    const corpus = questions[0]!.includes('颗') ? chinese : japanese;
    expect(questions.filter((question) => isAnswered(corpus, question))).toEqual([]);
  });
});
