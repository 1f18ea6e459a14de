import { FailureCode, FailureError } from '../errors.js';
import { createRecentCache } from '../recent-cache.js';
import { createTurns } from '../turns.js';
import { within } from '../within.js';
import { hostTooSlow } from './host-failure.js';
import type { HeadLocation } from './remote-head.js';

/** What a git host said of a branch's head. Either `commitSha` or `failure` is null. */
export interface HeadAnswer {
  /** When it was asked, in milliseconds since 1970. */
  readonly askedAt: number;
  readonly commitSha: string | null;
  readonly failure: FailureError | null;
}

export interface Heads {
  /**
   * The head of a branch, without fetching anything, as far as it becomes known within `waitMs`. An answer is used
   * again for `keepMs`; equal questions at the same time are one. Where the host does not answer now, the last head
   * that is known stands in; where there is none, `failure` tells why.
   *
   * @param since answers of before this moment (milliseconds since 1970) are not used. Default: any.
   */
  read(at: HeadLocation, since?: number): Promise<HeadAnswer>;
  /** Gives up what is being asked, and waits until it is. */
  stop(): Promise<void>;
}

export interface HeadLimits {
  /** Questions at once. */
  readonly atOnce: number;
  /** What one question may take, and how long a caller waits in all, its turn included; milliseconds. */
  readonly waitMs: number;
  /** How long an answer is used again, in milliseconds. */
  readonly keepMs: number;
  /** How long a host that did not answer is left alone, in milliseconds. */
  readonly restMs: number;
  /** Branches whose answers are kept: the most recently asked ones. */
  readonly entries: number;
}

export const HEAD_LIMITS: HeadLimits = { atOnce: 4, waitMs: 3_000, keepMs: 60_000, restMs: 5_000, entries: 1_000 };

export interface HeadsOptions {
  readonly readHead: (at: HeadLocation, signal: AbortSignal) => Promise<string>;
  readonly limits?: Partial<HeadLimits>;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

/** What is known of one branch. */
interface Known {
  /** Definite: a head, or that there is none. */
  answer?: HeadAnswer;
  /** The last time that the host did not answer. */
  silence?: HeadAnswer;
  pending?: { readonly askedAt: number; readonly answer: Promise<HeadAnswer> };
}

/** Asks for heads, for all operations of a process together. */
export function createHeads({ readHead, limits: given, now = Date.now }: HeadsOptions): Heads {
  const limits = { ...HEAD_LIMITS, ...given };
  const stopping = new AbortController();
  const branches = createRecentCache<Known>(limits.entries);
  const turns = createTurns(limits.atOnce);
  const asks = new Set<Promise<HeadAnswer>>();

  function find({ url, branch }: HeadLocation): Known {
    const key = JSON.stringify([url, branch]);
    const known = branches.get(key) ?? {};
    branches.set(key, known);
    return known;
  }

  async function askInTurn(at: HeadLocation, askedAt: number): Promise<HeadAnswer> {
    const turn = turns.enter();
    let timeout: AbortSignal | undefined;
    try {
      await turn.wait(stopping.signal);
      // Whoever wanted to know has gone.
      if (now() - askedAt >= limits.waitMs) return failed(askedAt, hostTooSlow());
      timeout = AbortSignal.timeout(limits.waitMs);
      const commitSha = await readHead(at, AbortSignal.any([timeout, stopping.signal]));
      return { askedAt, commitSha, failure: null };
    } catch (error) {
      return failed(askedAt, timeout?.aborted ? hostTooSlow({ cause: error }) : failureOf(error));
    } finally {
      turn.leave();
    }
  }

  async function ask(at: HeadLocation, askedAt: number): Promise<HeadAnswer> {
    const answer = await askInTurn(at, askedAt);
    const known = find(at);
    const isOlder = (other?: HeadAnswer) => other === undefined || other.askedAt <= askedAt;
    if (isPassing(answer)) {
      if (isOlder(known.silence)) known.silence = answer;
    } else if (isOlder(known.answer)) known.answer = answer;
    if (known.pending?.askedAt === askedAt) known.pending = undefined;
    return answer;
  }

  return {
    async read(at, since = 0) {
      const time = now();
      const known = find(at);
      const isUsable = (answer: HeadAnswer | undefined, forMs: number): answer is HeadAnswer =>
        answer !== undefined && answer.askedAt >= since && time - answer.askedAt < forMs;
      if (isUsable(known.answer, limits.keepMs)) return known.answer;
      const lastHead = (failure: HeadAnswer): HeadAnswer =>
        known.answer?.commitSha && isUsable(known.answer, Infinity) ? known.answer : failure;
      if (isUsable(known.silence, limits.restMs)) return lastHead(known.silence);
      if (!known.pending || known.pending.askedAt < since) {
        const asked = ask(at, time);
        known.pending = { askedAt: time, answer: asked };
        asks.add(asked);
        void asked.finally(() => asks.delete(asked));
      }
      const answer = await within(limits.waitMs, known.pending.answer, () => failed(time, hostTooSlow()));
      return isPassing(answer) ? lastHead(answer) : answer;
    },
    async stop() {
      stopping.abort(new Error('The service is stopping'));
      await Promise.all(asks);
    },
  };
}

/** Whether the host said definitely that there is no such repository or branch, or none for this service. */
export function isUnavailable({ failure }: HeadAnswer): boolean {
  return (
    failure !== null &&
    !failure.retryable &&
    (failure.code === FailureCode.SOURCE_NOT_FOUND || failure.code === FailureCode.AUTH)
  );
}

function isPassing(answer: HeadAnswer): boolean {
  return answer.failure !== null && !isUnavailable(answer);
}

function failed(askedAt: number, failure: FailureError): HeadAnswer {
  return { askedAt, commitSha: null, failure };
}

function failureOf(error: unknown): FailureError {
  if (error instanceof FailureError) return error;
  return new FailureError(FailureCode.NETWORK, 'The git host could not be asked.', true, { cause: error });
}
