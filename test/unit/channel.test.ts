import { type AddressInfo, createServer } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';

import { openChannel } from '../../src/platform/database/channel.js';
import { createLogger } from '../../src/platform/logger.js';
import { setClockOff } from '../support/clock.js';

afterEach(() => setClockOff(0));

describe('the channel to a database that takes connections and never answers', () => {
  it('tells the log once, however long each attempt takes', async () => {
    let attempts = 0;
    const fourth = Promise.withResolvers<void>();
    const server = createServer((socket) => {
      attempts += 1;
      // As if it had taken a minute until the attempt is given up.
      setClockOff(attempts * 60_000);
      if (attempts === 4) fourth.resolve();
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const pool = { options: { host: '127.0.0.1', port, connectionTimeoutMillis: 20 } } as unknown as Pool;
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(JSON.parse(line).msg) });
    const channel = openChannel(pool, { onText: () => {}, onOpen: () => {} }, logger);
    await fourth.promise;
    await channel.stop();
    server.close();
    expect(lines).toEqual(['other processes are not heard for now; it is tried again']);
  });
});
