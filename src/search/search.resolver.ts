import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import { ApiError, type ErrorCode, FailureCode, FailureError } from '../platform/errors.js';
import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import { Document } from '../document/document.entity.js';
import type { Row } from '../platform/database/rows.js';
import { getById } from '../platform/graphql/load-by-id.js';
import { Project } from '../project/project.entity.js';
import { correctQuery } from './query.js';
import type { Hit } from './rank.js';
import { DEFAULT_TOP_K } from './search-faults.js';
import { SearchMode } from './search-mode.js';
import { KeywordExplanation, SearchArgs, SearchExplanation, SearchHit, SearchResult } from './search.inputs.js';
import { searchPassages } from './search.service.js';

const CODES: Partial<Record<FailureCode, ErrorCode>> = {
  [FailureCode.TIMEOUT]: 'TIMEOUT',
  [FailureCode.RATE_LIMITED]: 'RATE_LIMITED',
};

/** What the embedding model failed with, in its own words: they are written for users. */
function rethrow(error: unknown): never {
  if (!(error instanceof FailureError)) throw error;
  throw new ApiError(CODES[error.code] ?? 'UNAVAILABLE', error.message, error.retryable);
}

@Resolver(() => Project)
export class SearchOfProjectResolver {
  @FieldResolver(() => SearchResult, {
    nullable: true,
    description:
      "The project's passages that fit a query best. A query that is blank or too long, and topK, minScore or a filter out of range, is BAD_USER_INPUT; where the embedding model is needed, one that cannot be reached or refuses is UNAVAILABLE, one that does not answer within 15 seconds TIMEOUT, one that is over its limit RATE_LIMITED; it is null then.",
  })
  async search(@Root() project: Row<Project>, @Args(() => SearchArgs) args: SearchArgs, @Ctx() ctx: Context) {
    const settings = { topK: args.topK ?? DEFAULT_TOP_K, mode: args.mode ?? SearchMode.HYBRID };
    const request = { ...args, ...settings, projectId: project.id };
    const { mode, hits: found, words } = await searchPassages(ctx, request).catch(rethrow);
    const hits = found.map((hit, index) => ({ ...hit, rank: index + 1 }));
    const query = args.query.trim();
    return { query, correctedQuery: correctQuery(query, words.corrections), mode, totalResults: hits.length, hits };
  }
}

@Resolver(() => SearchHit)
export class SearchHitResolver {
  @FieldResolver(() => Chunk, { description: 'The passage.' })
  chunk(@Root() hit: SearchHit, @Ctx() ctx: Context) {
    return getById(ctx, Chunk, hit.chunkId);
  }

  @FieldResolver(() => Document, { description: 'The document that it is part of.' })
  document(@Root() hit: SearchHit, @Ctx() ctx: Context) {
    return getById(ctx, Document, hit.documentId);
  }

  @FieldResolver(() => SearchExplanation, { description: 'Why it is where it is.' })
  explain(@Root() { keyword, vector }: Hit): SearchExplanation {
    return { keyword, vector };
  }

  @FieldResolver(() => String, { description: "The document's full path in the repository." })
  async filePath(@Root() hit: SearchHit, @Ctx() ctx: Context) {
    return (await getById(ctx, Document, hit.documentId)).filePath;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'GitHub\'s id of the nearest heading, without "#"; null like Chunk.headerAnchor.',
  })
  async headerAnchor(@Root() hit: SearchHit, @Ctx() ctx: Context) {
    return (await getById(ctx, Chunk, hit.chunkId)).headerAnchor;
  }
}

@Resolver(() => KeywordExplanation)
export class KeywordExplanationResolver {
  @FieldResolver(() => [String], {
    description:
      'Words of the query, in lower case, that the passage lacks and says in other words or in another form, each of which counts at most half of what the word itself would. English only, among the 50 best passages by words alone, of the first 47 words of a query, and never for words in quotes.',
  })
  inOtherWords(@Root() { inOtherWords }: KeywordExplanation) {
    return inOtherWords ?? [];
  }
}
