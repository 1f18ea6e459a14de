import { describe, expect, it } from '@jest/globals';

import { createHostAndOriginCheck, refuseHostOrOrigin } from '../../src/platform/http/host-and-origin.js';
import { createLogger } from '../../src/platform/logger.js';

describe('an allowed host', () => {
  const refuse = (host: string) =>
    refuseHostOrOrigin({ host }, { allowedHosts: ['ibid.example:8080'], corsOrigins: [] });

  it('stands for one port alone where it names that', () => {
    expect(refuse('ibid.example:8080')).toBeNull();
    expect(refuse('ibid.example:9090')).not.toBeNull();
  });

  it('is no other one that begins like it, or like a name of this machine, and none that is not valid', () => {
    for (const host of ['ibid.example.evil:8080', 'localhost.rebound.example', 'localhost:99999999'])
      expect(refuse(host)).not.toBeNull();
  });
});

describe('what is refused', () => {
  const rules = { allowedHosts: [], corsOrigins: ['http://localhost:3000'] };
  const start = () => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
    return { lines, refuse: createHostAndOriginCheck(rules, logger) };
  };

  it('is told the log once for each, with why', () => {
    const { lines, refuse } = start();
    for (let time = 0; time < 3; time += 1) {
      expect(refuse({ host: 'localhost:4000', origin: 'http://127.0.0.1:3000' })).not.toBeNull();
      expect(refuse({ host: 'ibid.example' })).not.toBeNull();
      expect(refuse({ host: 'localhost:4000', origin: 'http://localhost:3000' })).toBeNull();
    }
    expect(lines).toEqual([
      expect.objectContaining({
        reason: 'Pages of this origin may not use the service. See CORS_ORIGINS.',
        host: 'localhost:4000',
        origin: 'http://127.0.0.1:3000',
        msg: 'a request was refused',
      }),
      expect.objectContaining({
        reason: 'This host name is not served here. See ALLOWED_HOSTS.',
        host: 'ibid.example',
      }),
    ]);
  });

  it('fills no log, whatever is sent', () => {
    const { lines, refuse } = start();
    for (let count = 0; count < 100; count += 1) refuse({ host: `${count}.example`, origin: 'x'.repeat(10_000) });
    expect(lines).toHaveLength(20);
    expect(JSON.stringify(lines).length).toBeLessThan(10_000);
  });
});
