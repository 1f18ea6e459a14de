import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { Client } from 'pg';

import { writeResults } from '../write-results.js';
import { measureSearch } from './measure-search.js';
import { measureShapes } from './measure-shapes.js';
import { measureStarts } from './measure-starts.js';
import { CONCURRENCY } from './load.js';
import { POPULATION } from './population.js';
import { openPopulation } from './populate.js';
import { reportShapes } from './report.js';
import { SHAPES } from './shapes/index.js';
import { soak } from './soak.js';

/**
 * Reads of ibid beside PostGraphile and hand-written SQL, on one populated database, in one run. See docs/performance.md.
 *
 *   npm run bench -- [--shapes a,c,h] [--rounds 5] [--seconds 3] [--soak] [--fresh] [--write]
 *
 * Shape h is the search, s are the starts.
 */
const { values } = parseArgs({
  options: {
    shapes: { type: 'string', default: 'a,b,c,d,e,f,g,h,s' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    soak: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const wanted = values.shapes.split(',');
const shapes = SHAPES.filter(({ key }) => wanted.includes(key));
const settings = { rounds: Number(values.rounds), seconds: Number(values.seconds), say };

const databaseUrl = await openPopulation(process.env.TEST_DATABASE_URL!, values.fresh, say);
const parts: string[][] = [await describeRun()];
if (shapes.length > 0)
  parts.push(['## Reads', '', ...reportShapes(await measureShapes(databaseUrl, shapes, settings))]);
if (wanted.includes('h')) parts.push(['## Search', '', ...(await measureSearch(databaseUrl))]);
if (wanted.includes('s')) parts.push(['## Starts', '', ...(await measureStarts(databaseUrl))]);
if (values.soak) parts.push(['## Soak', '', ...(await soak(databaseUrl, SHAPES, say))]);
const text = parts.map((lines) => lines.join('\n')).join('\n\n');
process.stdout.write(`${text}\n`);
if (values.write) await writeResults('bench/RESULTS.md', `# Reads\n\n${text}\n`);

async function describeRun(): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query('show server_version');
  await client.end();
  const { dependencies } = JSON.parse(await readFile('bench/package.json', 'utf8'));
  const machine = `${cpus().length} cores of ${cpus()[0]!.model.trim()}`;
  const population = Object.entries(POPULATION)
    .filter(([name]) => name !== 'version')
    .map(([name, count]) => `${count.toLocaleString('en')} ${name}`);
  return [
    `${new Date().toISOString().slice(0, 10)}, ${machine}, Node.js ${process.versions.node}, PostgreSQL ${rows[0].server_version.split(' ')[0]}, PostGraphile ${dependencies.postgraphile}, pg ${dependencies.pg}.`,
    `${population.join(', ')}. ${CONCURRENCY} requests at once, ${settings.rounds} rounds of ${settings.seconds} s; medians of the rounds.`,
  ];
}
