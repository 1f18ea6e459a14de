import { FailureCode, FailureError } from '../errors.js';
import { every } from '../every.js';
import { measureFolder } from './bare-repository.js';

/** What a fast network brings meanwhile is what may come too much. */
const LOOK_EVERY_MS = 500;
const MIB = 1024 * 1024;

/** A host decides how much it sends: some would fill the disk. */
export class RepositoryTooLarge extends FailureError {
  constructor(maxBytes: number) {
    const advice = 'Follow another one, or raise GIT_REPOSITORY_MAX_MB.';
    const message = `The repository takes more than ${Math.floor(maxBytes / MIB)} MiB of disk. ${advice}`;
    super(FailureCode.LIMIT_EXCEEDED, message, false);
  }
}

/**
 * Does what fills a folder. The signal for `work` aborts with `signal`, and as soon as the folder holds more than
 * `maxBytes`.
 * @throws RepositoryTooLarge also where `work` came to its end before that was seen
 */
export async function boundSize<T>(
  directory: string,
  maxBytes: number,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const full = new AbortController();
  const look = async (): Promise<void> => {
    if ((await measureFolder(directory)) > maxBytes) full.abort(new RepositoryTooLarge(maxBytes));
  };
  const stopLooking = every(LOOK_EVERY_MS, look, () => undefined);
  try {
    const result = await work(signal ? AbortSignal.any([signal, full.signal]) : full.signal);
    await look();
    full.signal.throwIfAborted();
    return result;
  } finally {
    await stopLooking();
  }
}
