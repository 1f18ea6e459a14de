import { enumType } from '../platform/graphql/enum-type.js';
import { Field, Float, Int, ObjectType } from 'type-graphql';

import type { KeywordExplanation, VectorExplanation } from '../search/search.inputs.js';

export const RetrievalOrigin = enumType(
  'RetrievalOrigin',
  'Where the query that passages were searched with comes from.',
  {
    QUESTION: 'It is the question, without its quotation marks.',
    CONVERSATION: 'The question with words of the questions before it, which it leaves out.',
    LANGUAGE_MODEL: 'The question as the language model wrote it out of the conversation.',
  },
);
export type RetrievalOrigin = keyof typeof RetrievalOrigin;

export const RetrievalCut = enumType(
  'RetrievalCut',
  'Why a passage that was found did not become a source. May grow: keep a default branch.',
  {
    NO_EVIDENCE: 'It covers too little of the query, and is not near it in meaning.',
    PER_DOCUMENT_LIMIT: 'Two passages of its document are sources already.',
    BELOW_TOP: 'Five better passages are sources.',
    PROMPT_BUDGET: "The language model's window has no room for it.",
  },
);
export type RetrievalCut = keyof typeof RetrievalCut;

@ObjectType({ description: 'A passage that was found for an answer, as it was then.' })
export class RetrievalCandidate {
  @Field(() => Int, { description: '1-based place among the candidates.' })
  rank!: number;

  @Field(() => String, { description: 'Full path in the repository, as it was when it was found.' })
  filePath!: string;

  @Field(() => String, {
    nullable: true,
    description: 'GitHub\'s id of the nearest heading, without "#"; null like Chunk.headerAnchor.',
  })
  headerAnchor!: string | null;

  @Field(() => Int, { description: '1-based, inclusive.' })
  startLine!: number;

  @Field(() => Int, { description: '1-based, inclusive.' })
  endLine!: number;

  @Field(() => Float, { description: '0..1, the ranking score, as SearchHit.score.' })
  score!: number;

  @Field(() => Int, { nullable: true, description: 'The number of the source that it became; null: it was cut.' })
  sourceIndex!: number | null;

  @Field(() => RetrievalCut, { nullable: true, description: 'Why it did not become a source; null: it did.' })
  cut!: RetrievalCut | null;
}

/** As it is stored: with the ids, which may since have gone, and both legs. */
export interface StoredCandidate extends RetrievalCandidate {
  documentId: string;
  chunkId: string;
  keyword: KeywordExplanation | null;
  vector: VectorExplanation | null;
}

@ObjectType({ description: 'What was searched for to answer a question, and what was found.' })
export class MessageRetrieval {
  @Field(() => [String], {
    description:
      'What was searched for, in this order; at least one. The last one found the candidates: a second one is tried only where the first has found nothing that carries an answer.',
  })
  queries!: string[];

  @Field(() => RetrievalOrigin, { description: 'Where the last of the queries comes from.' })
  origin!: RetrievalOrigin;

  @Field(() => [RetrievalCandidate], { description: 'The best 20 passages, best first.' })
  candidates!: StoredCandidate[];
}
