import { Client as Database } from 'pg';

import { connect, CONCURRENCY } from './load.js';
import { memoryOf } from '../process-usage.js';
import { startServer } from './servers.js';
import type { Ask, Send, Shape } from './shapes/shape.js';

const WARM_UP = 20_000;
const REQUESTS = 200_000;
/** How often each shape comes: large answers are rare. */
const SHARES: Record<string, number> = { a: 10, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 };

/** Whether the service grows: 200,000 requests of all shapes. */
export async function soak(databaseUrl: string, shapes: readonly Shape[], say: (text: string) => void) {
  const [server, other] = [await startServer('ibid', databaseUrl), await startServer('postgraphile', databaseUrl)];
  const client = connect(server);
  const otherClient = connect(other);
  const database = new Database({ connectionString: databaseUrl });
  await database.connect();
  const [ibid, postgraphile] = [client.send, otherClient.send];
  const none: Send = async () => '';
  const asks: Ask[] = [];
  for (const shape of shapes) {
    const { ibid: ask } = await shape.prepare(database, { ibid, postgraphile, single: none, levels: none });
    for (let share = 0; share < (SHARES[shape.key] ?? 1); share += 1) asks.push(ask);
  }
  await database.end();
  await otherClient.close();
  await other.stop();

  let number = 0;
  const run = async (until: number): Promise<void> => {
    const worker = async (): Promise<void> => {
      while (number < until) {
        const own = number++;
        await asks[own % asks.length]!(ibid, own);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  };
  await run(WARM_UP);
  const points = [(await memoryOf(server.pid)).now];
  for (let part = 1; part <= 10; part += 1) {
    await run(WARM_UP + (REQUESTS / 10) * part);
    points.push((await memoryOf(server.pid)).now);
    say(`Soak: ${part * 10} %, ${points.at(-1)} MB`);
  }
  await client.close();
  await server.stop();
  return [
    `Resident memory over ${REQUESTS.toLocaleString('en')} mixed requests, after ${WARM_UP.toLocaleString('en')} to warm up: ${points.join(', ')} MB.`,
  ];
}
