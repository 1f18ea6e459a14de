import { describe, expect, it } from '@jest/globals';

import { readConnectionOptions } from '../../src/platform/database/connection-options.js';

const sslOf = (parameters: string) => readConnectionOptions(`postgres://ibid@192.0.2.1/books?${parameters}`).ssl;

describe('sslmode in DATABASE_URL', () => {
  it('means what it means to psql', () => {
    expect(sslOf('sslmode=disable')).toBe(false);
    expect(sslOf('sslmode=require')).toMatchObject({ rejectUnauthorized: false });
    expect(sslOf('sslmode=verify-full')).not.toHaveProperty('rejectUnauthorized');
    expect(() => sslOf('sslmode=verify-ca')).toThrow('sslrootcert');
  });

  it('has certificates compared with the host, also where that is an address', () => {
    expect(sslOf('sslmode=verify-full')).toMatchObject({ host: '192.0.2.1' });
  });
});
