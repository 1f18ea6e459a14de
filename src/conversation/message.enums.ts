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

export enum MessageStatus {
  GENERATING = 'GENERATING',
  COMPLETE = 'COMPLETE',
  CANCELLED = 'CANCELLED',
  FAILED = 'FAILED',
  INTERRUPTED = 'INTERRUPTED',
}
registerEnumType(MessageStatus, {
  name: 'MessageStatus',
  description: 'Where a message stands.',
  valuesConfig: {
    GENERATING: { description: 'Is being written; content grows. Follow it with the subscription answerEvents.' },
    COMPLETE: { description: 'Has come to its end.' },
    CANCELLED: { description: 'Stopped by the caller; content holds what was generated.' },
    FAILED: { description: 'The provider failed; error says how. content holds what was generated.' },
    INTERRUPTED: {
      description: 'The process that generated it ended; content holds what was generated. Use regenerateMessage.',
    },
  },
});

export enum AnswerOutcome {
  ANSWERED = 'ANSWERED',
  NO_EVIDENCE = 'NO_EVIDENCE',
}
registerEnumType(AnswerOutcome, {
  name: 'AnswerOutcome',
  description: 'What kind of answer it is.',
  valuesConfig: {
    ANSWERED: { description: 'An answer from the passages in its sources.' },
    NO_EVIDENCE: {
      description:
        'Nothing was found that could carry an answer: no provider was called, the builtin one found no sentence to quote, or the language model says that the documentation does not tell, and nothing else.',
    },
  },
});

/** Named as the ends of a message are: its last attempt ends as it does. */
export enum AttemptOutcome {
  COMPLETE = 'COMPLETE',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
  INTERRUPTED = 'INTERRUPTED',
}
registerEnumType(AttemptOutcome, {
  name: 'AttemptOutcome',
  description: 'How an attempt to get an answer ended.',
  valuesConfig: {
    COMPLETE: { description: 'The language model answered.' },
    FAILED: { description: 'It failed; error says how.' },
    CANCELLED: { description: 'The answer was stopped meanwhile.' },
    INTERRUPTED: { description: 'The process that asked ended meanwhile.' },
  },
});

export enum MessageRating {
  GOOD = 'GOOD',
  BAD = 'BAD',
}
registerEnumType(MessageRating, {
  name: 'MessageRating',
  description: 'What a reader thought of an answer.',
  valuesConfig: { GOOD: { description: 'It helped.' }, BAD: { description: 'It did not.' } },
});

export enum CitationVerdict {
  SUPPORTED = 'SUPPORTED',
  UNSUPPORTED = 'UNSUPPORTED',
  UNKNOWN_SOURCE = 'UNKNOWN_SOURCE',
  UNCHECKED = 'UNCHECKED',
}
registerEnumType(CitationVerdict, {
  name: 'CitationVerdict',
  description: 'What the check of a citation found.',
  valuesConfig: {
    SUPPORTED: { description: 'The quoted words of the source carry the claim.' },
    UNSUPPORTED: { description: 'The source does not carry the claim.' },
    UNKNOWN_SOURCE: { description: 'The marker names a source that the answer does not have; it is dropped.' },
    UNCHECKED: {
      description:
        'Nobody has checked it, or there is nothing to check: no claim is made, or the sentence broke off before one.',
    },
  },
});
