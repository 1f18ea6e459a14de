import { Field, Float, Int, ObjectType } from 'type-graphql';

import type { PromptPassage } from '../platform/llm/prompt.js';
import { Url } from '../platform/graphql/scalars.js';

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

  @Field(() => String, {
    nullable: true,
    description: 'GitHub\'s id of the nearest heading, without "#"; null like Chunk.headerAnchor.',
  })
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
  /** Of the document. With the headings above the passage it tells model and check what the passage is about. */
  title: string;
  headerPath: string[];
}

export function toPromptPassage({ index, title, headerPath, filePath, chunkText }: StoredSource): PromptPassage {
  return { index, title, headerPath, filePath, text: chunkText };
}
