import { EventEmitter } from 'node:events';

import type { Channel, ChannelEvents } from './database/channel.js';

/**
 * "There is more to read": tells whoever waits that a record moved, in this process and in the others on its database.
 * What moved is read from the database, so a word that gets lost on the way costs no more than the time until the next
 * look.
 */
export interface Topics {
  /** After the commit of what it tells of. Any short text; those that hear it are told no more than that. */
  publish(topic: string): void;
  /** Resolves when `topic` is published, or after `pollMs`: a word from another process may get lost. */
  next(topic: string, pollMs: number): Promise<void>;
  /** Calls `listener` each time that `topic` is published, until the function that it returns is called. */
  on(topic: string, listener: () => void): () => void;
  stop(): Promise<void>;
}

/** @param openChannel what leads to the other processes; null where there are none */
export function createTopics(openChannel: (events: ChannelEvents) => Channel | null): Topics {
  const waiting = new EventEmitter().setMaxListeners(0);
  const listening = new EventEmitter().setMaxListeners(0);
  const emit = (topic: string): void => {
    waiting.emit(topic);
    listening.emit(topic);
  };
  const channel = openChannel({
    onText: emit,
    // Whatever they wait for may have happened unheard.
    onOpen: () => waiting.eventNames().forEach((topic) => waiting.emit(topic)),
  });
  return {
    publish(topic) {
      emit(topic);
      channel?.send(topic);
    },
    next: (topic, pollMs) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          waiting.off(topic, done);
          resolve();
        };
        // A process that stops does not wait for it.
        const timer = setTimeout(done, pollMs).unref();
        waiting.once(topic, done);
      }),
    on(topic, listener) {
      listening.on(topic, listener);
      return () => void listening.off(topic, listener);
    },
    stop: async () => channel?.stop(),
  };
}
