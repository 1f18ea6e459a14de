import { Pool } from 'undici';

import { percentile } from '../../src/evaluation/metrics.js';
import { cpuOf } from '../process-usage.js';
import type { ReadServer } from './servers.js';
import type { Ask, Send } from './shapes/shape.js';

/** As many questions are under way at any time. */
export const CONCURRENCY = 16;

/** One server in one round. Milliseconds. */
export interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the serving process, for one request. */
  readonly cpu: number;
}

export interface Client {
  readonly send: Send;
  close(): Promise<void>;
}

/** Connections are kept. */
export function connect({ kind, url }: Pick<ReadServer, 'kind' | 'url'>): Client {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: CONCURRENCY });
  const headers = { 'content-type': 'application/json' };
  return {
    async send(body) {
      const { statusCode, body: answer } = await pool.request({ path, method: 'POST', headers, body });
      const text = await answer.text();
      if (statusCode !== 200 || text.startsWith('{"errors"')) throw new Error(`${kind}: ${text.slice(0, 1_000)}`);
      return text;
    },
    close: () => pool.close(),
  };
}

/** Asks as fast as the server answers, for so many milliseconds. On connections of its own: old ones may just be closed. */
export async function measure(server: ReadServer, ask: Ask, ms: number): Promise<Measured> {
  const { send, close } = connect(server);
  const times: number[] = [];
  let number = 0;
  const before = await cpuOf(server.pid);
  const began = performance.now();
  const worker = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      const asked = performance.now();
      await ask(send, number++);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const passed = performance.now() - began;
  const cpu = (await cpuOf(server.pid)) - before;
  await close();
  const requests = times.length;
  return { requests, perSecond: (requests * 1000) / passed, ...percentiles(times), cpu: cpu / requests };
}

export function percentiles(times: readonly number[]): { p50: number; p99: number } {
  return { p50: percentile(times, 0.5)!, p99: percentile(times, 0.99)! };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
