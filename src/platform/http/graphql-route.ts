import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperationTypeNode, type FormattedExecutionResult } from 'graphql';
import { ApiError } from '../errors.js';
import type { Limits } from '../limits.js';
import { statusOf, sendJson, type Answers } from './answers.js';
import type { ApolloRunner } from './apollo.js';
import type { EventStreams } from './event-stream.js';
import type { Guard } from './guard.js';
import type { Operation } from './operation.js';
import { readParameters, readQueryString } from './request-parameters.js';
import { acceptedMediaTypes, EVENT_STREAM, isVisit, refuseRequest, type MediaType } from './request-rules.js';
import type { Results, RunnableOperation, RunOperation } from './subscribe.js';

export interface GraphqlRouteOptions {
  readonly guard: Guard;
  readonly apollo: ApolloRunner;
  readonly runOperation: RunOperation;
  readonly eventStreams: EventStreams;
  readonly answers: Answers;
  readonly limits: Limits;
  readonly operationOf: (request: FastifyRequest) => Operation;
}

const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * POST and GET on /graphql: one JSON result through Apollo, or a stream of events for `Accept: text/event-stream`. A visit by a
 * browser is led to GraphiQL.
 */
export function addGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { guard, apollo, runOperation, eventStreams, answers, limits, operationOf } = options;

  app.route({
    url: '/graphql',
    method: ALL_METHODS,
    // Before the body is read: what is refused here never reaches a parser.
    onRequest: async (request, reply) => {
      if (isVisit(request.method, request.headers, searchOf(request))) return reply.redirect('/graphiql');
      const refusal = refuseRequest(request.method, request.headers, limits.maxBodyBytes);
      if (refusal === null) return;
      if (refusal.status === 405) reply.header('allow', 'GET, POST');
      // Without this Node.js would read the rest of the body to keep the connection.
      if (refusal.status === 413) reply.header('connection', 'close');
      return refuse(request, reply, refusal.status, refusal.message);
    },
    handler: async (request, reply) => {
      const accepted = acceptedMediaTypes(request.headers.accept);
      const [mediaType] = accepted;
      if (mediaType === undefined) return refuse(request, reply, 406, 'The answer is JSON or an event stream.');
      const parameters = request.method === 'GET' ? readQueryString(searchOf(request)) : readParameters(request.body);
      const guarded = guard(parameters);
      if (guarded.errors) {
        return send(request, reply, mediaType, answers.refuse(guarded.errors, operationOf(request)));
      }
      const { operation: kind } = guarded.operation;
      if (request.method === 'GET' && kind === OperationTypeNode.MUTATION) {
        return refuse(request, reply.header('allow', 'POST'), 405, 'Mutations need POST.');
      }
      if (kind !== OperationTypeNode.SUBSCRIPTION) return run(request, reply, mediaType, { ...guarded, parameters });
      if (accepted.includes(EVENT_STREAM)) return run(request, reply, EVENT_STREAM, { ...guarded, parameters });
      return refuse(request, reply, 406, `Subscriptions need WebSocket, or Accept: ${EVENT_STREAM}.`);
    },
  });

  async function run(request: FastifyRequest, reply: FastifyReply, mediaType: MediaType, runnable: RunnableOperation) {
    const operation = operationOf(request);
    if (mediaType === EVENT_STREAM) return stream(request, reply, await runOperation(runnable, operation));
    const result = await apollo.run(runnable, operation);
    return send(request, reply, mediaType, result);
  }

  function send(request: FastifyRequest, reply: FastifyReply, mediaType: MediaType, result: FormattedExecutionResult) {
    if (mediaType === EVENT_STREAM) return stream(request, reply, result);
    return sendJson(reply, statusOf(result, mediaType), answers.serialize(result, operationOf(request)));
  }

  function stream(request: FastifyRequest, reply: FastifyReply, result: FormattedExecutionResult | Results) {
    const operation = operationOf(request);
    return reply
      .headers({
        'content-type': `${EVENT_STREAM}; charset=utf-8`,
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
      })
      .send(eventStreams.open(result, reply.raw, (each) => answers.serialize(each, operation)));
  }

  function refuse(request: FastifyRequest, reply: FastifyReply, status: number, message: string): FastifyReply {
    const error = new ApiError('BAD_USER_INPUT', message);
    return sendJson(reply, status, JSON.stringify(answers.refuse([error], operationOf(request))));
  }
}

function searchOf(request: FastifyRequest): URLSearchParams {
  const start = request.url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : request.url.slice(start + 1));
}
