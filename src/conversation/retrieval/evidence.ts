import { PAIRED } from '../../platform/text/unspaced.js';
import type { HeldTerms } from '../../search/held-terms.js';

/** A word of a question. */
export interface AskedWord {
  /** Its stems, as the keyword index has them. */
  terms: readonly string[];
  /** How many passages of the project hold it, title and headings included. */
  passages: number;
}

/** What a passage of a small project has to cover. */
const LEAST_EVIDENCE = 0.5;
/** Among many passages one or another holds some words of any question: this much more for each ten times as many. */
const MORE_EVIDENCE = 0.18;
const SMALL_PROJECT = 800;
/** Two of three words are enough anywhere. */
const MOST_EVIDENCE = 0.65;
/** How fast a word loses weight with its share of the project's passages: at a tenth of them it has half. */
const COMMON = 10;
/** A project of few pages tells little about which words are common: it counts as if it had so many passages more. */
const UNKNOWN_PASSAGES = 50;
/** Questions that weigh more than this tell a story around what they ask: of that, less has to be in one passage. */
const SHORT_QUESTION = 2;
/** How many words of a passage stand together, for each word of the question: two or three sentences for a few. */
const TOGETHER = 6;
/** A word in the title or headings counts this much: they say what a passage is about. */
const ABOVE = 1.3;

const PAIR = new RegExp(`^[${PAIRED}]{2}$`, 'u');

/**
 * How much of a question one passage covers: about the share of the question's words that it holds, rare words counting
 * more, and those above it (so it may be more than 1). 0 where it holds none. Words that no passage holds count as the
 * rarest. What its text holds counts by half where the words do not stand together: any text of some length holds some
 * words of any question.
 */
export function weighEvidence(
  words: readonly AskedWord[],
  { above, within }: HeldTerms,
  projectPassages: number,
): number {
  const weights = words.map(({ passages }) => 1 / (1 + (COMMON * passages) / (projectPassages + UNKNOWN_PASSAGES)));
  const indexOf = new Map(words.flatMap(({ terms }, index) => terms.map((term) => [term, index] as const)));
  const isAbove = words.map(({ terms }) => terms.some((term) => above.has(term)));
  const places = within.flatMap(({ place, term }) => {
    const index = indexOf.get(term);
    return index === undefined || isAbove[index] ? [] : [{ place, index }];
  });
  const isWithin = new Set(places.map(({ index }) => index));
  const isHeld = words.map((_, index) => isAbove[index]! || isWithin.has(index));
  const sum = (isCounted: (index: number) => boolean): number =>
    weights.reduce((total, weight, index) => (isCounted(index) ? total + weight : total), 0);
  const anywhere = sum((index) => isWithin.has(index));
  const together = mostTogether(places, weights, TOGETHER * words.length);
  const held = ABOVE * sum((index) => isAbove[index]!) + (anywhere + together) / 2;
  if (held === 0) return 0;
  const total = sum((index) => isHeld[index]! || !isBridge(words, isHeld, index));
  return held / (total <= SHORT_QUESTION ? total : Math.sqrt(SHORT_QUESTION * total));
}

/** The most that the words within a span weigh, each once. */
function mostTogether(
  places: readonly { place: number; index: number }[],
  weights: readonly number[],
  span: number,
): number {
  const counts = weights.map(() => 0);
  let first = 0;
  let sum = 0;
  let most = 0;
  for (const { place, index } of places) {
    if (counts[index]!++ === 0) sum += weights[index]!;
    for (; places[first]!.place <= place - span; first += 1) {
      if (--counts[places[first]!.index]! === 0) sum -= weights[places[first]!.index]!;
    }
    most = Math.max(most, sum);
  }
  return most;
}

/**
 * What a passage has to weigh to be evidence. Calibrated together with the constants above on the documentation of four
 * programs, and for large projects on three more. docs/retrieval.md has the figures, test/evidence/questions.json the
 * questions.
 */
export function leastEvidence(projectPassages: number): number {
  const more = MORE_EVIDENCE * Math.max(0, Math.log10(projectPassages / SMALL_PROJECT));
  return Math.min(LEAST_EVIDENCE + more, MOST_EVIDENCE);
}

/** Without spaces the index holds pairs of neighbouring characters: one across the border of two words says nothing. */
function isBridge(words: readonly AskedWord[], isHeld: readonly boolean[], index: number): boolean {
  const overlaps = (first: number, second: number): boolean => {
    const [a, b] = [words[first]?.terms[0] ?? '', words[second]?.terms[0] ?? ''];
    return PAIR.test(a) && PAIR.test(b) && Array.from(a)[1] === Array.from(b)[0];
  };
  return (
    (isHeld[index - 1] === true && overlaps(index - 1, index)) ||
    (isHeld[index + 1] === true && overlaps(index, index + 1))
  );
}
