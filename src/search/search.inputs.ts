import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql';

import { DocumentFilter } from '../document/document.inputs.js';
import { DEFAULT_TOP_K } from './search-faults.js';
import { SearchMode } from './search-mode.js';

@ArgsType()
export class SearchArgs {
  @Field(() => String, {
    description:
      'What to look for; not blank, at most 10,000 characters. What stands in double quotes, at most 20 different phrases of 100 words and 1,000 characters together, must occur verbatim, ignoring upper and lower case (not in SEMANTIC mode). The quoted words are looked for like any others where five words or more stand outside of the quotes, as in an error message, and where no passage that the filter lets through has the phrase and there are other words.',
  })
  query!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_TOP_K,
    description: 'How many hits at most: 1 to 100, default 5.',
  })
  topK?: number | null;

  @Field(() => SearchMode, {
    nullable: true,
    defaultValue: SearchMode.HYBRID,
    description: 'What ranks; default HYBRID.',
  })
  mode?: SearchMode | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Only hits with at least this SearchHit.score, 0 to 1; default: all.',
  })
  minScore?: number | null;

  @Field(() => DocumentFilter, { nullable: true, description: 'Only passages of these documents; default: all.' })
  filter?: DocumentFilter | null;
}

@ObjectType({ description: "How a passage's words contributed to its rank." })
export class KeywordExplanation {
  @Field(() => Int, { description: '1-based place by words alone, among the 200 best passages.' })
  rank!: number;

  @Field(() => Float, { description: 'The BM25 score of the passage, 0 or more, with what inOtherWords counts.' })
  passageScore!: number;

  /** Messages that were answered before other words counted have none stored. */
  inOtherWords?: readonly string[];

  @Field(() => Float, { description: 'The BM25 score of its whole document, 0 or more.' })
  pageScore!: number;

  @Field(() => Float, {
    description: "0..1: the document's three best passages together, relative to the best document's.",
  })
  evidence!: number;

  @Field(() => Float, {
    description:
      '0..1, relative to the best of this search: passageScore, plus a half each of pageScore and evidence, each relative to its best.',
  })
  score!: number;

  @Field(() => Float, { description: "0..1: how much this score counts towards the hit's score." })
  weight!: number;
}

@ObjectType({ description: "How a passage's vector contributed to its rank." })
export class VectorExplanation {
  @Field(() => Int, {
    nullable: true,
    description:
      '1-based place by similarity alone; null when it is not among the 200 nearest, in KEYWORD mode, and for a query with quotes.',
  })
  rank!: number | null;

  @Field(() => Float, { description: 'max(0, 1 - cosine distance) to the query.' })
  similarity!: number;

  @Field(() => Float, {
    description:
      '0..1: similarity spread between the least and the most of this search; as it is in SEMANTIC mode, and where all have the same.',
  })
  score!: number;

  @Field(() => Float, {
    description:
      "0..1: how much this score counts towards the hit's score: the embedding model's weight in HYBRID mode, 0 in KEYWORD, 1 in SEMANTIC.",
  })
  weight!: number;
}

@ObjectType({
  description: "Why a hit is where it is: its score is each leg's score times its weight, added.",
})
export class SearchExplanation {
  @Field(() => KeywordExplanation, {
    nullable: true,
    description: 'null when no word of the query occurs, and in SEMANTIC mode.',
  })
  keyword!: KeywordExplanation | null;

  @Field(() => VectorExplanation, { nullable: true, description: "null without a vector of the project's model." })
  vector!: VectorExplanation | null;
}

@ObjectType({ description: 'A passage that was found.' })
export class SearchHit {
  @Field(() => Int, { description: '1-based place in the result.' })
  rank!: number;

  @Field(() => Float, {
    description:
      '0..1. KEYWORD: relative to the best of this search. HYBRID: both legs so, weighted and added, so that the best hit may have less than 1; see explain. SEMANTIC: the similarity itself.',
  })
  score!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "max(0, 1 - cosine distance) to the query; null only without a vector of the project's model, or where that model cannot be called and the search can do without: in KEYWORD mode, and where it is not configured any more.",
  })
  similarityScore!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The BM25 score, 0 or more; null when no word of the query occurs, and in SEMANTIC mode.',
  })
  keywordScore!: number | null;

  chunkId!: string;
  documentId!: string;
}

@ObjectType({ description: 'What a search found.' })
export class SearchResult {
  @Field(() => String, { description: 'The query as it was searched for: trimmed.' })
  query!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The query with each mistyped word as the one that it was taken for: what there are results for. Words of six letters or more that no page has are taken for the commonest one that stands on a page and is one typing error away: up to three of them, none in quotes, and none where three or more words, and most, are unknown, as in a query in another language. null where no word was, and in SEMANTIC mode.',
  })
  correctedQuery!: string | null;

  @Field(() => SearchMode, {
    description: 'What ranked the hits: KEYWORD for HYBRID where the query has no vector (see similarityScore).',
  })
  mode!: SearchMode;

  @Field(() => Int, { description: 'How many hits there are here.' })
  totalResults!: number;

  @Field(() => [SearchHit], { description: 'Best first.' })
  hits!: SearchHit[];
}
