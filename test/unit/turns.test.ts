import { describe, expect, it } from '@jest/globals';

import { createTurns, type Turn } from '../../src/platform/turns.js';

const NEVER = new AbortController().signal;
const come = (turns: Turn[]) => turns.map(({ hasCome }) => hasCome);

describe('turns', () => {
  it('come at once while there are places, then in the order in which they were asked for', async () => {
    const turns = createTurns(2);
    const [a, b, c, d] = [turns.enter(), turns.enter(), turns.enter(), turns.enter()];
    const all = [a, b, c, d];
    await a.wait(NEVER);
    expect(come(all)).toEqual([true, true, false, false]);
    b.leave();
    await c.wait(NEVER);
    expect(come(all)).toEqual([true, true, true, false]);
    a.leave();
    c.leave();
    await d.wait(NEVER);
    expect(turns.enter().hasCome).toBe(true);
  });

  it('pass over who has left the line, and over nobody when somebody leaves twice', () => {
    const turns = createTurns(1);
    const [a, b, c, d] = [turns.enter(), turns.enter(), turns.enter(), turns.enter()];
    b.leave();
    expect(come([b, c, d])).toEqual([false, false, false]);
    a.leave();
    a.leave();
    expect(come([b, c, d])).toEqual([false, true, false]);
  });

  it('are given up with the reason of the signal, before or while they are waited for', async () => {
    const turns = createTurns(1);
    turns.enter();
    const stop = new AbortController();
    const waiting = turns.enter().wait(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(turns.enter().wait(stop.signal)).rejects.toThrow('stopped');
  });
});
