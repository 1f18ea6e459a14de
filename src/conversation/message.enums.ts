import { enumType } from '../platform/graphql/enum-type.js';
import { registerEnumType } from 'type-graphql';

export enum MessageRole {
  USER = 'user',
  ASSISTANT = 'assistant',
  SYSTEM = 'system',
}
registerEnumType(MessageRole, {
  name: 'MessageRole',
  description: 'Who speaks.',
  valuesConfig: {
    USER: { description: 'The person who asks.' },
    ASSISTANT: { description: 'The model that answers.' },
    SYSTEM: { description: 'Reserved: the API writes only the other two.' },
  },
});

export const MessageStatus = enumType('MessageStatus', 'Where a message stands.', {
  GENERATING: 'Is being written; content grows. Follow it with the subscription answerEvents.',
  COMPLETE: 'Has come to its end.',
  CANCELLED: 'Stopped by the caller; content holds what was generated.',
  FAILED: 'The provider failed; error says how. content holds what was generated.',
  INTERRUPTED: 'The process that generated it ended; content holds what was generated. Use regenerateMessage.',
});
export type MessageStatus = keyof typeof MessageStatus;

export const AnswerOutcome = enumType('AnswerOutcome', 'What kind of answer it is.', {
  ANSWERED: 'An answer from the passages in its sources.',
  NO_EVIDENCE:
    'Nothing was found that could carry an answer: no provider was called, the builtin one found no sentence to quote, or the language model says that the documentation does not tell, and nothing else.',
});
export type AnswerOutcome = keyof typeof AnswerOutcome;

/** Named as the ends of a message are: its last attempt ends as it does. */
export const AttemptOutcome = enumType('AttemptOutcome', 'How an attempt to get an answer ended.', {
  COMPLETE: 'The language model answered.',
  FAILED: 'It failed; error says how.',
  CANCELLED: 'The answer was stopped meanwhile.',
  INTERRUPTED: 'The process that asked ended meanwhile.',
});
export type AttemptOutcome = keyof typeof AttemptOutcome;

export const MessageRating = enumType('MessageRating', 'What a reader thought of an answer.', {
  GOOD: 'It helped.',
  BAD: 'It did not help.',
});
export type MessageRating = keyof typeof MessageRating;

export const CitationVerdict = enumType('CitationVerdict', 'What the check of a citation found.', {
  SUPPORTED: 'The quoted words of the source carry the claim.',
  UNSUPPORTED: 'The source does not carry the claim.',
  UNKNOWN_SOURCE: 'The marker names a source that the answer does not have; it is dropped.',
  UNCHECKED:
    'Nobody has checked it, or there is nothing to check: no claim is made, or the sentence broke off before one. Or the check cannot tell: the claim has more than 600 characters, or it or the source is in another language than English and does not nearly repeat the other; a citationJudge is asked all the same.',
});
export type CitationVerdict = keyof typeof CitationVerdict;
