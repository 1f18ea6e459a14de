import { readFileSync } from 'node:fs';

import { wordRoot } from './word-root.js';

/** How two words are related: they say the same, are near each other, or make each other's sentences untrue. */
export type Relation = 'SAME' | 'NEAR' | 'OPPOSITE';

const FILE = new URL('thesaurus.txt', import.meta.url);
const ENTRY = /^([^\s#]\S*)(?: = ([^~!]*))?(?: ~ ([^!]*))?(?: ! (.*))?$/;
/** As the lists of an entry follow one another. */
const ORDER: readonly Relation[] = ['SAME', 'NEAR', 'OPPOSITE'];
// Forms of different words may share a root, so that lines disagree: the first of these is taken.
const STRONGEST: readonly Relation[] = ['SAME', 'OPPOSITE', 'NEAR'];

const NONE: ReadonlyMap<string, Relation> = new Map();

/** Read when it is first needed. */
let relations: ReadonlyMap<string, ReadonlyMap<string, Relation>> | undefined;

/** What the thesaurus says of two roots, in either order; null: nothing. */
export function relationOf(a: string, b: string): Relation | null {
  return relatedRoots(a).get(b) ?? null;
}

/** All roots that the thesaurus has something to say of beside this one. */
export function relatedRoots(root: string): ReadonlyMap<string, Relation> {
  relations ??= readThesaurus(readFileSync(FILE, 'utf8'));
  return relations.get(root) ?? NONE;
}

function readThesaurus(text: string): Map<string, Map<string, Relation>> {
  const known = new Map<string, Map<string, Relation>>();
  const put = (a: string, b: string, relation: Relation): void => {
    let others = known.get(a);
    if (!others) known.set(a, (others = new Map()));
    const before = others.get(b);
    if (!before || STRONGEST.indexOf(relation) < STRONGEST.indexOf(before)) others.set(b, relation);
  };
  for (const line of text.split('\n')) {
    const [, word, ...lists] = ENTRY.exec(line) ?? [];
    if (word === undefined) continue;
    for (const [index, relation] of ORDER.entries()) {
      for (const other of lists[index]?.trim().split(' ') ?? []) {
        put(wordRoot(word), wordRoot(other), relation);
        put(wordRoot(other), wordRoot(word), relation);
      }
    }
  }
  return known;
}
