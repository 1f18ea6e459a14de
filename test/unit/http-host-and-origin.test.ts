import { describe, expect, it } from '@jest/globals';

import { refuseHostOrOrigin } from '../../src/platform/http/host-and-origin.js';

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
