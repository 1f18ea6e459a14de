import type { ClaimPair } from './measure-claim.js';
import { SAID, strongest } from './match-words.js';
import type { QuotableUnit } from './quotable-units.js';
import type { Word } from './words.js';

/** How the names and numbers of a claim fit the one clause of a piece that says most of it. */
interface NearestClause {
  /** Names and numbers of the claim that are not in the clause. */
  lost: number;
  /** Names and numbers of the clause that are not in the claim. */
  others: number;
  /** 1: the claim begins with a name that the clause does not have, which has another one; 0: not so. */
  otherSubject: number;
  /** How surely the first word that says something is the same on both sides, 0..1. */
  sameSubject: number;
}

const STARTS = new Set(
  'and but which while whereas because since so if when unless that who then or instead rather'.split(' '),
);

export function nearestClauseOf(pair: ClaimPair, { words, isEntry }: QuotableUnit): NearestClause {
  const { claim, rarity, match } = pair;
  const says = (clause: readonly Word[]) =>
    claim.reduce((sum, word, index) => sum + word.weight * rarity[index]! * strongest(word, clause, match), 0);
  // Commas and dashes part what an entry says from its name.
  const clauses = isEntry ? [words] : clausesOf(words);
  const scores = clauses.map(says);
  const clause = clauses[scores.indexOf(Math.max(...scores))] ?? [];
  const [subject, other] = [claim, clause].map((words) => words.find(({ weight }) => weight > 0));
  const isLost = (word: Word) => isNameOrNumber(word) && strongest(word, clause, match) < SAID;
  return {
    lost: claim.filter(isLost).length,
    others: clause.filter((word) => isNameOrNumber(word) && !claim.some((each) => match(each, word) >= SAID)).length,
    otherSubject: subject && isLost(subject) && clause.some(isNameOrNumber) ? 1 : 0,
    sameSubject: subject && other ? match(subject, other) : 0,
  };
}

export function isNameOrNumber({ kind, proper }: Word): boolean {
  return kind === 'name' || kind === 'number' || proper;
}

function clausesOf(words: readonly Word[]): Word[][] {
  const clauses: Word[][] = [[]];
  for (const word of words) {
    const isStart = word.pause > 0 || STARTS.has(word.text);
    if (isStart && clauses.at(-1)!.some(({ weight }) => weight > 0)) clauses.push([]);
    clauses.at(-1)!.push(word);
  }
  return clauses;
}
