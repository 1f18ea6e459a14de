import { findUncitedClaims } from '../platform/claims/uncited-claims.js';
import type { Row } from '../platform/database/rows.js';
import type { Message } from './message.entity.js';
import { AnswerOutcome, MessageStatus } from './message.enums.js';
import type { Citation, UncitedClaim } from './citation.js';

/** The citations of an answer, each with its source. */
export function citationsOf(message: Row<Message>): Citation[] {
  return message.citations.map((citation) => ({
    ...citation,
    source: message.sources?.find(({ index }) => index === citation.sourceIndex) ?? null,
  }));
}

/** What a whole answer says without a source; of an answer that broke off, nobody knows what it would have cited. */
export function uncitedOf({ content, status, outcome, truncated, sources, citations }: Row<Message>): UncitedClaim[] {
  if (status !== MessageStatus.COMPLETE || outcome !== AnswerOutcome.ANSWERED) return [];
  const cited = citations.map(({ answerStart, answerEnd }) => ({ start: answerStart, end: answerEnd }));
  return findUncitedClaims(content, sources?.length ?? 0, cited, truncated).map(({ start, end }) => ({
    answerStart: start,
    answerEnd: end,
    text: content.slice(start, end),
  }));
}
