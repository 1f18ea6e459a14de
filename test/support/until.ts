import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 60_000;

/** What `read` gives as soon as it is as `reached` wants it; default: as soon as it is something. Fails the test after a minute. */
export async function until<State>(
  read: () => State | Promise<State>,
  reached: (now: State) => boolean = Boolean,
): Promise<State> {
  for (const deadline = Date.now() + DEADLINE_MS; ;) {
    const now = await read();
    if (reached(now)) return now;
    if (Date.now() > deadline) throw new Error(`It did not come to that: ${JSON.stringify(now)}`);
    await pause(20);
  }
}
