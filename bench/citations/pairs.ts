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
  half: Half;
}

/**
 * Of pairs.jsonl by a hash of the id; `later` for pairs that were written when all tuning was done. Those of the other files
 * are apart by document, so that what is reported is over documents that nothing was tuned to.
 */
export const HALVES = [
  'tuning',
  'reporting',
  'later',
  'second tuning',
  'second reporting',
  'third tuning',
  'third reporting',
  'fourth tuning',
  'fourth reporting',
  'entries tuning',
  'entries reporting',
] as const;
export type Half = (typeof HALVES)[number];

/** Whether a pair may be looked at; what others are told of, are sums. */
export function mayBeTunedTo({ half }: Pair): boolean {
  return half.endsWith('tuning');
}

/** What the halves of a file are called before `tuning` and `reporting`. */
const FILES = {
  'pairs.jsonl': null,
  'later-pairs.jsonl': 'later',
  'second-pairs.jsonl': 'second',
  'third-pairs.jsonl': 'third',
  'fourth-pairs.jsonl': 'fourth',
  'entry-pairs.jsonl': 'entries',
} as const;
type File = keyof typeof FILES;
const REPORTED = new Set([
  'flask-appcontext.rst',
  'debian-backup.md',
  'celery-tasks.rst',
  'sqlalchemy-pooling.rst',
  'cors.md',
  'sqlite-isolation.md',
  'postfix-connection-cache.md',
  'requests-advanced.rst',
  'python-logging.rst',
  'zsh-faq.md',
  'exim-retry.md',
  'vacuuming.md',
  'debian-nmu.rst',
  'ai-resume.md',
  'undici-retry-cache.md',
  'apache-proxy.md',
  'sphinx-linkcheck.rst',
  'body-parser.md',
  'concurrently.md',
  'fast-glob.md',
  'ky.md',
  'nock.md',
  'prom-client.md',
  'bunyan.md',
  'mqtt.md',
  'terser.md',
]);

const TITLES: Record<string, string> = {
  'celery-tasks.rst': 'Celery: Tasks',
  'cors.md': 'cors',
  'dataloader.md': 'DataLoader',
  'debian-backup.md': "The Debian Administrator's Handbook",
  'fastify-hooks.md': 'Fastify',
  'flask-appcontext.rst': 'Flask: The Application Context',
  'helmet.md': 'Helmet',
  'loglevel.md': 'loglevel',
  'lru-cache.md': 'lru-cache',
  'node-cluster.md': 'Node.js: Cluster',
  'pino.md': 'Pino',
  'postgresql-locking.md': 'PostgreSQL: Explicit Locking',
  'postgresql-populate.md': 'PostgreSQL: Performance Tips',
  'python-faq.rst': 'Python: Design and History FAQ',
  'python-venv.rst': 'Python: venv',
  'rust-ownership.md': 'The Rust Programming Language',
  'semver.md': 'semver',
  'sqlalchemy-pooling.rst': 'SQLAlchemy: Connection Pooling',
  'sqlite-wal.md': 'SQLite: Write-Ahead Logging',
  'ssh-config.md': 'ssh_config(5)',
  'undici-client.md': 'undici',
  'varnish-grace.md': 'Varnish: VCL',
  'zlib-faq.txt': 'Frequently Asked Questions about zlib',
};

/** All pairs of all files. */
export function readAllPairs(folder: string): Pair[] {
  return Object.keys(FILES).flatMap((file) => readPairs(folder, file as File));
}

/** The pairs of a file with their passages, which stand in `sources/` beside it. */
export function readPairs(folder: string, file: File): Pair[] {
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
        heading: [TITLES[pair.source] ?? titleOf(pair.source), ...headingPath(lines.slice(0, pair.startLine))].join(
          ' > ',
        ),
        half: halfOf(file, pair),
      };
    });
}

function halfOf(file: File, { id, source }: StoredPair): Half {
  const name = FILES[file];
  if (name === null) return hashText(id) % 2 === 0 ? 'tuning' : 'reporting';
  if (name === 'later') return name;
  return `${name} ${REPORTED.has(source) ? 'reporting' : 'tuning'}`;
}

/** `python-logging.rst` is about "python logging". */
function titleOf(source: string): string {
  return source.replace(/\.\w+$/, '').replaceAll('-', ' ');
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
