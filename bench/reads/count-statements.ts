import { startTcpProxy } from '../../test/support/tcp-proxy.js';
import { connect, median } from './load.js';
import { startServer } from './servers.js';
import type { Ask, Kind } from './shapes/shape.js';

/** Stands between a server and its PostgreSQL, and counts what the server has executed, whatever it is: `begin` is a statement, too. */
interface Counter {
  readonly url: string;
  count(): number;
  stop(): Promise<void>;
}

const TIMES = 15;

/** Statements for one request of each, one after the other, on a server of its own. What its background work adds, the median leaves out. */
export async function countStatements(
  kind: Kind,
  databaseUrl: string,
  asks: ReadonlyMap<string, Ask>,
): Promise<Map<string, number>> {
  const counter = await startCounter(databaseUrl);
  const server = await startServer(kind, counter.url);
  const client = connect(server);
  const counts = new Map<string, number>();
  for (const [key, ask] of asks) {
    const each: number[] = [];
    for (let number = 0; number < TIMES; number += 1) {
      const before = counter.count();
      await ask(client.send, number);
      each.push(counter.count() - before);
    }
    counts.set(key, median(each));
  }
  await client.close();
  await server.stop();
  await counter.stop();
  return counts;
}

async function startCounter(databaseUrl: string): Promise<Counter> {
  const target = new URL(databaseUrl);
  let statements = 0;
  const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port || 5432) }, () =>
    readMessages((type) => void (EXECUTING.includes(type) && (statements += 1))),
  );
  target.hostname = '127.0.0.1';
  target.port = String(proxy.port);
  return { url: target.href, count: () => statements, stop: () => proxy.stop() };
}

/** Of PostgreSQL's protocol: Query and Execute. */
const EXECUTING = ['Q', 'E'];

/** Calls `found` with the type of each message of a client, but the first, which has none. */
function readMessages(found: (type: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isFirst = true;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const start = isFirst ? 0 : 1;
      if (rest.length < start + 4) return;
      const end = start + rest.readUInt32BE(start);
      if (rest.length < end) return;
      if (!isFirst) found(String.fromCharCode(rest[0]!));
      isFirst = false;
      rest = rest.subarray(end);
    }
  };
}
