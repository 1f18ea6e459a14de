import { randomUUID } from 'node:crypto';

import cors from '@fastify/cors';
import { fastify, type FastifyError, type FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import helmet from 'helmet';
import { ApiError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';
import { sendJson, statusOf, type Answers } from './answers.js';
import type { HostAndOriginRules, RefuseHostOrOrigin } from './host-and-origin.js';
import { startOperation, type Operation } from './operation.js';
import { GRAPHQL_RESULT, HttpRefusal } from './request-rules.js';

export interface FastifyAppOptions extends Pick<HostAndOriginRules, 'corsOrigins'> {
  readonly refuse: RefuseHostOrOrigin;
  readonly answers: Answers;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly isStopping: () => boolean;
}

/** Fastify with what holds for every route: checks of host and origin first, ids, headers, time limits, errors. */
export async function createFastifyApp(options: FastifyAppOptions) {
  const { refuse, answers, limits, logger, isStopping } = options;
  const operations = new WeakMap<FastifyRequest, Operation>();
  const app = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: limits.maxBodyBytes,
    routerOptions: { ignoreTrailingSlash: true },
    // What came in time is answered, by /readyz too.
    return503OnClosing: false,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionTimeout: limits.stalledStreamTimeoutMs,
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.connectionsCheckingIntervalMs,
    },
  });

  // For so long nothing came or went. Whoever waits for an answer may go on; who takes none of it keeps it in memory.
  // With a listener Node.js leaves to it what is idle between two requests, too: such a socket has another time set.
  app.server.on('timeout', (socket) => {
    const isIdle = socket.timeout !== limits.stalledStreamTimeoutMs;
    if (isIdle || socket.writableLength > 0) socket.destroy();
  });

  // Before every plugin, so that not even a preflight is answered to a page that may not know the service exists.
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const reason = refuse(request.headers);
    if (reason !== null) throw new ApiError('FORBIDDEN', reason);
  });
  // A connection that is kept would be waited for when the service stops.
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping()) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    // Of a stream that was open before, no header has said so.
    if (isStopping()) app.server.closeIdleConnections();
    if (!logger.isLevelEnabled('debug')) return;
    const path = request.url.split('?')[0];
    const ms = Math.round(reply.elapsedTime);
    logger.debug({ requestId: request.id, method: request.method, path, status: reply.statusCode, ms }, 'request');
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const shown = shownError(error, request);
    const result = answers.refuse([shown], operationOf(request));
    const status = shown instanceof HttpRefusal ? shown.status : statusOf(result, GRAPHQL_RESULT);
    return sendJson(reply, status, JSON.stringify(result));
  });
  app.setNotFoundHandler(() => {
    throw new ApiError('NOT_FOUND', 'There is nothing at this address.');
  });

  await app.register(cors, {
    origin: options.corsOrigins.length > 0 ? [...options.corsOrigins] : false,
    methods: ['GET', 'POST'],
    exposedHeaders: ['x-request-id'],
    maxAge: 600,
  });
  // Not as a plugin of Fastify's, which makes the headers anew for each request.
  const setSafeHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: [`'none'`], frameAncestors: [`'none'`] },
    },
    frameguard: { action: 'deny' },
    // For whoever ends TLS in front of the service to decide.
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', (request, reply, done) =>
    setSafeHeaders(request.raw, reply.raw, (error) => done(error as Error)),
  );

  return { app, operationOf };

  function operationOf(request: FastifyRequest): Operation {
    const known = operations.get(request);
    if (known) return known;
    const operation = startOperation(logger, request.id);
    operations.set(request, operation);
    return operation;
  }
}

/** Fastify's own refusals, such as of a body that is not JSON, and requests that broke off are the client's fault. */
function shownError(error: FastifyError, request: FastifyRequest): Error {
  if (error instanceof GraphQLError) return error;
  const { statusCode = 500, code = '', message } = error;
  if (error === request.raw.errored) return new HttpRefusal(400, message);
  const isRefusal = code.startsWith('FST_') && statusCode >= 400 && statusCode < 500;
  return isRefusal || error instanceof SyntaxError ? new HttpRefusal(statusCode, message) : error;
}
