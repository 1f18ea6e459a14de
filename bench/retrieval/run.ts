import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { startGitHost } from '../../test/support/git-host.js';
import { AS_NPM_START, createServiceHome, type Service } from '../../test/support/service-process.js';
import type { Values } from '../../test/support/test-app.js';
import { measure } from '../sync/measured-service.js';
import { askAll, type Outcome } from './ask.js';
import { type Collection, readCollection } from './collection.js';
import { generateCollection } from './generated.js';

/**
 * How well a collection's questions find the documents that answer them, through Project.search of a service process: on
 * PostgreSQL where TEST_DATABASE_URL names one, else on the embedded database. The folder holds docs.jsonl, queries.jsonl
 * and qrels.tsv: see collection.ts.
 *
 *   npm run bench:retrieval -- <folder> [--mode HYBRID|KEYWORD|SEMANTIC|all] [--write]
 *   npm run bench:retrieval -- --generated 13500 [...]     so many passages of made-up text, to measure time with
 */
const MODES = ['HYBRID', 'KEYWORD', 'SEMANTIC'];
const RESULTS = 'bench/retrieval/RESULTS.md';
const HEAD = `# Retrieval

Through \`Project.search\` with 100 hits, page level: a document counts at its first hit. nDCG@10 has the linear gain of
trec_eval's ndcg_cut_10. Milliseconds are those of a whole request, one after the other.
`;

const { values, positionals } = parseArgs({
  options: {
    mode: { type: 'string', default: 'HYBRID' },
    write: { type: 'boolean', default: false },
    generated: { type: 'string' },
  },
  allowPositionals: true,
});
const [folder] = positionals;
const modes = values.mode === 'all' ? MODES : MODES.filter((mode) => mode === values.mode.toUpperCase());
if ((!folder && !values.generated) || modes.length === 0) {
  process.stderr.write(
    'npm run bench:retrieval -- <folder>|--generated <passages> [--mode HYBRID|KEYWORD|SEMANTIC|all] [--write]\n',
  );
  process.exit(2);
}
const collection = folder
  ? await readCollection(folder).catch((error: Error) => {
      process.stderr.write(`${folder} is no collection: ${error.message}\n`);
      process.exit(2);
    })
  : generateCollection(Number(values.generated));
const host = await startGitHost();
const home = await createServiceHome({ empty: true });
const service = await home.start({ GIT_HOSTS: host.hostEntry }, AS_NPM_START);
try {
  await host.createRepository('bench/collection', collection.files);
  const project = await load(service, host.url('bench/collection'));
  const outcomes: Outcome[] = [];
  for (const mode of modes) outcomes.push(await askAll(service, project.id, collection, mode));
  await report(collection, project.chunkCount, outcomes);
} finally {
  await service.stop();
  await home.remove();
  await host.stop();
}

/** The project with all of the collection in it. */
async function load(service: Service, repositoryUrl: string): Promise<{ id: string; chunkCount: number }> {
  const measured = measure(service);
  const projectDocId = await measured.follow('collection', repositoryUrl);
  await measured.sync(projectDocId);
  const project = await settled(service, projectDocId);
  const { documentCount, chunkCount } = project.stats;
  const expected = Object.keys(collection.files).length;
  if (documentCount !== expected) throw new Error(`${documentCount} of ${expected} documents are there.`);
  return { id: project.id, chunkCount };
}

/** Once no other embedding model is on its way. */
async function settled(service: Service, id: string): Promise<Values> {
  const document = `query($id: ID!) { projectDoc(id: $id) { project {
    id stats { documentCount chunkCount } latestReembedding { finishedAt } } } }`;
  for (;;) {
    const { project } = (await service.query(document, { id })).projectDoc;
    if (project.latestReembedding?.finishedAt !== null) return project;
    await pause(100);
  }
}

async function report({ name, files, questions }: Collection, passages: number, outcomes: Outcome[]): Promise<void> {
  const database = process.env.TEST_DATABASE_URL ? 'PostgreSQL' : 'embedded database';
  const count = (value: number): string => value.toLocaleString('en');
  const text = [
    `## ${name}, ${database}`,
    '',
    `${count(Object.keys(files).length)} documents, ${count(passages)} passages, ${count(questions.length)} questions. ` +
      `${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}, ${availableParallelism()} cores, builtin embedder.`,
    '',
    '| mode | nDCG@10 | recall@10 | MRR | questions without a hit | p50 ms | p99 ms |',
    '|---|---|---|---|---|---|---|',
    ...outcomes.map(row),
    '',
  ].join('\n');
  process.stdout.write(`${text}\n`);
  if (values.write) await writeSection(`## ${name}, ${database}\n`, text);
}

function row({ mode, ndcgAt10, recallAt10, mrr, withoutHit, p50, p99 }: Outcome): string {
  const figures = [ndcgAt10, recallAt10, mrr].map((figure) => figure.toFixed(4));
  return `| ${[mode, ...figures, withoutHit, p50.toFixed(1), p99.toFixed(1)].join(' | ')} |`;
}

/** Replaces what the file says of this collection on this database, and keeps the rest. */
async function writeSection(heading: string, section: string): Promise<void> {
  const before = await readFile(RESULTS, 'utf8').catch(() => HEAD);
  const [head = HEAD, ...sections] = before.split(/^(?=## )/m);
  const others = sections.filter((one) => !one.startsWith(heading));
  const all = [...others, section].map((one) => one.trim()).sort();
  await writeFile(RESULTS, `${[head.trim(), ...all].join('\n\n')}\n`);
}
