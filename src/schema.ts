import { type GraphQLInterfaceType, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';

import { AnswerCitationFound, AnswerDelta } from './conversation/answer-event.js';
import * as answerEvents from './conversation/answer-events.resolver.js';
import * as conversations from './conversation/conversation.resolver.js';
import * as messageRetrieval from './conversation/message-retrieval.resolver.js';
import * as messages from './conversation/message.resolver.js';
import * as documents from './document/document.resolver.js';
import * as evaluationRuns from './evaluation/evaluation-run.resolver.js';
import * as evaluationSets from './evaluation/evaluation-set.resolver.js';
import * as llmProviders from './llm-provider/llm-provider.resolver.js';
import * as nodes from './node.resolver.js';
import { callMethodsDirectly, leavePlainFieldsToGraphql } from './platform/graphql/direct-resolvers.js';
import * as projectDocs from './project-doc/project-doc.resolver.js';
import * as syncRuns from './project-doc/sync-run.resolver.js';
import * as projects from './project/project.resolver.js';
import * as reembeddings from './reembedding/reembedding.resolver.js';
import * as search from './search/search.resolver.js';

/** All that they export are resolvers. */
const MODULES = [
  nodes,
  projects,
  reembeddings,
  projectDocs,
  syncRuns,
  documents,
  search,
  llmProviders,
  conversations,
  messages,
  messageRetrieval,
  answerEvents,
  evaluationSets,
  evaluationRuns,
];

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
    resolvers: MODULES.flatMap((module): Function[] => Object.values(module)) as NonEmptyArray<Function>,
    orphanedTypes: [AnswerDelta, AnswerCitationFound],
    validate: false,
    // TypeGraphQL wants one though no subscription uses it: what moved is read from the database (platform/topics.ts
    // says when).
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

/** The API as schema.graphql holds it, in the order of the alphabet, so that a diff shows only what changed. */
export async function printApiSchema(): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await buildApiSchema()))}\n`;
}
