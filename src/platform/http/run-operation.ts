import {
  createSourceEventStream,
  execute,
  OperationTypeNode,
  type GraphQLError,
  type FormattedExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { Limits } from '../limits.js';
import type { Apollo, UnmaskedResult } from './apollo.js';
import type { GuardedOperation } from './guard.js';
import { mapEvents } from './map-events.js';
import type { MaskErrors } from './mask-errors.js';
import type { Operation } from './operation.js';
import { createPlannedQueries } from './planned-queries.js';

export interface RunnerOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: (operation: Operation) => object;
  readonly apollo: Pick<Apollo, 'execute'>;
  readonly maskErrors: MaskErrors;
  readonly limits: Limits;
}

export type Results = AsyncIterableIterator<FormattedExecutionResult, undefined>;
/** Subscriptions alone have results, unless one cannot start. */
export type RunOperation = (
  runnable: GuardedOperation,
  operation: Operation,
) => Promise<FormattedExecutionResult | Results>;

/** An event of which nothing could be read. The stream ends there: a client that resumed after it would miss it. */
class LostEvent extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super();
  }
}

/**
 * Runs operations for every transport: queries by their plans, what has none by Apollo. Never throws: what goes wrong
 * is an answer with masked errors. Each event of a subscription gets a context of its own, since loaders that outlive
 * an event answer from the past. One that cannot be read ends the subscription with its errors, without any where what
 * it tells of has been deleted.
 */
export function createOperationRunner(options: RunnerOptions): RunOperation {
  const { schema, createContext, apollo, maskErrors, limits } = options;
  const runPlanned = createPlannedQueries(schema);

  return async (runnable, operation) => {
    const format = ({ errors, ...result }: UnmaskedResult): FormattedExecutionResult =>
      errors ? { errors: maskErrors(errors, operation), ...result } : result;
    const fail = (error: unknown) => format({ errors: [error] });
    try {
      if (runnable.operation.operation === OperationTypeNode.SUBSCRIPTION) return await subscribe();
      const context = createContext(operation);
      return format((await runPlanned(runnable, context)) ?? (await apollo.execute(runnable, context)));
    } catch (error) {
      return fail(error);
    }

    async function subscribe(): Promise<FormattedExecutionResult | Results> {
      const source = await createSourceEventStream(args());
      if (!(Symbol.asyncIterator in source)) return format(source);
      return mapEvents(source, readEvent, failEvent);
    }

    async function readEvent(event: unknown): Promise<FormattedExecutionResult> {
      const result = await execute(args(event));
      if (!result.data) throw new LostEvent(result.errors ?? []);
      return format(result);
    }

    function failEvent(error: unknown): FormattedExecutionResult | null {
      if (!(error instanceof LostEvent)) return fail(error);
      const errors = maskErrors(error.errors, operation);
      return errors.every(({ extensions }) => extensions?.code === 'NOT_FOUND') ? null : { errors };
    }

    function args(rootValue?: unknown) {
      const { document, parameters } = runnable;
      return {
        schema,
        document,
        operationName: parameters.operationName || undefined,
        variableValues: parameters.variables,
        rootValue,
        contextValue: createContext(operation),
        options: { maxCoercionErrors: limits.maxCoercionErrors },
      };
    }
  };
}
