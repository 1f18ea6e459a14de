import { describe, expect, it } from '@jest/globals';
import { FailureCode, FailureError } from '../../src/platform/errors.js';
import { createHeads, HEAD_LIMITS, isUnavailable, type HeadLimits } from '../../src/platform/git/heads.js';

const REFUSED = new FailureError(FailureCode.AUTH, 'Refused.', false);
const MISSING = new FailureError(FailureCode.SOURCE_NOT_FOUND, 'There is none.', false);
const GONE_FOR_NOW = new FailureError(FailureCode.NETWORK, 'The host has a problem.', true);

/** Questions that are answered when the test says so, at a time that the test moves. */
function createBench(limits: Partial<HeadLimits> = {}) {
  const asked: {
    url: string;
    signal: AbortSignal;
    answer: (commitSha: string) => void;
    fail: (error: Error) => void;
  }[] = [];
  let time = 1_000_000;
  const heads = createHeads({
    limits,
    now: () => time,
    readHead: ({ url }, signal) =>
      new Promise((answer, fail) => {
        asked.push({ url, signal, answer, fail });
        signal.addEventListener('abort', () => fail(signal.reason as Error));
      }),
  });
  return {
    asked,
    heads,
    read: (url = 'a', since?: number) => heads.read({ url, branch: null }, since),
    /** What is answered at once, or later in the same turn. */
    async answered(url: string, outcome: string | Error, since?: number) {
      const before = asked.length;
      const answer = heads.read({ url, branch: null }, since);
      await settle();
      for (const each of asked.slice(before))
        if (typeof outcome === 'string') each.answer(outcome);
        else each.fail(outcome);
      return answer;
    },
    later: (ms: number) => void (time += ms),
    now: () => time,
  };
}
const until = async (reached: () => boolean): Promise<void> => {
  while (!reached()) await settle();
};
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('reading heads', () => {
  it('asks for equal ones once, at the same time and for a minute', async () => {
    const { asked, read, answered, later } = createBench();
    const all = [read(), read(), read()];
    await settle();
    expect(asked).toHaveLength(1);
    asked[0]!.answer('one');
    expect((await Promise.all(all)).map(({ commitSha }) => commitSha)).toEqual(['one', 'one', 'one']);
    later(59_999);
    expect(await read()).toMatchObject({ commitSha: 'one', failure: null });
    expect(asked).toHaveLength(1);
    later(1);
    expect(await answered('a', 'two')).toMatchObject({ commitSha: 'two' });
    expect(asked).toHaveLength(2);
  });

  it('takes branches of one repository for different ones', async () => {
    const { asked, heads } = createBench();
    const all = [null, 'main', 'next'].map((branch) => heads.read({ url: 'a', branch }));
    await settle();
    asked.forEach(({ answer }, index) => answer(String(index)));
    expect((await Promise.all(all)).map(({ commitSha }) => commitSha)).toEqual(['0', '1', '2']);
  });

  it('asks for four at once', async () => {
    const { asked, read } = createBench();
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((url) => read(url));
    await settle();
    expect(asked.map(({ url }) => url)).toEqual(['a', 'b', 'c', 'd']);
    asked[1]!.fail(MISSING);
    await settle();
    expect(asked.map(({ url }) => url)).toEqual(['a', 'b', 'c', 'd', 'e']);
    asked[0]!.answer('one');
    await settle();
    asked.forEach(({ answer }) => answer('one'));
    expect((await Promise.all(all)).map(({ commitSha }) => commitSha)).toEqual([
      'one',
      null,
      'one',
      'one',
      'one',
      'one',
    ]);
  });

  it('waits 3 seconds in all, and asks for nobody who has gone', async () => {
    expect(HEAD_LIMITS).toMatchObject({ atOnce: 4, waitMs: 3_000, keepMs: 60_000 });
    const { asked, read, later } = createBench({ waitMs: 50 });
    const all = ['a', 'b', 'c', 'd', 'e'].map((url) => read(url));
    await settle();
    later(50);
    const answers = await Promise.all(all);
    expect(answers.map(({ failure }) => failure?.code)).toEqual(Array(5).fill('TIMEOUT'));
    await until(() => asked.every(({ signal }) => signal.aborted));
    await settle();
    expect(asked.map(({ url, signal }) => [url, signal.aborted])).toEqual(
      ['a', 'b', 'c', 'd'].map((url) => [url, true]),
    );
  });

  it('uses an answer that comes after that for those who ask next', async () => {
    const { asked, read } = createBench({ atOnce: 1, waitMs: 50 });
    const [first, second] = [read('a'), read('b')];
    // The first one is given up, the second one begins with little time left to wait for it.
    expect(await first).toMatchObject({ failure: { code: 'TIMEOUT' } });
    expect(await second).toMatchObject({ failure: { code: 'TIMEOUT' } });
    await until(() => asked.length === 2);
    asked[1]!.answer('late');
    await settle();
    expect(await read('b')).toMatchObject({ commitSha: 'late' });
  });

  it.each([REFUSED, MISSING])('remembers a refusal: $message', async (error) => {
    const { asked, read, answered, later } = createBench();
    expect(isUnavailable(await answered('a', 'one'))).toBe(false);
    later(60_000);
    const answer = await answered('a', error);
    expect({ ...answer, unavailable: isUnavailable(answer) }).toMatchObject({ commitSha: null, unavailable: true });
    expect(await read()).toEqual(answer);
    expect(asked).toHaveLength(2);
  });

  it('falls back to the last head where the host does not answer, and leaves it alone for 5 seconds', async () => {
    const { asked, read, answered, later } = createBench();
    await answered('a', 'one');
    later(3_600_000);
    expect(await answered('a', GONE_FOR_NOW)).toMatchObject({ commitSha: 'one', failure: null });
    expect(await read()).toMatchObject({ commitSha: 'one' });
    expect(asked).toHaveLength(2);
    later(5_000);
    expect(await answered('a', 'two')).toMatchObject({ commitSha: 'two' });
  });

  it('says why where there is no head to fall back to', async () => {
    const { answered, later } = createBench();
    const answer = await answered('a', GONE_FOR_NOW);
    expect({ ...answer, unavailable: isUnavailable(answer) }).toMatchObject({
      failure: GONE_FOR_NOW,
      unavailable: false,
    });
    later(5_000);
    await answered('a', MISSING);
    later(60_000);
    expect(await answered('a', new Error('spawn ENOENT'))).toMatchObject({
      failure: { code: 'NETWORK', retryable: true },
    });
  });

  it('uses nothing from before the moment that is given', async () => {
    const { asked, read, answered, later, now } = createBench();
    await answered('a', 'one');
    later(10);
    expect(await answered('a', GONE_FOR_NOW, now())).toMatchObject({ commitSha: null, failure: GONE_FOR_NOW });
    later(10);
    const before = read('a', now());
    later(10);
    const after = read('a', now());
    await settle();
    expect(asked).toHaveLength(4);
    asked[3]!.answer('three');
    asked[2]!.answer('two');
    expect([(await before).commitSha, (await after).commitSha]).toEqual(['two', 'three']);
    // Though it came last, the older answer does not replace the newer one.
    expect(await read()).toMatchObject({ commitSha: 'three' });
  });

  it('forgets the branches that were asked for longest ago', async () => {
    const { asked, read, answered } = createBench({ entries: 2 });
    for (const url of ['a', 'b', 'a', 'c']) await answered(url, 'one');
    expect(asked.map(({ url }) => url)).toEqual(['a', 'b', 'c']);
    expect(await read('a')).toMatchObject({ commitSha: 'one' });
    await answered('b', 'one');
    expect(asked.map(({ url }) => url)).toEqual(['a', 'b', 'c', 'b']);
  });

  it('gives up everything when it stops', async () => {
    const { heads, read } = createBench({ atOnce: 1 });
    const all = [read('a'), read('b')];
    await settle();
    await heads.stop();
    expect((await Promise.all(all)).map(({ failure }) => failure?.retryable)).toEqual([true, true]);
  });
});
