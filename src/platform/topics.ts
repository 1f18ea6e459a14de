import { EventEmitter } from 'node:events';

/** Tells waiting subscribers of this process that a record moved. What moved is read from the database, so nothing can be missed. */
export interface Topics {
  publish(topic: string): void;
  /** Resolves when `topic` is published, when `signal` aborts, or after `pollMs`: another process may have moved it. */
  next(topic: string, pollMs: number, signal?: AbortSignal): Promise<void>;
}

export function createTopics(): Topics {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    publish: (topic) => void emitter.emit(topic),
    next: (topic, pollMs, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          emitter.off(topic, done);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        // A process that stops does not wait for it.
        const timer = setTimeout(done, pollMs).unref();
        emitter.once(topic, done);
        signal?.addEventListener('abort', done, { once: true });
        if (signal?.aborted) done();
      }),
  };
}
