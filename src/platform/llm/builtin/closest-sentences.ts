import { isQuestion } from '../../claims/claim-words.js';
import { lightStem } from '../../text/light-stem.js';
import { ENGLISH_STOP_WORDS, RELATION_WORDS } from '../../text/stop-words.js';
import { tokenize } from '../../text/tokenize.js';
import { withoutTypingError } from '../../text/typing-errors.js';
import { isValue } from './join-answers.js';
import type { ParsedPassage } from '../prompt-markup.js';
import { readableSentences } from './readable-sentences.js';
import type { CodeBlock } from './text-blocks.js';

export interface CitedSentence {
  /** Empty: there is only code. */
  text: string;
  code: CodeBlock | null;
  /** What stands before it in a numbered list: `2.`; empty: nothing. */
  number: string;
  /** The list that it is of, within its passage; null: none. */
  list: number | null;
  /** The heading above it, where it says little without that; empty: it does, or there is none. */
  heading: string;
  /** The number of its passage. */
  index: number;
}

interface Candidate extends CitedSentence {
  rank: number;
  needsHeading: boolean;
  words: Set<string>;
  headingWords: Set<string>;
  aboutWords: Set<string>;
}

const MAX_SENTENCES = 4;
/** What a sentence needs of the best one's score to be quoted beside it. */
const LEAST_SHARE = 0.5;
/** A word in the heading above a sentence or in its code says what it is about, but less surely than one within it. */
const ABOUT_WEIGHT = 0.4;
/** Passages come best first: each rank takes off this much. */
const RANK_PENALTY = 0.04;

/** A shorter one, without its ending, is one letter away from too many others. */
const MISTYPED = /^[a-z]{5,40}$/;

/** What questions are asked with, stop words or not: "And after that?", "Tell me more." */
const QUESTION_WORDS = new Set('after all also before get let more please show tell us use used using way'.split(' '));

/**
 * The one to four sentences of the passages that share most with the question, best first. A word counts more the
 * fewer sentences have it; stop words count nothing. Empty where no sentence, nor the heading above it or its code,
 * has a word of the question. A list is quoted as a whole where its beginning is among them, or two of its numbered
 * items.
 */
export function closestSentences(passages: readonly ParsedPassage[], question: string): CitedSentence[] {
  const candidates: Candidate[] = passages.flatMap((passage, rank) =>
    readableSentences(passage.text, passage.filePath).map(({ heading, headings, isAside, ...sentence }) => {
      const headingWords = contentWords(`${isAside ? passage.headingAbove : passage.heading} ${headings}`);
      // What stands under another heading would be read as said of the passage's own.
      const needsHeading = isAside || isValue(sentence.text);
      return {
        ...sentence,
        heading: needsHeading ? heading : '',
        needsHeading,
        index: passage.index,
        rank,
        words: contentWords(sentence.text),
        headingWords,
        aboutWords: new Set([...headingWords, ...contentWords(sentence.code?.text ?? '')]),
      };
    }),
  );
  const weights = new Map<string, number>();
  const known = new Set(candidates.flatMap(({ words, aboutWords }) => [...words, ...aboutWords]));
  for (const asked of contentWords(question)) {
    const word = known.has(asked) ? asked : meantBy(asked, known);
    const holders = candidates.filter(({ words, aboutWords }) => words.has(word) || aboutWords.has(word)).length;
    if (holders > 0) weights.set(word, Math.log(1 + candidates.length / holders));
  }

  const scored = candidates
    .filter((candidate) => !isAboutAnother(candidate, candidates, weights))
    .map((candidate) => ({ candidate, score: scoreOf(candidate, weights) }))
    .sort((a, b) => b.score - a.score);
  const best = scored[0];
  if (!best || best.score === 0) return [];

  const chosen: Candidate[] = [];
  for (const { candidate, score } of scored) {
    if (chosen.length === MAX_SENTENCES || score < best.score * LEAST_SHARE) break;
    if (!chosen.some((other) => saysTheSame(other.words, candidate.words))) chosen.push(candidate);
  }
  return [...new Set(chosen.flatMap((candidate) => withItsList(candidate, chosen, candidates)))];
}

/**
 * What a word of the question that no sentence has was meant to be: a known one that is one typing error away, or
 * else the word itself.
 */
function meantBy(word: string, known: ReadonlySet<string>): string {
  return (MISTYPED.test(word) && withoutTypingError(word).find((other) => known.has(other))) || word;
}

/**
 * Whether another sentence says as much of the question, under headings that say more of it: then this one is about
 * something else.
 */
function isAboutAnother(
  { needsHeading, words, headingWords }: Candidate,
  candidates: readonly Candidate[],
  weights: ReadonlyMap<string, number>,
): boolean {
  if (!needsHeading) return false;
  const asked = [...weights.keys()];
  const said = asked.filter((word) => words.has(word));
  const named = asked.filter((word) => headingWords.has(word));
  return candidates.some(
    (other) =>
      said.every((word) => other.words.has(word)) &&
      named.every((word) => other.headingWords.has(word)) &&
      asked.some((word) => other.headingWords.has(word) && !headingWords.has(word)),
  );
}

/** Half a list of steps is worse than none, and what announces a list says nothing without it. */
function withItsList(
  candidate: Candidate,
  chosen: readonly Candidate[],
  candidates: readonly Candidate[],
): readonly Candidate[] {
  if (candidate.list === null) return [candidate];
  const isOfList = ({ index, list }: Candidate) => index === candidate.index && list === candidate.list;
  const list = candidates.filter(isOfList);
  const steps = chosen.filter((other) => isOfList(other) && other.number !== '');
  return candidate === list[0] || isQuestion(candidate.text) || steps.length > 1 ? list : [candidate];
}

function scoreOf({ words, aboutWords, rank }: Candidate, weights: ReadonlyMap<string, number>): number {
  let score = 0;
  for (const [word, weight] of weights) {
    if (words.has(word)) score += weight;
    else if (aboutWords.has(word)) score += weight * ABOUT_WEIGHT;
  }
  // Long sentences share words by chance.
  return (score * Math.max(0.2, 1 - rank * RANK_PENALTY)) / Math.log2(10 + words.size);
}

/** The words of a text that mean something, without their endings. */
export function contentWords(text: string): Set<string> {
  return new Set(
    tokenize(text)
      .filter((word) => RELATION_WORDS.has(word) || !ENGLISH_STOP_WORDS.has(word))
      .filter((word) => !QUESTION_WORDS.has(word))
      .map(lightStem),
  );
}

/** So do two blocks of code without a sentence: one of them is enough. */
function saysTheSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const common = [...a].filter((word) => b.has(word)).length;
  return common >= 0.8 * Math.min(a.size, b.size) && common >= 0.5 * Math.max(a.size, b.size);
}
