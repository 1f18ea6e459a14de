import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logger.js';
import { within } from '../within.js';

export interface Readiness {
  readonly ready: boolean;
  readonly reason?: string;
}

/** `/healthz`: the process runs. `/readyz`: it can serve, which `isReady` has `timeoutMs` to say. */
export function addHealthRoutes(
  app: FastifyInstance,
  isReady: () => Promise<Readiness>,
  timeoutMs: number,
  logger: Logger,
): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const late = () => ({ ready: false, reason: `No answer within ${timeoutMs} ms.` });
    const readiness = await within<Readiness>(timeoutMs, isReady(), late).catch((error: unknown) => {
      logger.warn({ err: error }, 'the readiness check failed');
      return { ready: false, reason: 'The check failed.' };
    });
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
}
