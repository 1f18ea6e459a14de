import { describe, expect, it } from '@jest/globals';

import { findDatabaseFault } from '../../src/platform/database/database-fault.js';
import { throughOutages } from '../../src/platform/database/through-outages.js';

const outages = { tells: (error: unknown) => findDatabaseFault(error) === 'UNAVAILABLE', stop: () => {} };
const lost = (): Error => Object.assign(new Error('gone'), { code: 'ECONNRESET' });
const never = new AbortController().signal;

/** Work that fails with each of these, then is done: how it ends, and how often it was tried. */
async function working(errors: Error[], signal = never) {
  let tries = 0;
  const work = async (): Promise<string> => {
    const error = errors[tries];
    tries += 1;
    if (error) throw error;
    return 'done';
  };
  return { end: await throughOutages({ outages }, signal, work).catch((thrown: unknown) => thrown), tries };
}

describe('what is to get through an outage of the database', () => {
  it('is tried until it is done', async () => {
    expect(await working([])).toEqual({ end: 'done', tries: 1 });
    expect(await working([lost(), lost()])).toEqual({ end: 'done', tries: 3 });
  });

  it('fails at once where the database is there: with a fault of its own, or too slow', async () => {
    for (const error of [new Error('unexpected'), Object.assign(new Error('slow'), { code: '57014' })])
      expect(await working([error])).toEqual({ end: error, tries: 1 });
  });

  it('is tried once where it is too late already, and no longer than it may wait', async () => {
    const error = lost();
    expect(await working([error], AbortSignal.abort('enough'))).toEqual({ end: error, tries: 1 });
    const stop = new AbortController();
    const ended = working([lost(), lost()], stop.signal);
    setImmediate(() => stop.abort('enough'));
    expect(await ended).toEqual({ end: 'enough', tries: 1 });
  });
});
