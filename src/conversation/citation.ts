import { Field, Int, ObjectType } from 'type-graphql';

import { findUncitedClaims } from '../platform/claims/uncited-claims.js';
import type { Row } from '../platform/database/rows.js';
import { BUILTIN_REMARKS } from '../platform/llm/builtin/builtin-model.js';
import type { Message } from './message.entity.js';
import { AnswerOutcome, CitationVerdict, MessageStatus } from './message.enums.js';
import { MessageSource } from './message-source.js';

@ObjectType({ description: 'A claim in an answer and the source that it names.' })
export class Citation {
  @Field(() => Int, { description: 'The number in the marker.' })
  sourceIndex!: number;

  @Field(() => MessageSource, { nullable: true, description: 'null for UNKNOWN_SOURCE.' })
  source!: MessageSource | null;

  @Field(() => Int, { description: 'Where the claim starts in content, in UTF-16 code units.' })
  answerStart!: number;

  @Field(() => Int, { description: 'Where the claim ends in content, in UTF-16 code units, exclusive.' })
  answerEnd!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Where its [n] starts in content; null for UNKNOWN_SOURCE, whose marker is dropped.',
  })
  markerStart!: number | null;

  @Field(() => Int, { nullable: true, description: 'Where its [n] ends in content, exclusive; null like markerStart.' })
  markerEnd!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Verbatim words of the source's chunkText that carry the claim; null unless it is SUPPORTED.",
  })
  quote!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: '1-based line of the file on which the quote starts; null like quote.',
  })
  quoteStartLine!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: '1-based line of the file on which the quote ends; null like quote.',
  })
  quoteEndLine!: number | null;

  @Field(() => CitationVerdict, {
    description:
      'What the check found. Of several sources of one claim, each is SUPPORTED that carries it alone; or that carries one of its clauses, where each clause has a source that does.',
  })
  verdict!: CitationVerdict;

  @Field(() => CitationVerdict, {
    nullable: true,
    description:
      "What the project's citationJudge says: SUPPORTED or UNSUPPORTED. null: there is no judge, or it gave no verdict; so always until the text has ended. Where it differs from verdict, the two disagree.",
  })
  judgeVerdict!: CitationVerdict | null;
}

@ObjectType({ description: 'A sentence of an answer that makes a claim and cites nothing.' })
export class UncitedClaim {
  @Field(() => Int, { description: 'Where it starts in content, in UTF-16 code units.' })
  answerStart!: number;

  @Field(() => Int, { description: 'Where it ends in content, in UTF-16 code units, exclusive.' })
  answerEnd!: number;

  @Field(() => String, { description: 'What stands there.' })
  text!: string;
}

/** As it is stored: its source is found by its number among the message's sources. */
export type StoredCitation = Omit<Citation, 'source'>;

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
  return findUncitedClaims(content, sources?.length ?? 0, cited, truncated)
    .map(({ start, end }) => ({ answerStart: start, answerEnd: end, text: content.slice(start, end) }))
    .filter(({ text }) => !BUILTIN_REMARKS.includes(text));
}
