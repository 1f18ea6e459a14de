import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OperationTypeNode, type FormattedExecutionResult } from 'graphql';
import type { Limits } from '../limits.js';
import { statusOf, sendJson, type Answers } from './answers.js';
import type { EventStreams } from './event-stream.js';
import type { Guard } from './guard.js';
import type { Operation } from './operation.js';
import { readParameters, readQueryString } from './request-parameters.js';
import {
  acceptedMediaTypes,
  EVENT_STREAM,
  HttpRefusal,
  isVisit,
  refuseRequest,
  type MediaType,
} from './request-rules.js';
import type { Results, RunOperation } from './run-operation.js';

export interface GraphqlRouteOptions {
  readonly guard: Guard;
  readonly runOperation: RunOperation;
  readonly eventStreams: EventStreams;
  readonly answers: Answers;
  readonly limits: Limits;
  readonly operationOf: (request: FastifyRequest) => Operation;
}

const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * POST and GET on /graphql: one JSON result, or a stream of events for `Accept: text/event-stream`. A visit by a
 * browser is led to GraphiQL.
 */
export function addGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { guard, runOperation, eventStreams, answers, limits, operationOf } = options;

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
      throw refusal;
    },
    handler: async (request, reply) => {
      const accepted = acceptedMediaTypes(request.headers.accept);
      const [mediaType] = accepted;
      if (mediaType === undefined) throw new HttpRefusal(406, 'The answer is JSON or an event stream.');
      const guarded = guard(
        request.method === 'GET' ? readQueryString(searchOf(request)) : readParameters(request.body),
      );
      const operation = operationOf(request);
      if (guarded.errors) return send(reply, mediaType, answers.refuse(guarded.errors, operation), operation);
      const { operation: kind } = guarded.operation;
      if (request.method === 'GET' && kind === OperationTypeNode.MUTATION) {
        reply.header('allow', 'POST');
        throw new HttpRefusal(405, 'Mutations need POST.');
      }
      const isSubscription = kind === OperationTypeNode.SUBSCRIPTION;
      if (isSubscription && !accepted.includes(EVENT_STREAM)) {
        throw new HttpRefusal(406, `Subscriptions need WebSocket, or Accept: ${EVENT_STREAM}.`);
      }
      const result = await runOperation(guarded, operation);
      return send(reply, isSubscription ? EVENT_STREAM : mediaType, result, operation);
    },
  });

  function send(
    reply: FastifyReply,
    mediaType: MediaType,
    result: FormattedExecutionResult | Results,
    operation: Operation,
  ): FastifyReply {
    const serialize = (each: FormattedExecutionResult) => answers.serialize(each, operation);
    if (mediaType !== EVENT_STREAM && !(Symbol.asyncIterator in result))
      return sendJson(reply, statusOf(result, mediaType), serialize(result));
    return reply
      .headers({
        'content-type': `${EVENT_STREAM}; charset=utf-8`,
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
      })
      .send(eventStreams.open(result, reply.raw, serialize));
  }
}

function searchOf(request: FastifyRequest): URLSearchParams {
  const start = request.url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : request.url.slice(start + 1));
}
