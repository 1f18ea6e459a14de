import { Field, Float, Int, ObjectType } from 'type-graphql';

/** As it is stored: a document, whose id stays across renames, and the words of a passage, which find it again. */
export interface StoredExpectation {
  documentId: string;
  projectDocId: string;
  /** Where it was when the question was added; for a document that left and came back under another id. */
  filePath: string;
  /** Of its repository; for a ProjectDoc that did. Absent from questions that are older than this. */
  githubUrl?: string;
  /** What the passage begins with; null: the whole document. Line ends are "\n". */
  quote: string | null;
  startLine: number | null;
  endLine: number | null;
  grade: number;
}

/** With what a run found of it. */
export interface StoredRank extends StoredExpectation {
  rank: number | null;
  /** Its document is gone, or the words of its passage are: no ranking could have found it. */
  isMissing: boolean;
}

@ObjectType({ description: 'A document, or a passage of it, that answers a question.' })
export class ExpectedAnswer {
  @Field(() => String, { description: 'Full path in the repository, as it is now where the document is still there.' })
  filePath!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      '1-based, inclusive; null: the whole document. As it was when the question was added: runs find it by its words.',
  })
  startLine!: number | null;

  @Field(() => Int, { nullable: true, description: '1-based, inclusive; null: the whole document.' })
  endLine!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the passage begins with, at most 2,000 characters; null: the whole document.',
  })
  quote!: string | null;

  @Field(() => Int, { description: 'How well it answers: 1 to 3.' })
  grade!: number;
}

@ObjectType({ description: 'An expected answer and where a run found it.' })
export class RankedAnswer extends ExpectedAnswer {
  @Field(() => String, {
    description:
      'Full path in the repository, as it was when the run asked; where it is missing, when the question was added.',
  })
  declare filePath: string;

  @Field(() => Int, {
    nullable: true,
    description: '1-based place among the documents or passages found; null where it was not found.',
  })
  rank!: number | null;

  @Field(() => Boolean, {
    description:
      'Whether its document was gone, or the words of its passage: it then counts neither as expected nor as missed.',
  })
  isMissing!: boolean;
}

@ObjectType({ description: 'A document or passage that a question found, as it was then.' })
export class EvaluationHit {
  @Field(() => Int, { description: '1-based place among the documents or passages found.' })
  rank!: number;

  @Field(() => String, { description: 'Full path in the repository, as it was then.' })
  filePath!: string;

  @Field(() => Int, { description: 'First line of the passage that was found, 1-based.' })
  startLine!: number;

  @Field(() => Int, { description: 'Last line of the passage that was found, inclusive.' })
  endLine!: number;

  @Field(() => Float, { description: '0..1: the score of the search.' })
  score!: number;

  @Field(() => Int, { description: 'The grade of the expected answer that it is; 0 where it is none.' })
  grade!: number;
}

/** As it is stored: with the document's id, which may since have gone. */
export interface StoredHit extends EvaluationHit {
  documentId: string;
}
