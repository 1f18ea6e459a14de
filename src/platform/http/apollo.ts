import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { createPlannedQueries } from './planned-queries.js';
import type { Operation } from './operation.js';
import type { RunnableOperation, RunnerOptions } from './subscribe.js';

export interface ApolloRunner {
  /** Runs a query or a mutation. Throws only what creating the context throws. */
  run(runnable: RunnableOperation, operation: Operation): Promise<FormattedExecutionResult>;
  stop(): Promise<void>;
}

/** Apollo Server, for the operations that are answered by one result. Headers, statuses and refusals are the route's. */
export async function startApollo<C>(
  options: RunnerOptions<C> & { logger: Operation['logger'] },
): Promise<ApolloRunner> {
  const { schema, createContext, maskErrors, limits, logger } = options;
  // Apollo formats errors without saying for which request, so the formatted ones lead back to what was thrown.
  const thrown = new WeakMap<GraphQLFormattedError, unknown>();
  const server = new ApolloServer<C & object>({
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
  const runPlanned = createPlannedQueries(schema);

  return {
    async run(runnable, operation) {
      const contextValue = createContext(operation) as C & object;
      const found = (await runPlanned(runnable, contextValue)) ?? (await execute(runnable, contextValue));
      const { errors, ...result } = found;
      if (!errors) return result;
      const causes = errors.map((error) => thrown.get(error as GraphQLFormattedError) ?? error);
      return { errors: maskErrors(causes, operation), ...result };
    },
    stop: () => server.stop(),
  };

  async function execute(
    { parameters: { query, operationName, variables } }: RunnableOperation,
    contextValue: C & object,
  ) {
    const request = { query, operationName: operationName || undefined, variables: { ...variables } };
    const { body } = await server.executeOperation(request, { contextValue });
    if (body.kind !== 'single') throw new Error('incremental delivery is not served');
    return body.singleResult;
  }
}
