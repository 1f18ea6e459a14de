import {
  createSourceEventStream,
  execute,
  OperationTypeNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { Limits } from '../limits.js';
import type { GuardedOperation } from './guard.js';
import { mapEvents } from './map-events.js';
import type { MaskErrors } from './mask-errors.js';
import type { Operation } from './operation.js';
import type { RequestParameters } from './request-parameters.js';

export interface RunnerOptions<C> {
  readonly schema: GraphQLSchema;
  readonly createContext: (operation: Operation) => C;
  readonly maskErrors: MaskErrors;
  readonly limits: Limits;
}

/** What the guard let through, and the parameters it came with. */
export interface RunnableOperation extends GuardedOperation {
  readonly parameters: RequestParameters;
}

export type Results = AsyncIterableIterator<FormattedExecutionResult, undefined>;
export type RunOperation = (
  runnable: RunnableOperation,
  operation: Operation,
) => Promise<FormattedExecutionResult | Results>;

/**
 * Runs operations of every kind for the streaming transports. Never throws: what goes wrong is an answer with masked errors.
 * Each event of a subscription gets a context of its own, since loaders that outlive an event answer from the past.
 */
export function createOperationRunner<C>({
  schema,
  createContext,
  maskErrors,
  limits,
}: RunnerOptions<C>): RunOperation {
  return async ({ document, operation: { operation: kind }, parameters }, operation) => {
    const args = (rootValue?: unknown) => ({
      schema,
      document,
      operationName: parameters.operationName || undefined,
      variableValues: parameters.variables,
      rootValue,
      contextValue: createContext(operation),
      options: { maxCoercionErrors: limits.maxCoercionErrors },
    });
    const format = ({ errors, ...result }: ExecutionResult): FormattedExecutionResult =>
      errors ? { errors: maskErrors(errors, operation), ...result } : result;
    const fail = (error: unknown) => ({ errors: maskErrors([error], operation) });

    try {
      if (kind !== OperationTypeNode.SUBSCRIPTION) return format(await execute(args()));
      const source = await createSourceEventStream(args());
      if (!(Symbol.asyncIterator in source)) return format(source);
      return mapEvents(source, async (event) => format(await execute(args(event))), fail);
    } catch (error) {
      return fail(error);
    }
  };
}
