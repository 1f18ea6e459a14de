import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import { Document } from '../document/document.entity.js';
import type { Row } from '../platform/database/rows.js';
import { findById } from '../platform/graphql/load-by-id.js';
import { SearchExplanation } from '../search/search.inputs.js';
import { Message } from './message.entity.js';
import { readRetrieval } from './message-retrieval.loaders.js';
import { MessageRetrieval, RetrievalCandidate, type StoredCandidate } from './message-retrieval.js';

@Resolver(() => Message)
export class RetrievalOfMessageResolver {
  @FieldResolver(() => MessageRetrieval, {
    nullable: true,
    description:
      'What was searched for, what was found, and what of it was cut; null on questions, until it is found, and for answers of versions that did not keep it.',
  })
  retrieval(@Root() message: Row<Message>, @Ctx() ctx: Context) {
    return readRetrieval(ctx, message.id);
  }
}

@Resolver(() => RetrievalCandidate)
export class RetrievalCandidateResolver {
  @FieldResolver(() => Document, { nullable: true, description: 'null once it has gone from the source.' })
  document(@Root() candidate: StoredCandidate, @Ctx() ctx: Context) {
    return findById(ctx, Document, candidate.documentId);
  }

  @FieldResolver(() => Chunk, { nullable: true, description: 'null once the file has changed.' })
  chunk(@Root() candidate: StoredCandidate, @Ctx() ctx: Context) {
    return findById(ctx, Chunk, candidate.chunkId);
  }

  @FieldResolver(() => SearchExplanation, { description: "Why it is where it is: each leg's rank and scores." })
  explain(@Root() { keyword, vector }: StoredCandidate): SearchExplanation {
    return { keyword, vector };
  }
}
