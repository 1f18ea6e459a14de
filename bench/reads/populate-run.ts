import { openPopulation } from './populate.js';

/**
 * Makes the populated database of the benchmark of reads, on the server that TEST_DATABASE_URL names, and prints its URL.
 *
 *   npm run bench:population -- [--fresh]
 */
const server = process.env.TEST_DATABASE_URL;
if (!server) throw new Error('Set TEST_DATABASE_URL to a server where databases may be created.');
const began = performance.now();
const url = await openPopulation(server, process.argv.includes('--fresh'), (text) =>
  process.stderr.write(`${text} (${Math.round((performance.now() - began) / 1000)} s)\n`),
);
process.stdout.write(`${url}\n`);
