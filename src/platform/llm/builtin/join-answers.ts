import { isQuestion } from '../../claims/claim-words.js';
import { UNSPACED_TEXT } from '../../text/unspaced.js';
import type { ReadableSentence, ReadSentence } from './readable-sentences.js';

/** Shorter sentences say nothing without their surroundings. */
const MIN_WORDS = 3;
const NAMED_VALUE = /^[^\s:：][^:：]*[:：]\s*\S/;
/** Longer ones say more than that. */
const MAX_VALUE_WORDS = 8;
const UNSPACED_SENTENCE = new RegExp(`[${UNSPACED_TEXT}]{5}`, 'u');

/**
 * Puts questions and answers as short as "No." before the sentence that goes on with them, and a heading that asks
 * before such a short answer. Leaves out questions that nothing answers, and short sentences that neither answer one
 * nor are of a list.
 */
export function joinAnswers(sentences: readonly ReadSentence[]): ReadableSentence[] {
  const joined: ReadableSentence[] = [];
  let waiting: ReadSentence[] = [];

  const join = (end: ReadSentence[]) => {
    const { begins: _, ...last } = end.at(-1)!;
    joined.push({ ...last, text: end.map(({ text }) => text).join(' '), number: end[0]!.number });
    waiting = [];
  };
  for (const [index, sentence] of sentences.entries()) {
    const { text, heading, code, list, begins } = sentence;
    const isAnswered = waiting.length > 0 && !isQuestion(waiting.at(-1)!.text);
    if (isAnswered && (begins || isQuestion(text))) join(waiting);
    else if (waiting[0]?.heading !== heading || (begins && isQuestion(text))) waiting = [];

    // An item of a list, or what announces one.
    const isComplete = code !== null || (list !== null && (sentences[index + 1]?.begins ?? true));
    const isFirst = heading !== sentences[index - 1]?.heading;
    if (!isComplete && isFirst && isShort(text) && isQuestion(heading)) waiting = [{ ...sentence, text: heading }];
    const isStillOpen = isQuestion(text) || (isShort(text) && waiting.length > 0);
    if (isComplete || !isStillOpen) join([...waiting, sentence]);
    else waiting.push(sentence);
  }
  if (waiting.length > 0 && !isQuestion(waiting.at(-1)!.text)) join(waiting);
  return joined.filter(({ text, code, list }) => code || list !== null || !isShort(text));
}

/** Whether a text only gives a value of what the heading above it names: "Default: 2". */
export function isValue(text: string): boolean {
  return NAMED_VALUE.test(text) && countParts(text) <= MAX_VALUE_WORDS;
}

function isShort(text: string): boolean {
  return !text.includes('`') && countParts(text) < MIN_WORDS && !isUnspaced(text) && !isValue(text);
}

const countParts = (text: string): number => text.split(/\s+/).length;

/** Chinese and Thai, for example, write whole sentences without a space. */
function isUnspaced(text: string): boolean {
  return UNSPACED_SENTENCE.test(text);
}
