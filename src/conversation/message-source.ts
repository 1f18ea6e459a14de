import { Field, Float, Int, ObjectType } from 'type-graphql';

import type { PromptPassage } from '../platform/llm/prompt.js';
import { Url } from '../platform/scalars.js';
import { CitationVerdict } from './message.enums.js';

@ObjectType({ description: 'What an answer cost.' })
export class TokenUsage {
  @Field(() => Int, { description: 'Tokens of the prompt, as the provider counts them.' })
  inputTokens!: number;

  @Field(() => Int, { description: 'Tokens of the answer, as the provider counts them.' })
  outputTokens!: number;
}

/** A passage that was given to the model, pinned as it was: later syncs do not change it. */
@ObjectType({ description: 'A passage that the answer could use, pinned as it was: later syncs do not change it.' })
export class MessageSource {
  @Field(() => Int, { description: "1-based: the number that the answer's [n] markers use." })
  index!: number;

  @Field(() => String, {
    description:
      'Full path in the repository, as it was when the passage was used; `document { filePath }` has the present one.',
  })
  filePath!: string;

  @Field(() => String, { description: 'The last part of filePath.' })
  fileName!: string;

  @Field(() => String, { nullable: true, description: 'GitHub\'s slug of the nearest heading, without "#".' })
  headerAnchor!: string | null;

  @Field(() => Float, { description: '0..1, the ranking score with which it was found.' })
  score!: number;

  @Field(() => Float, {
    nullable: true,
    description: '0..1, similarity to the question; null without a vector of the active model.',
  })
  similarityScore!: number | null;

  @Field(() => Int, { description: '1-based, inclusive.' })
  startLine!: number;

  @Field(() => Int, { description: '1-based, inclusive.' })
  endLine!: number;

  @Field(() => String, { description: 'The commit that the passage was read at.' })
  commitSha!: string;

  @Field(() => Url, {
    nullable: true,
    description: 'Opens the lines of the file at that commit; null where none was known.',
  })
  url!: string | null;

  @Field(() => String, { description: 'The passage as it was when it was used.' })
  chunkText!: string;
}

/** As it is stored: with the ids, which may since have gone. */
export interface StoredSource extends MessageSource {
  documentId: string;
  chunkId: string;
  /** Of the document, and the headings above the passage: what the passage is about, as the prompt and the check have it. */
  title: string;
  headerPath: string[];
}

export function toPromptPassage({ index, title, headerPath, filePath, chunkText }: StoredSource): PromptPassage {
  return { index, title, headerPath, filePath, text: chunkText };
}

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

  @Field(() => Int, { nullable: true, description: 'Where its [n] ends in content, exclusive.' })
  markerEnd!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Verbatim words of the source's chunkText that carry the claim; null unless it is SUPPORTED.",
  })
  quote!: string | null;

  @Field(() => Int, { nullable: true, description: '1-based line of the file on which the quote starts.' })
  quoteStartLine!: number | null;

  @Field(() => Int, { nullable: true, description: '1-based line of the file on which the quote ends.' })
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
