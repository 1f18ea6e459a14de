import { PAIRED } from '../../platform/text/unspaced.js';

/** A word of a question, stemmed as the keyword index has it. */
export interface QuestionTerm {
  term: string;
  /** How many passages of the project hold it, title and headings included. */
  passages: number;
  /** Which of the passages found do. */
  heldBy: ReadonlySet<string>;
}

/** What a passage of a small project has to cover. */
const LEAST_EVIDENCE = 0.5;
/** Among many passages one or another holds some words of any question: this much more for each ten times as many. */
const MORE_EVIDENCE = 0.12;
const SMALL_PROJECT = 800;
/** Two of three words are enough anywhere. */
const MOST_EVIDENCE = 0.65;
/** How fast a word loses weight with its share of the project's passages: at a tenth of them it has half. */
const COMMON = 10;
/** Projects of a few pages tell little about which words are common: they count as if they had this many passages more. */
const UNKNOWN_PASSAGES = 50;
/** Questions that weigh more than this tell a story around what they ask: of that, less has to be in one passage. */
const SHORT_QUESTION = 2;

const PAIR = new RegExp(`^[${PAIRED}]{2}$`, 'u');

/**
 * How much of a question one passage covers: about the share of the question's words that it holds, rare words counting
 * more, and 0 where it holds none. Words that nobody's documentation has, count as the rarest.
 */
export function weighEvidence(terms: readonly QuestionTerm[], chunkId: string, projectPassages: number): number {
  const isHeld = terms.map(({ heldBy }) => heldBy.has(chunkId));
  let held = 0;
  let total = 0;
  for (const [index, { passages }] of terms.entries()) {
    const weight = 1 / (1 + (COMMON * passages) / (projectPassages + UNKNOWN_PASSAGES));
    if (isHeld[index]) held += weight;
    if (isHeld[index] || !isBridge(terms, isHeld, index)) total += weight;
  }
  if (held === 0) return 0;
  return held / (total <= SHORT_QUESTION ? total : Math.sqrt(SHORT_QUESTION * total));
}

/**
 * From here on a passage is evidence. Calibrated together with the constants above on the documentation of four programs, and what
 * large projects ask for on three more; docs/retrieval.md has the figures, test/evidence/questions.json the questions.
 */
export function leastEvidence(projectPassages: number): number {
  const more = MORE_EVIDENCE * Math.max(0, Math.log10(projectPassages / SMALL_PROJECT));
  return Math.min(LEAST_EVIDENCE + more, MOST_EVIDENCE);
}

/** Without spaces the index holds pairs of neighbouring characters: one across the border of two words says nothing. */
function isBridge(terms: readonly QuestionTerm[], isHeld: readonly boolean[], index: number): boolean {
  const overlaps = (first: number, second: number): boolean => {
    const [a, b] = [terms[first]?.term ?? '', terms[second]?.term ?? ''];
    return PAIR.test(a) && PAIR.test(b) && Array.from(a)[1] === Array.from(b)[0];
  };
  return (
    (isHeld[index - 1] === true && overlaps(index - 1, index)) ||
    (isHeld[index + 1] === true && overlaps(index, index + 1))
  );
}
