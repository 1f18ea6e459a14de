import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/platform/logger.js';

describe('the log', () => {
  function logged(fields: object): Record<string, unknown> {
    const lines: string[] = [];
    createLogger('info', { write: (line) => void lines.push(line) }).info(fields, 'something happened');
    return JSON.parse(lines[0]!);
  }

  it.each([
    { apiKey: 'hunter2' },
    { provider: { apiKey: 'hunter2' } },
    { request: { headers: { authorization: 'hunter2' } } },
    { err: new Error('postgres://ibid:hunter2@db.example/ibid') },
    { err: new Error('401 for Bearer hunter2') },
    { err: Object.assign(new Error('bad reply'), { responseBody: 'hunter2', requestHeaders: { 'x-key': 'hunter2' } }) },
    { err: new Error('outer', { cause: new Error('sk-proj-hunter2hunter2hunter2') }) },
  ])('keeps no secret of %j', (fields) => {
    expect(JSON.stringify(logged(fields))).not.toContain('hunter2');
  });

  it('has the kind, the code and the cause of an error', () => {
    const cause = Object.assign(new TypeError('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(logged({ err: new Error('no database', { cause }) })).toMatchObject({
      msg: 'something happened',
      err: { type: 'Error', message: 'no database', cause: { type: 'TypeError', code: 'ECONNREFUSED' } },
    });
  });
});
