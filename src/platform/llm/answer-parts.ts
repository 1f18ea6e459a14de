import { ABSTAINED } from './builtin/builtin-model.js';
import { contentFiltered, cutOff, emptyAnswer } from './provider-failure.js';
import type { ModelStream } from './provider-model.js';
import { createThoughtFilter } from './thought-filter.js';

export type AnswerPart =
  | { type: 'delta'; text: string }
  /** The model is at work, of which nothing is part of the answer. */
  | { type: 'thinking' }
  /** The text says that the passages hold no answer: of the builtin model only. */
  | { type: 'abstained' }
  /** The model stopped at its limit of tokens, in the midst of the text. */
  | { type: 'truncated' }
  | { type: 'usage'; inputTokens: number; outputTokens: number };

/** Ends for which a provider has words of its own: those that stop at a limit, and those that break off. */
const LIMIT = /^(?:max_tokens|max_length|model_length)$/i;
const BREAK = /^(?:error|abort(?:ed)?|cancell?ed|insufficient_system_resource)$/i;
/** More than any window holds: a provider that counts otherwise did not count. */
const MOST_TOKENS = 100_000_000;

/**
 * What of a provider's stream matters to an answer.
 * @throws FailureError where it reports an error, breaks off, or ends without a text; what the stream throws
 */
export async function* answerParts(stream: ModelStream): AsyncGenerator<AnswerPart> {
  const thoughts = createThoughtFilter();
  let hasText = false;
  for await (const part of stream) {
    if (part.type === 'text-delta' && part.delta !== '') {
      const text = thoughts.push(part.delta);
      hasText ||= text !== '';
      yield text === '' ? { type: 'thinking' } : { type: 'delta', text };
    } else if (part.type === 'reasoning-delta') {
      yield { type: 'thinking' };
    } else if (part.type === 'error') {
      throw part.error;
    } else if (part.type === 'finish') {
      const rest = thoughts.end();
      hasText ||= rest !== '';
      if (rest !== '') yield { type: 'delta', text: rest };
      const { unified, raw = '' } = part.finishReason;
      const isTruncated = unified === 'length' || LIMIT.test(raw);
      if (raw === ABSTAINED) yield { type: 'abstained' };
      if (isTruncated) yield { type: 'truncated' };
      const { total: inputTokens = 0 } = part.usage.inputTokens;
      const { total: outputTokens = 0 } = part.usage.outputTokens;
      if (isCounted(inputTokens, outputTokens)) yield { type: 'usage', inputTokens, outputTokens };
      if (unified === 'content-filter') throw contentFiltered();
      // A provider that was cut off gives no reason of its own for having ended.
      if (raw === '' || unified === 'error' || BREAK.test(raw)) throw cutOff();
      if (!hasText) throw emptyAnswer(isTruncated);
      return;
    }
  }
  throw cutOff();
}

/** No answer comes from an empty prompt: 0 tokens were not counted either. */
function isCounted(...tokens: readonly number[]): boolean {
  return tokens.every((count) => Number.isInteger(count) && count >= 0 && count <= MOST_TOKENS) && tokens.some(Boolean);
}
