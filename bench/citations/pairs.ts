import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { hashText } from '../../src/platform/embedding/hash-text.js';

export const KINDS = [
  'verbatim',
  'paraphrase',
  'antonym',
  'negation',
  'number',
  'name',
  'wrong-passage',
  'made-up',
] as const;

interface StoredPair {
  id: string;
  /** A file in `sources/`. */
  source: string;
  /** First and last line of the passage, from 1, inclusive. */
  startLine: number;
  endLine: number;
  claim: string;
  kind: (typeof KINDS)[number];
  supported: boolean;
}

export interface Pair extends StoredPair {
  text: string;
  /** "title > heading path", as passages have it. */
  heading: string;
  /** By a hash of the id; `later` for pairs that were written when all tuning was done. */
  half: 'tuning' | 'reporting' | 'later';
}

const TITLES: Record<string, string> = {
  'dataloader.md': 'DataLoader',
  'fastify-hooks.md': 'Fastify',
  'helmet.md': 'Helmet',
  'lru-cache.md': 'lru-cache',
  'pino.md': 'Pino',
  'postgresql-locking.md': 'PostgreSQL: Explicit Locking',
  'postgresql-populate.md': 'PostgreSQL: Performance Tips',
  'python-faq.rst': 'Python: Design and History FAQ',
  'python-venv.rst': 'Python: venv',
  'rust-ownership.md': 'The Rust Programming Language',
  'semver.md': 'semver',
  'sqlite-wal.md': 'SQLite: Write-Ahead Logging',
  'ssh-config.md': 'ssh_config(5)',
  'undici-client.md': 'undici',
  'zlib-faq.txt': 'Frequently Asked Questions about zlib',
};

/** All pairs of a file of pairs with their passages, which stand in `sources/` beside it. */
export function readPairs(folder: string, file: 'pairs.jsonl' | 'later-pairs.jsonl'): Pair[] {
  const sources = new Map<string, string[]>();
  const linesOf = (name: string) => {
    let lines = sources.get(name);
    if (!lines) {
      lines = readFileSync(join(folder, 'sources', name), 'utf8').split('\n');
      sources.set(name, lines);
    }
    return lines;
  };
  return readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const pair = JSON.parse(line) as StoredPair;
      const lines = linesOf(pair.source);
      return {
        ...pair,
        text: lines.slice(pair.startLine - 1, pair.endLine).join('\n'),
        heading: [TITLES[pair.source] ?? pair.source, ...headingPath(lines.slice(0, pair.startLine))].join(' > '),
        half: file === 'later-pairs.jsonl' ? 'later' : halfOf(pair.id),
      };
    });
}

function halfOf(id: string): Pair['half'] {
  return hashText(id) % 2 === 0 ? 'tuning' : 'reporting';
}

function headingPath(lines: readonly string[]): string[] {
  const path: string[] = [];
  let isCode = false;
  for (const line of lines) {
    if (/^(?:```|~~~)/.test(line)) isCode = !isCode;
    const [, signs, title] = (isCode ? null : /^(#{1,6}) (.*)$/.exec(line)) ?? [];
    if (signs === undefined || title === undefined) continue;
    path.length = Math.min(path.length, signs.length - 1);
    path[signs.length - 1] = title;
  }
  return path.filter(Boolean);
}
