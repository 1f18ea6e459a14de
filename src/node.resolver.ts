import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';

import type { Context } from './context.js';
import { Conversation } from './conversation/conversation.entity.js';
import { Message } from './conversation/message.entity.js';
import { Chunk } from './document/chunk.entity.js';
import { Document } from './document/document.entity.js';
import { ApiError } from './errors.js';
import { EvaluationQuestion } from './evaluation/evaluation-question.entity.js';
import { EvaluationRun } from './evaluation/evaluation-run.entity.js';
import { EvaluationSet } from './evaluation/evaluation-set.entity.js';
import { LLMProvider } from './llm-provider/llm-provider.entity.js';
import { findById } from './platform/load-by-id.js';
import { Node } from './platform/node.js';
import { ProjectDoc } from './project-doc/project-doc.entity.js';
import { SyncRun } from './project-doc/sync-run.entity.js';
import { Project } from './project/project.entity.js';
import { Reembedding } from './reembedding/reembedding.entity.js';

const NODE_TYPES = {
  Project,
  ProjectDoc,
  Reembedding,
  SyncRun,
  Document,
  Chunk,
  LLMProvider,
  Conversation,
  Message,
  EvaluationSet,
  EvaluationQuestion,
  EvaluationRun,
};
const MAX_IDS = 100;

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'Whatever has this id; null when nothing has.' })
  node(@Arg('id', () => ID, { description: 'The id of anything.' }) id: string, @Ctx() ctx: Context) {
    return findNode(ctx, id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'Whatever has these ids, in their order; null where nothing has.',
  })
  nodes(@Arg('ids', () => [ID], { description: 'At most 100.' }) ids: string[], @Ctx() ctx: Context) {
    if (ids.length > MAX_IDS) throw new ApiError('BAD_USER_INPUT', `ids must name at most ${MAX_IDS}.`);
    return Promise.all(ids.map((id) => findNode(ctx, id)));
  }
}

/** An id does not say its type: all tables are asked, each once for all ids of the operation. */
async function findNode(ctx: Context, id: string): Promise<object | null> {
  const found = await Promise.all(
    Object.entries(NODE_TYPES).map(async ([__typename, entity]) => {
      const row = await findById(ctx, entity as typeof Project, id);
      return row && { ...row, __typename };
    }),
  );
  return found.find((row) => row !== null) ?? null;
}
