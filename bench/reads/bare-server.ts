import { createServer, type IncomingMessage } from 'node:http';

import { Pool } from 'pg';

import { SHAPES } from './shapes/index.js';
import type { Query } from './shapes/shape.js';

/**
 * What a programmer writes for these questions alone: node:http, pg, and prepared statements. `single`: one statement makes the
 * JSON. `levels`: one statement for each level, joined here.
 *
 *   node bare-server.js <single|levels> <database URL> <connections>
 */
const [way, connectionString, max] = process.argv.slice(2) as ['single' | 'levels', string, string];
const pool = new Pool({ connectionString, max: Number(max) });
const query: Query = async (name, text, values) => (await pool.query({ name, text, values: [...values] })).rows;
const shapes = new Map(SHAPES.map((shape) => [shape.key, shape]));

async function answer(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const { shape, ...variables } = JSON.parse(body);
  const found = await shapes.get(shape)![way](query, variables);
  return typeof found === 'string' ? found : JSON.stringify(found);
}

const server = createServer((request, response) => {
  const reply = (status: number, body: string) => {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, headers).end(body);
  };
  answer(request).then(
    (body) => reply(200, body),
    (error: unknown) => reply(500, JSON.stringify({ errors: [String(error)] })),
  );
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(`ready http://127.0.0.1:${port}\n`);
});
