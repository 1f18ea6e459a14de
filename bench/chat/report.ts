import { availableParallelism } from 'node:os';

import { percentile } from '../../src/evaluation/metrics.js';
import type { BareAnswers } from './bare.js';
import type { FollowedAnswer } from './chat-service.js';
import { listTokens, PER_SECOND, RUNNING, TOKENS, TOKENS_PER_SECOND } from './pace.js';

/** What is wrong with what a subscriber saw; null: nothing. */
function faultOf({ events }: FollowedAnswer): string | null {
  const text = listTokens(TOKENS).join('');
  let seen = '';
  for (const [index, event] of events.entries()) {
    if (event.seq !== index + 1) return `event ${event.seq} came as number ${index + 1}`;
    if (event.__typename !== 'AnswerDelta') continue;
    if (event.offset !== seen.length) return `a delta of offset ${event.offset} came at ${seen.length}`;
    seen += event.text;
  }
  const end = events.at(-1)?.message;
  if (end?.status !== 'COMPLETE') return `its end was ${JSON.stringify(end)}`;
  return seen === text && end.content === text ? null : 'its text is another one';
}

/** The first of the text, the ticks of its ten seconds, and what is left at the end. */
const MOST_WRITES = 1 + (10 * TOKENS) / TOKENS_PER_SECOND + 1;

const deltasOf = ({ events }: FollowedAnswer): number =>
  events.filter(({ __typename }) => __typename === 'AnswerDelta').length;

export interface Measured {
  database: string;
  bare: BareAnswers;
  steady: readonly FollowedAnswer[];
  /** What the service computed for those. */
  cpuMs: number;
  stops: readonly number[];
  /** Those that began all at once. */
  crowd: readonly FollowedAnswer[];
}

export function report({ database, bare, steady, cpuMs, stops, crowd }: Measured): { text: string; faults: number } {
  const faults = [...steady, ...crowd].flatMap((answer) => faultOf(answer) ?? []);
  // The first ones had the machine to themselves.
  const loaded = steady.slice(RUNNING);
  const first = bare.firstTokens.slice(RUNNING);
  const after = loaded.map(({ firstToken, sources }) => firstToken - sources);
  const at = (times: readonly number[], share: number): number => percentile(times, share) ?? NaN;
  const row = (what: string, times: readonly number[]): string =>
    `| ${what} | ${at(times, 0.5).toFixed(0)} | ${at(times, 0.99).toFixed(0)} |`;
  const added = [0.5, 0.99].map((share) => (at(after, share) - at(first, share)).toFixed(0));
  const perDelta = cpuMs / (steady.length * TOKENS);
  const barePerDelta = bare.cpuMs / bare.deltas;
  const writes = steady.map(deltasOf);
  const text = [
    `${new Date().toISOString().slice(0, 10)}, ${database}, Node.js ${process.versions.node}, ${availableParallelism()} cores.`,
    `${RUNNING} answers running, ${PER_SECOND} starting each second, ${TOKENS_PER_SECOND} tokens a second each, one subscriber each; ${loaded.length} answers measured. Milliseconds.`,
    '',
    '| | median | p99 |',
    '|---|---|---|',
    row('bare script: request to first token', first),
    row(
      'ibid: question sent to sources',
      loaded.map(({ sources }) => sources),
    ),
    row('ibid: sources to first token', after),
    `| added after retrieval (goal: 50, 250) | ${added.join(' | ')} |`,
    row('stop to closed request (goal: 200)', stops),
    '',
    `CPU for each token: ${perDelta.toFixed(2)} ms, bare script ${barePerDelta.toFixed(2)} ms: ${(perDelta / barePerDelta).toFixed(2)} times (goal: at most 2).`,
    `Writes of text: ${at(writes, 0.5)} for each answer, ${Math.max(...writes)} at most (rule: ${MOST_WRITES}, one each 100 ms and the first at once).`,
    `Of ${steady.length} followed answers and ${crowd.length} more at once, ${faults.length} lost, repeated or mixed up something.`,
    ...faults.slice(0, 5),
  ].join('\n');
  return { text: `${text}\n`, faults: faults.length };
}
