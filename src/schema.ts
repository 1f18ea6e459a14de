import { type GraphQLInterfaceType, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from 'type-graphql';

import { AnswerCitationFound, AnswerDelta } from './conversation/answer-events.js';
import {
  AnswerEndedResolver,
  AnswerEventsResolver,
  AnswerCitationFoundResolver,
  AnswerSourcesFoundResolver,
} from './conversation/answer-events.resolver.js';
import {
  ConversationResolver,
  ConversationsOfProjectResolver,
  ConversationsOfProviderResolver,
} from './conversation/conversation.resolver.js';
import { MessageAttemptResolver, MessageResolver, MessageSourceResolver } from './conversation/message.resolver.js';
import {
  MessageRetrievalResolver,
  RetrievalCandidateResolver,
  RetrievalOfMessageResolver,
} from './conversation/message-retrieval.resolver.js';
import {
  ChunkResolver,
  DocumentResolver,
  DocumentsOfProjectDocResolver,
  DocumentsOfProjectResolver,
} from './document/document.resolver.js';
import {
  ChangedQuestionResolver,
  EvaluatedCommitResolver,
  EvaluationComparisonResolver,
  EvaluationHitResolver,
  EvaluationResultResolver,
  EvaluationRunResolver,
} from './evaluation/evaluation-run.resolver.js';
import {
  EvaluationQuestionResolver,
  EvaluationSetResolver,
  EvaluationSetsOfProjectResolver,
  ExpectedAnswerResolver,
  RankedAnswerResolver,
} from './evaluation/evaluation-set.resolver.js';
import { LLMProviderResolver } from './llm-provider/llm-provider.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { callMethodsDirectly, leavePlainFieldsToGraphql } from './platform/graphql/direct-resolvers.js';
import {
  FileTreeEntryResolver,
  ProjectDocResolver,
  ProjectDocsOfProjectResolver,
} from './project-doc/project-doc.resolver.js';
import { SyncPreviewResolver, SyncRunFileResolver, SyncRunResolver } from './project-doc/sync-run.resolver.js';
import { ProjectResolver } from './project/project.resolver.js';
import { ReembeddingResolver, ReembeddingsOfProjectResolver } from './reembedding/reembedding.resolver.js';
import { KeywordExplanationResolver, SearchHitResolver, SearchOfProjectResolver } from './search/search.resolver.js';

const DESCRIPTION =
  'Projects, their documentation synced out of git repositories, and chats about it: search finds the passages that answer ' +
  'a question, and answers come live, with sources that open at the commit and lines they came from.';

const ROOT_DESCRIPTIONS = {
  Query: 'What can be read. Nothing here changes anything.',
  Mutation: 'What can be changed: one input, one payload. Expected failures are userErrors in the payload.',
  Subscription: 'What can be followed live, by graphql-ws and by graphql-sse alike.',
};

/** The whole API. Inputs are validated by the services, which answer with userErrors and field paths. */
export async function buildApiSchema(): Promise<GraphQLSchema> {
  leavePlainFieldsToGraphql();
  const schema = await buildSchema({
    resolvers: [
      NodeResolver,
      ProjectResolver,
      ReembeddingsOfProjectResolver,
      ReembeddingResolver,
      ProjectDocsOfProjectResolver,
      ProjectDocResolver,
      FileTreeEntryResolver,
      SyncRunResolver,
      SyncRunFileResolver,
      SyncPreviewResolver,
      DocumentsOfProjectResolver,
      DocumentsOfProjectDocResolver,
      DocumentResolver,
      ChunkResolver,
      SearchOfProjectResolver,
      KeywordExplanationResolver,
      SearchHitResolver,
      LLMProviderResolver,
      ConversationsOfProjectResolver,
      ConversationsOfProviderResolver,
      ConversationResolver,
      MessageAttemptResolver,
      MessageResolver,
      MessageSourceResolver,
      RetrievalOfMessageResolver,
      MessageRetrievalResolver,
      RetrievalCandidateResolver,
      AnswerEventsResolver,
      AnswerSourcesFoundResolver,
      AnswerCitationFoundResolver,
      AnswerEndedResolver,
      EvaluationSetsOfProjectResolver,
      EvaluationSetResolver,
      EvaluationQuestionResolver,
      ExpectedAnswerResolver,
      RankedAnswerResolver,
      EvaluationRunResolver,
      EvaluatedCommitResolver,
      EvaluationResultResolver,
      EvaluationHitResolver,
      EvaluationComparisonResolver,
      ChangedQuestionResolver,
    ],
    orphanedTypes: [AnswerDelta, AnswerCitationFound],
    validate: false,
    // TypeGraphQL wants one though no subscription uses it: what moved is read from the database (platform/topics.ts says when).
    pubSub: { publish() {}, subscribe: async function* () {} },
  });
  // TypeGraphQL would make a promise of each name.
  (schema.getType('Node') as GraphQLInterfaceType).resolveType = ({ __typename }) => __typename;
  callMethodsDirectly(schema);
  // TypeGraphQL makes the schema and the root types, and leaves them undescribed.
  schema.description = DESCRIPTION;
  for (const [name, description] of Object.entries(ROOT_DESCRIPTIONS)) schema.getType(name)!.description = description;
  return schema;
}

/** The API as schema.graphql holds it, in the order of the alphabet, so that a diff shows what changed and nothing else. */
export async function printApiSchema(): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await buildApiSchema()))}\n`;
}
