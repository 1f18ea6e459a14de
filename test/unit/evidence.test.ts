import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { leastEvidence, type QuestionTerm, weighEvidence } from '../../src/conversation/retrieval/evidence.js';
import { cutFile } from '../../src/platform/passages/cut-file.js';
import { lightStem } from '../../src/platform/text/light-stem.js';
import { ENGLISH_STOP_WORDS } from '../../src/platform/text/stop-words.js';
import { tokenize } from '../../src/platform/text/tokenize.js';

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

/** The terms of each passage, title and headings included. */
type Corpus = ReadonlySet<string>[];

const termsOf = (words: Iterable<string>): string[] => [
  ...new Set([...words].filter((word) => !ENGLISH_STOP_WORDS.has(word)).map(lightStem)),
];

function cut(filePath: string, content: string): Corpus {
  const file = cutFile(filePath, Buffer.from(content));
  return 'skipReason' in file ? [] : file.passages.map(({ embedded }) => new Set(termsOf(tokenize(embedded))));
}

function readCorpus(folder: string): Corpus {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => cut(file, readFileSync(join(folder, file), 'utf8')));
}

/** What the passage that covers most of a question covers of it. */
function mostEvidence(corpus: Corpus, question: string): number {
  const terms = termsOf(tokenize(question)).map((term): QuestionTerm => {
    const heldBy = new Set(corpus.flatMap((passage, index) => (passage.has(term) ? [String(index)] : [])));
    return { term, passages: heldBy.size, heldBy };
  });
  return Math.max(...corpus.map((_, index) => weighEvidence(terms, String(index), corpus.length)));
}

const isAnswered = (corpus: Corpus, question: string) => mostEvidence(corpus, question) >= leastEvidence(corpus.length);

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
    expect(shareAnswered(asked)).toBeLessThanOrEqual(0.2);
  });

  it('is there for most of those who tell a story first, and not for most who tell another one', () => {
    expect(shareAnswered(onTopic(QUESTIONS.longOnTopic))).toBeGreaterThanOrEqual(0.75);
    expect(shareAnswered(offTopic(QUESTIONS.longOffTopic))).toBeLessThanOrEqual(0.35);
  });
});

describe('weighEvidence', () => {
  const term = (name: string, passages: number, held: boolean): QuestionTerm => ({
    term: name,
    passages,
    heldBy: new Set(held ? ['it'] : []),
  });
  const weigh = (...terms: QuestionTerm[]) => weighEvidence(terms, 'it', 1000);

  it('is 0 for a passage that holds no word, and for a question without one', () => {
    expect(weigh(term('moon', 3, false))).toBe(0);
    expect(weigh()).toBe(0);
  });

  it('is 1 for a passage that holds all of a short question, however common its words', () => {
    expect(weigh(term('log', 900, true))).toBe(1);
    expect(weigh(term('log', 900, true), term('level', 20, true))).toBe(1);
  });

  it('counts a word the less, the more passages hold it, and one that nobody knows in full', () => {
    const beside = (passages: number) => weigh(term('log', 500, true), term('other', passages, false));
    expect(beside(0)).toBeLessThan(beside(100));
    expect(beside(100)).toBeLessThan(beside(900));
    expect(weigh(term('set', 300, true), term('jupiter', 0, false))).toBeLessThan(leastEvidence(1000));
  });

  it('wants less than half of a long question', () => {
    const story = Array.from({ length: 12 }, (_, index) => term(`word${index}`, 5, index < 4));
    expect(weigh(...story)).toBeGreaterThanOrEqual(leastEvidence(1000));
    expect(weigh(...story.slice(2))).toBeLessThan(leastEvidence(1000));
  });

  it('wants more of a passage among thousands, where one or another holds some words of any question', () => {
    expect(leastEvidence(2)).toBe(leastEvidence(800));
    expect(leastEvidence(8_000)).toBeCloseTo(leastEvidence(800) + 0.12);
    expect(weigh(term('rust', 2, true), term('syntax', 9, true), term('tree', 5, false))).toBeGreaterThan(
      leastEvidence(1e6),
    );
  });

  it('takes two pages for what they are: one word of theirs is as good as another', () => {
    expect(weighEvidence([term('backup', 1, true), term('run', 1, false)], 'it', 2)).toBe(0.5);
  });
});

describe('evidence in texts without spaces', () => {
  const chinese = cut(
    'guide.md',
    [
      '# 使用指南\n\n## 安装\n\n运行安装程序,然后重新启动服务器。安装需要五分钟。',
      '## 备份\n\n数据库每天夜里三点备份到保险库。如果失败,管理员会收到邮件。',
      '## 配置\n\n端口由环境变量设置,默认是四千。日志级别也可以更改。',
    ].join('\n\n'),
  );
  const japanese = cut(
    'guide.md',
    [
      '# ガイド\n\n## インストール\n\nプログラムをインストールするには、セットアップを実行します。',
      '## バックアップ\n\nデータベースは毎晩三時にバックアップされます。',
      '## 設定\n\nサーバーのポートは環境変数で変更できます。',
    ].join('\n\n'),
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
