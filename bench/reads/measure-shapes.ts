import { deepStrictEqual } from 'node:assert';

import { Client as Database } from 'pg';

import { countStatements } from './count-statements.js';
import { type Client, connect, type Measured, measure } from './load.js';
import { memoryOf } from '../process-usage.js';
import { startServer, TITLES } from './servers.js';
import { type Ask, type Kind, KINDS, type Send, type Shape } from './shapes/shape.js';

export interface Comparison {
  readonly shape: Shape;
  /** One for each round. */
  readonly rounds: Record<Kind, Measured[]>;
  readonly statements: Record<Kind, number>;
}

export interface Comparisons {
  readonly shapes: readonly Comparison[];
  /** Megabytes, over all of it. */
  readonly peakMemory: Record<Kind, number>;
}

export interface Settings {
  readonly rounds: number;
  readonly seconds: number;
  say(text: string): void;
}

const CHECKED = 20;

/** All servers on the same database; each shape is asked of one after the other, in several rounds, so that a slow minute is everybody's. */
export async function measureShapes(
  databaseUrl: string,
  shapes: readonly Shape[],
  { rounds, seconds, say }: Settings,
): Promise<Comparisons> {
  const servers = await ofEach((kind) => startServer(kind, databaseUrl));
  try {
    const clients = await ofEach(async (kind) => connect(servers[kind]));
    const asks = await prepare(databaseUrl, shapes, clients);
    for (const shape of shapes) await compareAnswers(shape, asks.get(shape)!, clients);
    for (const kind of KINDS) await clients[kind].close();
    say('All servers give the same data. Counting statements ...');
    const statements = await ofEach((kind) =>
      countStatements(kind, databaseUrl, new Map(shapes.map((shape) => [shape.key, asks.get(shape)![kind]]))),
    );
    const found = new Map(shapes.map((shape) => [shape, emptyRounds()]));
    for (let round = 0; round <= rounds; round += 1) {
      say(round === 0 ? 'Warming up ...' : `Round ${round} of ${rounds} ...`);
      for (const [index, shape] of shapes.entries()) {
        for (const kind of rotated(round + index)) {
          const measured = await measure(servers[kind], asks.get(shape)![kind], seconds * 1000);
          if (round > 0) found.get(shape)![kind].push(measured);
        }
      }
    }
    const peakMemory = await ofEach(async (kind) => (await memoryOf(servers[kind].pid)).peak);
    return {
      peakMemory,
      shapes: await Promise.all(
        shapes.map(async (shape) => ({
          shape,
          rounds: found.get(shape)!,
          statements: await ofEach(async (kind) => statements[kind].get(shape.key)!),
        })),
      ),
    };
  } finally {
    for (const kind of KINDS) await servers[kind].stop();
  }
}

async function prepare(
  databaseUrl: string,
  shapes: readonly Shape[],
  clients: Readonly<Record<Kind, Client>>,
): Promise<Map<Shape, Record<Kind, Ask>>> {
  const database = new Database({ connectionString: databaseUrl });
  await database.connect();
  try {
    const sends = await ofEach(async (kind): Promise<Send> => clients[kind].send);
    const asks = new Map<Shape, Record<Kind, Ask>>();
    for (const shape of shapes) asks.set(shape, await shape.prepare(database, sends));
    return asks;
  } finally {
    await database.end();
  }
}

/** @throws when a server's data differs from ibid's */
async function compareAnswers(shape: Shape, asks: Record<Kind, Ask>, clients: Record<Kind, Client>): Promise<void> {
  for (let number = 0; number < CHECKED; number += 1) {
    const [expected, ...others] = await Promise.all(
      KINDS.map(async (kind) => {
        const answer = JSON.parse(await asks[kind](clients[kind].send, number));
        if (kind === 'ibid' || kind === 'postgraphile') return shape.read[kind](answer.data);
        return shape.read.bare(answer);
      }),
    );
    for (const [index, other] of others.entries())
      deepStrictEqual(other, expected, `${TITLES[KINDS[index + 1]!]} gives other data for shape ${shape.key}.`);
  }
}

function rotated(by: number): Kind[] {
  const start = by % KINDS.length;
  return [...KINDS.slice(start), ...KINDS.slice(0, start)];
}

const emptyRounds = (): Record<Kind, Measured[]> => ({ ibid: [], postgraphile: [], single: [], levels: [] });

async function ofEach<Value>(make: (kind: Kind) => Promise<Value>): Promise<Record<Kind, Value>> {
  const entries: [Kind, Value][] = [];
  for (const kind of KINDS) entries.push([kind, await make(kind)]);
  return Object.fromEntries(entries) as Record<Kind, Value>;
}
