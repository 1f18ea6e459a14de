import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';
import { createAnswers } from './answers.js';
import { startApollo } from './apollo.js';
import { createEventStreams } from './event-stream.js';
import { createFastifyApp } from './fastify-app.js';
import { addGithubWebhook, type GithubWebhook } from './github-webhook.js';
import { addGraphiqlRoutes, type ExampleOperation } from './graphiql.js';
import { addGraphqlRoute } from './graphql-route.js';
import { createGuard } from './guard.js';
import { addHealthRoutes, type Readiness } from './health.js';
import { createHostAndOriginCheck, type HostAndOriginRules } from './host-and-origin.js';
import { createErrorMask } from './mask-errors.js';
import type { Operation } from './operation.js';
import { createOperationRunner } from './run-operation.js';
import { createSocketProtocol } from './socket-protocol.js';
import { boundUnsentBytes } from './unsent-bytes.js';
import { attachWebSockets } from './web-socket.js';

export interface HttpServerOptions extends HostAndOriginRules {
  readonly schema: GraphQLSchema;
  /** Called for each operation, and again for each event of a subscription. */
  createContext(operation: Operation): object;
  /** Asked by /readyz; what takes longer than `limits.readinessTimeoutMs` counts as not ready. */
  isReady(): Promise<Readiness>;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly limits: Limits;
  readonly logger: Logger;
  /** Default: none; its path is then like any other where there is nothing. */
  readonly webhook?: GithubWebhook;
  /** What GraphiQL opens with, a tab for each. */
  readonly examples?: readonly ExampleOperation[];
}

export interface HttpServer {
  /** Without a slash at the end: `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Not ready at once; WebSockets close with 1001, event streams end, requests in flight are answered. Resolves when
   * all of it is over, after `limits.stopTimeoutMs` by force.
   */
  stop(): Promise<void>;
}

/** A client that is there answers a closing handshake at once; the others are not waited for. */
const CLOSING_HANDSHAKE_MS = 1_000;

/**
 * Serves a schema on /graphql (POST, GET, SSE, WebSocket), GraphiQL, and the health routes.
 * @throws Error when the address cannot be listened on, with a message for the operator.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { schema, limits, logger, host, port } = options;
  let stopped: Promise<void> | undefined;
  const maskErrors = createErrorMask(limits);
  const answers = createAnswers(limits, maskErrors);
  const guard = createGuard(schema, limits);
  const apollo = await startApollo(schema, limits, logger);
  const runOperation = createOperationRunner({
    schema,
    createContext: options.createContext,
    apollo,
    maskErrors,
    limits,
  });
  const eventStreams = createEventStreams(limits);
  const refuse = createHostAndOriginCheck(options, logger);
  const isStopping = () => stopped !== undefined;
  const { app, operationOf } = await createFastifyApp({ ...options, refuse, answers, isStopping });

  addGraphqlRoute(app, { guard, runOperation, eventStreams, answers, limits, operationOf });
  addGraphiqlRoutes(app, options.examples);
  if (options.webhook) addGithubWebhook(app, options.webhook, operationOf);
  const isReady = async () => (stopped ? { ready: false, reason: 'The service is stopping.' } : options.isReady());
  addHealthRoutes(app, isReady, limits.readinessTimeoutMs, logger);
  boundUnsentBytes(app.server, limits, logger);
  const webSockets = attachWebSockets(app.server, {
    protocol: createSocketProtocol({ guard, runOperation, answers, limits, logger }),
    refuse: ({ headers }) => refuse(headers),
    limits,
    logger,
  });

  try {
    await app.listen({ host, port });
  } catch (error) {
    await Promise.all([app.close(), apollo.stop()]);
    throw new Error(explainListenError(error, host, port), { cause: error });
  }

  return {
    url: urlOf(host, (app.server.address() as AddressInfo).port),
    stop: () => (stopped ??= stop()),
  };

  async function stop(): Promise<void> {
    const deadline = setTimeout(() => app.server.closeAllConnections(), limits.stopTimeoutMs);
    eventStreams.close();
    await Promise.all([webSockets.close(CLOSING_HANDSHAKE_MS), app.close()]);
    clearTimeout(deadline);
    await apollo.stop();
  }
}

function explainListenError(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is in use by another process. Set PORT to a free one.`;
  if (code === 'EACCES') return `Port ${port} on ${host} needs more rights than this process has. Set PORT above 1023.`;
  return `Cannot listen on ${host}, port ${port}: ${message}`;
}

/** An address that can be opened: the wildcards are for listening only, and no request may name them as its host. */
function urlOf(host: string, port: number): string {
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${port}`;
}
