import { type Measured, median } from './load.js';
import type { Comparison, Comparisons } from './measure-shapes.js';
import { TITLES } from './servers.js';
import { type Kind, KINDS } from './shapes/shape.js';

/** At most so many, where a shape has such a goal. */
interface Goals {
  readonly statements: Record<string, number>;
  readonly cpuToPostgraphile: Record<string, number>;
  readonly cpuToLevels: Record<string, number>;
}

const GOALS: Goals = {
  statements: { a: 1, b: 1, c: 3, d: 3, e: 4, f: 5 },
  cpuToPostgraphile: { a: 0.9, b: 0.9, c: 0.75, d: 0.9, e: 0.9 },
  cpuToLevels: { a: 2.5, c: 1.6, d: 1.6 },
};
const MEAN_CPU = 0.8;
const MEAN_PER_SECOND = 1.2;

const HEAD = [
  '| | server | requests/s | p50 ms | p99 ms | CPU ms | statements | ibid’s CPU to it | ibid’s requests/s to it |',
  '|---|---|---|---|---|---|---|---|---|',
];

/** The table of all shapes, and under it what was to be reached. */
export function reportShapes({ shapes, peakMemory }: Comparisons): string[] {
  const memory = KINDS.map((kind) => `${TITLES[kind]} ${peakMemory[kind]} MB`).join(', ');
  return [
    ...HEAD,
    ...shapes.flatMap((comparison) => KINDS.map((kind) => row(comparison, kind))),
    '',
    ...shapes.map(({ shape }) => `- ${shape.key}: ${shape.title}`),
    '',
    `Peak memory: ${memory}.`,
    '',
    ...reportGoals(shapes),
  ];
}

function row({ shape, rounds, statements }: Comparison, kind: Kind): string {
  const of = (key: keyof Measured): number => median(rounds[kind].map((each) => each[key]));
  const ratios = kind === 'ibid' ? ['', ''] : [ratio(rounds, 'cpu', kind), ratio(rounds, 'perSecond', kind)].map(two);
  const figures = [Math.round(of('perSecond')), one(of('p50')), one(of('p99')), three(of('cpu')), statements[kind]];
  return `| ${[shape.key, TITLES[kind], ...figures, ...ratios].join(' | ')} |`;
}

/** The median of the ratios of each round: what slows a round down slows both. */
function ratio(rounds: Comparison['rounds'], key: 'cpu' | 'perSecond', to: Kind): number {
  return median(rounds.ibid.map((ibid, round) => ibid[key] / rounds[to][round]![key]));
}

function reportGoals(shapes: readonly Comparison[]): string[] {
  const lines = shapes.flatMap(({ shape: { key }, rounds, statements }) => [
    goal(`${key}: statements`, statements.ibid, GOALS.statements[key]),
    goal(`${key}: CPU to PostGraphile`, ratio(rounds, 'cpu', 'postgraphile'), GOALS.cpuToPostgraphile[key]),
    goal(`${key}: CPU to a statement for each level`, ratio(rounds, 'cpu', 'levels'), GOALS.cpuToLevels[key]),
  ]);
  const compared = shapes.filter(({ shape }) => shape.key in GOALS.cpuToPostgraphile);
  const mean = (key: 'cpu' | 'perSecond'): number =>
    Math.exp(
      compared.reduce((sum, { rounds }) => sum + Math.log(ratio(rounds, key, 'postgraphile')), 0) / compared.length,
    );
  if (compared.length === Object.keys(GOALS.cpuToPostgraphile).length) {
    lines.push(goal('a to e, geometric mean: CPU to PostGraphile', mean('cpu'), MEAN_CPU));
    const faster = mean('perSecond');
    lines.push(
      `- ${faster >= MEAN_PER_SECOND ? 'met' : '**missed**'}: a to e, geometric mean: requests/s to PostGraphile ${two(faster)}, at least ${MEAN_PER_SECOND}`,
    );
  }
  return lines.filter((line) => line !== '');
}

export function goal(what: string, value: number, most: number | undefined, unit = ''): string {
  if (most === undefined) return '';
  return `- ${value <= most ? 'met' : '**missed**'}: ${what} ${Number(two(value))}${unit}, at most ${most}${unit}`;
}

export const one = (value: number): string => value.toFixed(1);
export const two = (value: number): string => value.toFixed(2);
const three = (value: number): string => value.toFixed(3);
