import { errorChain } from './error-chain.js';

const MAKE_ROOM = 'Whoever runs it has to make room there.';

export const DISK_FULL = `The disk of the service is full. ${MAKE_ROOM}`;

/** By the code of the error: the file system's, or PostgreSQL's. */
const REASONS: Record<string, string> = {
  ENOSPC: DISK_FULL,
  EDQUOT: DISK_FULL,
  '53100': `The disk of the service's database is full. ${MAKE_ROOM}`,
  // The embedded database says so before its disk is full, a server also as a standby.
  '25006':
    "The service's database takes no writes: its disk is full, or it is a standby. Whoever runs the service has to act; what is stored can be read.",
};

/** Why nothing can be stored, in words for users that say who has to act; null: that is not what is wrong. */
export function findStorageFault(error: unknown): string | null {
  for (const { code } of errorChain(error)) {
    const reason = typeof code === 'string' && REASONS[code];
    if (reason) return reason;
  }
  return null;
}
