import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { ExecutionResult, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';
import type { GuardedOperation } from './guard.js';

/** A result whose errors nobody has masked yet. */
export type UnmaskedResult = Pick<ExecutionResult, 'data'> & { readonly errors?: readonly unknown[] };

export interface Apollo {
  /** Runs an operation of one result. */
  execute(guarded: GuardedOperation, contextValue: object): Promise<UnmaskedResult>;
  stop(): Promise<void>;
}

/**
 * Apollo Server, for what has no plan: mutations, and questions about the schema. Other queries run by their plans and
 * subscriptions by GraphQL's own `execute` (run-operation.ts), so a plugin would see neither. Headers, statuses and
 * refusals are the route's.
 */
export async function startApollo(schema: GraphQLSchema, limits: Limits, logger: Logger): Promise<Apollo> {
  // Apollo formats errors without saying for which request, so the formatted ones lead back to what was thrown.
  const thrown = new WeakMap<GraphQLFormattedError, unknown>();
  const server = new ApolloServer({
    schema,
    logger,
    nodeEnv: 'production',
    // Open to everybody, so that errors may suggest names too.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: limits.maxTokens },
    validationOptions: { maxErrors: limits.maxValidationErrors },
    executionOptions: { maxCoercionErrors: limits.maxCoercionErrors },
    formatError(formatted, error) {
      thrown.set(formatted, error);
      return formatted;
    },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await server.start();

  return {
    async execute({ parameters: { query, operationName, variables } }, contextValue) {
      const request = { query, operationName: operationName || undefined, variables: { ...variables } };
      const { body } = await server.executeOperation(request, { contextValue });
      if (body.kind !== 'single') throw new Error('incremental delivery is not served');
      const { data, errors } = body.singleResult;
      return { data, errors: errors?.map((error) => thrown.get(error) ?? error) };
    },
    stop: () => server.stop(),
  };
}
