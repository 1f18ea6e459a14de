import { randomUUID } from 'node:crypto';
import type { Logger } from '../logger.js';

/** What identifies one operation in its answer and in the log: the same for a subscription and all its events. */
export interface Operation {
  readonly requestId: string;
  readonly logger: Logger;
}

/** The id is made here and never taken from a client, so that one id means one request. */
export function startOperation(logger: Logger, requestId: string = randomUUID()): Operation {
  let own: Logger | undefined;
  return {
    requestId,
    get logger() {
      return (own ??= logger.child({ requestId }));
    },
  };
}
