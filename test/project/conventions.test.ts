import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { VARIABLES } from '../../src/variables.js';

const src = resolve('src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.split(sep).join('/'));

/** What a file is, by its name: its place in the one direction in which imports point. */
function layerOf(path: string): string {
  if (path.startsWith('platform/')) return 'platform';
  return /\.(\w+)\.ts$/.exec(path)?.[1] ?? (path.includes('/') ? 'feature' : basename(path, '.ts'));
}

/** What a layer may never import. What is not listed here is free. */
const FORBIDDEN: Record<string, string[]> = {
  schema: ['app', 'index'],
  resolver: ['app', 'index', 'schema'],
  feature: ['app', 'index', 'schema', 'resolver'],
  service: ['app', 'index', 'schema', 'resolver'],
  job: ['app', 'index', 'schema', 'resolver'],
  loaders: ['app', 'index', 'schema', 'resolver', 'service', 'job'],
  inputs: ['app', 'index', 'schema', 'resolver', 'service', 'job', 'loaders'],
  entity: ['app', 'index', 'schema', 'resolver', 'service', 'job', 'loaders', 'inputs'],
};

/** Features know each other by what they store and what they can do, not by how they answer or load. */
const PRIVATE_TO_A_FEATURE = ['resolver', 'loaders', 'job'];

interface Import {
  from: string;
  to: string;
}

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(src, from), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?'(\.{1,2}\/[^']+)\.js'/g)].map(([, path]) => ({
    from,
    to: relative(src, resolve(src, dirname(from), `${path}.ts`))
      .split(sep)
      .join('/'),
  }));
});

const linesOf = (path: string) => readFileSync(join(src, path), 'utf8').trimEnd().split('\n');
const shown = ({ from, to }: Import) => `${from} imports ${to}`;
const folderOf = (path: string) => path.split('/').slice(0, -1)[0] ?? null;
const isAboveFeatures = (path: string) => [null, 'cli'].includes(folderOf(path));

describe('the source', () => {
  it('imports in one direction', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (layerOf(from) === 'platform') return layerOf(to) !== 'platform';
      return FORBIDDEN[layerOf(from)]?.includes(layerOf(to));
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  it('reaches into another feature only for what that one shows', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        !isAboveFeatures(from) && folderOf(from) !== folderOf(to) && PRIVATE_TO_A_FEATURE.includes(layerOf(to)),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  it('has no file whose name could hold anything', () => {
    const names = files.flatMap((path) => path.replace(/\.ts$/, '').split('/')).flatMap((name) => name.split(/[.-]/));
    expect(names.filter((name) => /^(utils?|helpers?|common|misc|shared|managers?)$/.test(name))).toEqual([]);
  });

  it('has no file of more than 210 lines', () => {
    expect(files.filter((path) => linesOf(path).length > 210)).toEqual([]);
  });

  it('has no comment that is wider than 120 columns, as its code is not', () => {
    const wide = files.flatMap((path) =>
      linesOf(path)
        .map((line, index) => ({ line, at: `${path}:${index + 1}` }))
        .filter(({ line }) => line.length > 120 && /^\s*(?:\/\/|\/\*|\*)/.test(line)),
    );
    expect(wide.map(({ at }) => at)).toEqual([]);
  });
});

describe('.env.example', () => {
  it('says of every variable what the configuration says', () => {
    const example = readFileSync('.env.example', 'utf8');
    const entries = [...example.matchAll(/^# (.+)\n#([A-Z_]+)=(.*)$/gm)].map(([, doc, name, value]) => [
      name,
      { doc, default: value },
    ]);
    expect(Object.fromEntries(entries)).toEqual(VARIABLES);
  });
});
