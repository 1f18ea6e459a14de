import { describe, expect, it } from '@jest/globals';

import { createOutageLog } from '../../src/platform/database/outage-log.js';
import { createLogger } from '../../src/platform/logger.js';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** A database that is gone until `comeBack`, and what the log is told. */
function startOutage(remindMs: number) {
  const lines: string[] = [];
  const gone = { isGone: true, looks: 0 };
  const ping = async () => {
    gone.looks += 1;
    if (gone.isGone) throw refused;
  };
  const write = (line: string) => void lines.push(JSON.parse(line).msg);
  const outages = createOutageLog(ping, createLogger('info', { write }), { lookMs: 1, remindMs });
  const until = async (reached: () => boolean): Promise<void> => {
    while (!reached()) await new Promise((resolve) => setImmediate(resolve));
  };
  return { outages, lines, gone, until };
}

const IS_GONE = 'the database cannot be used; all that needs it is tried again';
const IS_BACK = 'the database answers again';

describe('the log of a service whose database is gone', () => {
  it('has one line when it goes and one when it is back, however much fails meanwhile, and again the next time', async () => {
    const { outages, lines, gone, until } = startOutage(3_600_000);
    for (let time = 0; time < 2; time += 1) {
      gone.isGone = true;
      for (let fault = 0; fault < 10; fault += 1) expect(outages.tells(refused)).toBe(true);
      const { looks } = gone;
      await until(() => gone.looks > looks + 3);
      gone.isGone = false;
      await until(() => lines.length === 2 * (time + 1));
    }
    expect(lines).toEqual([IS_GONE, IS_BACK, IS_GONE, IS_BACK]);
  });

  it('is reminded while it lasts', async () => {
    const { outages, lines, until } = startOutage(0);
    outages.tells(refused);
    await until(() => lines.length >= 3);
    outages.stop();
    expect(lines.slice(0, 3)).toEqual([IS_GONE, ...Array(2).fill('the database still cannot be used')]);
  });

  it('leaves other errors to others', () => {
    const { outages, lines } = startOutage(0);
    expect(outages.tells(new Error('relation "project" does not exist'))).toBe(false);
    expect(lines).toEqual([]);
  });
});
