import { GraphQLError, type ExecutionArgs, type FormattedExecutionResult, type GraphQLSchema } from 'graphql';
import { makeServer, type OperationResult, type Server } from 'graphql-ws';
import { ApiError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';
import type { Answers } from './answers.js';
import type { Guard } from './guard.js';
import { startOperation, type Operation } from './operation.js';
import { readParameters } from './request-parameters.js';
import type { RunnableOperation, RunOperation } from './run-operation.js';

export interface SocketProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly guard: Guard;
  readonly runOperation: RunOperation;
  readonly answers: Answers;
  readonly limits: Limits;
  readonly logger: Logger;
}

/** Travels as the context value, the one argument that graphql-ws hands on untouched; the runner makes the real one. */
interface Carried {
  readonly runnable: RunnableOperation;
  readonly operation: Operation;
}

/** The graphql-transport-ws protocol. A faulty operation is answered by its own errors and never costs the socket. */
export function createSocketProtocol(options: SocketProtocolOptions): Server<unknown> {
  const { schema, guard, runOperation, answers, limits, logger } = options;
  const refused = new WeakMap<readonly GraphQLError[], Operation>();
  const run = ({ contextValue }: ExecutionArgs) => {
    const { runnable, operation } = contextValue as Carried;
    // Formatted already, which the types of graphql-ws expect only of onNext.
    return runOperation(runnable, operation) as unknown as OperationResult;
  };

  return makeServer({
    connectionInitWaitTimeout: limits.socketInitTimeoutMs,
    onSubscribe({ subscriptions }, _id, payload) {
      const operation = startOperation(logger);
      const prepared = prepare(payload, Object.keys(subscriptions).length);
      if ('errors' in prepared) {
        refused.set(prepared.errors, operation);
        return prepared.errors;
      }
      const { document, parameters } = prepared.runnable;
      const contextValue: Carried = { runnable: prepared.runnable, operation };
      return { schema, document, operationName: parameters.operationName || undefined, contextValue };
    },
    execute: run,
    subscribe: run,
    onNext: (_context, _id, _payload, { contextValue }, result) =>
      answers.bound(result as FormattedExecutionResult, (contextValue as Carried).operation),
    onError: (_context, _id, _payload, errors) =>
      answers.refuse(errors, refused.get(errors) ?? startOperation(logger)).errors,
  });

  function prepare(
    payload: unknown,
    running: number,
  ): { runnable: RunnableOperation } | { errors: readonly GraphQLError[] } {
    try {
      if (running > limits.maxSocketOperations) {
        const message = `One socket runs at most ${limits.maxSocketOperations} operations at the same time.`;
        throw new ApiError('RATE_LIMITED', message);
      }
      const parameters = readParameters(payload);
      const guarded = guard(parameters);
      return guarded.errors ? { errors: guarded.errors } : { runnable: { ...guarded, parameters } };
    } catch (error) {
      // graphql-ws takes nothing else for an answer, and closes the socket on what is thrown.
      return {
        errors: [error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error })],
      };
    }
  }
}
