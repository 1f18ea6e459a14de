import type { Config } from './config.js';
import { createContext, type Services } from './context.js';
import { EXAMPLE_OPERATIONS } from './example-operations.js';
import type { Database } from './platform/database/database.js';
import { startHttpServer } from './platform/http/server.js';
import { DEFAULT_LIMITS, type Limits } from './platform/limits.js';
import { receiveEvent } from './project-doc/receive-push.js';
import { buildApiSchema } from './schema.js';
import { type ServicesOptions, startServices } from './start-services.js';

export interface AppOptions extends ServicesOptions {
  limits?: Limits;
}

export interface App {
  readonly url: string;
  readonly services: Services;
  /**
   * Takes no new work and lets answers end for SHUTDOWN_GRACE; the rest is taken up again. Everything is closed within
   * 5 seconds more.
   */
  stop(): Promise<void>;
}

const WEBHOOK_PATH = '/webhooks/github';
/** What requests in flight have at least to be answered when the service stops. */
const LEAST_DRAIN_MS = 2_000;

/**
 * Wires everything, and serves.
 * @throws Error with a message for the operator when something that it needs is not there
 */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const { services, stops, stop } = await startServices(config, options);
  const { logger } = options;
  const { shutdownGraceMs } = config;
  const limits = { ...DEFAULT_LIMITS, ...options.limits, ...config.apiLimits };
  const drainMs = Math.min(limits.stopTimeoutMs, Math.max(shutdownGraceMs, LEAST_DRAIN_MS));
  try {
    const http = await startHttpServer({
      schema: await buildApiSchema(),
      createContext: (operation) => createContext(services, operation),
      isReady: () => readinessOf(services.database),
      host: config.host,
      port: config.port,
      allowedHosts: config.allowedHosts,
      corsOrigins: config.corsOrigins,
      limits: { ...limits, stopTimeoutMs: drainMs },
      logger,
      webhook: config.githubWebhookSecret
        ? {
            path: WEBHOOK_PATH,
            secret: config.githubWebhookSecret,
            receive: (delivery, operation) => receiveEvent(services, operation.logger, delivery),
          }
        : undefined,
      examples: EXAMPLE_OPERATIONS,
    });
    stops.push(async () => {
      const deadline = Date.now() + shutdownGraceMs;
      const rested = services.jobs.rest();
      await http.stop();
      // The last requests in flight may have started answers of their own.
      await services.answers.stop(Math.max(0, deadline - Date.now()));
      await rested;
    });
    let stopped: Promise<void> | undefined;
    return { url: http.url, services, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readinessOf(database: Database): Promise<{ ready: boolean; reason?: string }> {
  try {
    await database.ping();
    return { ready: true };
  } catch {
    return { ready: false, reason: 'The database does not answer, or takes no writes.' };
  }
}
