import { Client as Database } from 'pg';

import { toVectorText } from '../../src/platform/database/vector-type.js';
import { hashTexts } from '../../src/platform/embedding/builtin.js';
import { fromBytes, openTermSpace, UNKNOWN } from '../../src/platform/embedding/term-space.js';
import { COMMON_WORDS, RARE_WORDS } from './generate-text.js';
import { connect, percentiles } from './load.js';
import { NAMED_SIZES, projectName } from './population.js';
import { one, two } from './report.js';
import { startServer } from './servers.js';
import type { Send } from './shapes/shape.js';

const QUESTIONS = 60;
const WARM_UP = 10;
const TOP = 10;
const QUERY = `query($id: ID!, $query: String!, $mode: SearchMode!) { project(id: $id) {
  search(query: $query, topK: ${TOP}, mode: $mode) { hits { score filePath chunk { id startLine } } } } }`;

/** How long searches take, one after the other, and how many of the nearest the vector leg finds. */
export async function measureSearch(databaseUrl: string): Promise<string[]> {
  const server = await startServer('ibid', databaseUrl);
  const client = connect(server);
  const database = new Database({ connectionString: databaseUrl });
  await database.connect();
  const lines = ['| passages | words | p50 ms | p99 ms | recall@10 of the vector leg |', '|---|---|---|---|---|'];
  try {
    for (const [number, size] of [...NAMED_SIZES.entries()].reverse()) {
      const { rows } = await database.query('select id from project where name = $1', [projectName(number)]);
      for (const [words, from] of Object.entries({ common: COMMON_WORDS, rare: RARE_WORDS })) {
        const queries = Array.from({ length: QUESTIONS }, (_, index) => pickThree(from, index));
        const times: number[] = [];
        for (const [index, query] of [...queries.slice(0, WARM_UP), ...queries].entries()) {
          const asked = performance.now();
          await search(client.send, rows[0].id, query, 'HYBRID');
          if (index >= WARM_UP) times.push(performance.now() - asked);
        }
        const { p50, p99 } = percentiles(times);
        const recall = await recallOf(database, client.send, rows[0].id, queries);
        lines.push(`| ${[size.toLocaleString('en'), words, one(p50), one(p99), two(recall)].join(' | ')} |`);
      }
    }
    return lines;
  } finally {
    await client.close();
    await server.stop();
    await database.end();
  }
}

const pickThree = (from: readonly string[], index: number): string =>
  [1, 7, 13].map((step) => from[(index * step + step) % from.length]).join(' ');

async function search(send: Send, id: string, query: string, mode: string): Promise<string[]> {
  const answer = JSON.parse(await send(JSON.stringify({ query: QUERY, variables: { id, query, mode } })));
  return answer.data.project.search.hits.map(({ chunk }: { chunk: { id: string } }) => chunk.id);
}

/** Against all vectors of the project. Of equally near ones either may be found, and those at right angles are no hits. */
async function recallOf(database: Database, send: Send, id: string, queries: readonly string[]): Promise<number> {
  const spaces = await database.query('select terms, vectors from term_space where project_id = $1', [id]);
  const space = spaces.rows[0];
  const embed = space
    ? openTermSpace(fromBytes(space.terms, space.vectors), UNKNOWN)
    : (text: string) => hashTexts([text])[0]!;
  let [found, wanted] = [0, 0];
  for (const query of queries) {
    const vector = toVectorText(embed(query));
    const { rows } = await database.query(
      `select c.id, e.vector <=> $2 as distance from (select text_digest, vector from embedding where project_id = $1 offset 0) e
       join chunk c on c.project_id = $1 and c.text_digest = e.text_digest order by 2 limit ${5 * TOP}`,
      [id, vector],
    );
    const farthest = Math.min(rows[TOP - 1].distance + 1e-6, 1);
    const near = new Set(rows.filter(({ distance }) => distance <= farthest).map((row) => row.id));
    wanted += rows.slice(0, TOP).filter(({ distance }) => distance < 1).length;
    const hits = await search(send, id, query, 'SEMANTIC');
    found += hits.filter((hit) => near.has(hit)).length;
  }
  return found / wanted;
}
