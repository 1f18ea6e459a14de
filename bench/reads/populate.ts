import 'reflect-metadata';
import { Client } from 'pg';

import { MIGRATIONS } from '../../migrations/index.js';
import { indexVectors } from '../../src/document/vector-index.js';
import { ENTITIES } from '../../src/entities.js';
import { createFirstProvider } from '../../src/llm-provider/llm-provider.service.js';
import { newId } from '../../src/platform/database/columns.js';
import { type Database, openDatabase } from '../../src/platform/database/database.js';
import { execute } from '../../src/platform/database/query.js';
import { hashTexts } from '../../src/platform/embedding/builtin.js';
import { HASHING_MODEL, spaceModel } from '../../src/platform/embedding/builtin-embedders.js';
import { fitTermSpace, openTermSpace } from '../../src/platform/embedding/term-space.js';
import { createLogger } from '../../src/platform/logger.js';
import type { Place } from '../../src/project-doc/sync/sync-work.js';
import { SAMPLE_PASSAGES, storeSpace } from '../../src/term-space/stored-spaces.js';
import { MIN_PASSAGES } from '../../src/term-space/wanted-model.js';
import { populateConversations } from './populate-conversations.js';
import { createWriter } from './generate-text.js';
import { populateDocuments, writeFiles } from './populate-documents.js';
import { BEGINNING, documentsOf, PASSAGES_PER_DOCUMENT, POPULATION, projectName } from './population.js';

const NAME = `ibid_bench_reads_${POPULATION.version}`;
/** What the database is commented with once it is whole. */
const WHOLE = 'complete';
const DAY = 86_400_000;

/**
 * The URL of the populated database on a PostgreSQL server, which is made where it is not there yet, and brought up to
 * date with the schema.
 * @param say is told how far it is; making it takes some minutes
 */
export async function openPopulation(serverUrl: string, fresh: boolean, say: (text: string) => void): Promise<string> {
  const url = new URL(serverUrl);
  url.pathname = `/${NAME}`;
  const isThere = !fresh && (await isWhole(serverUrl));
  if (!isThere) {
    await runOn(serverUrl, `drop database if exists ${NAME} with (force)`);
    await runOn(serverUrl, `create database ${NAME}`);
  }
  const database = await openMigrated(url.href);
  try {
    if (!isThere) await populate(database, say);
    // What a run that was broken off created and did not delete.
    else
      await runOn(
        url.href,
        'delete from project p where not exists (select from conversation where project_id = p.id)',
      );
  } finally {
    await database.stop();
  }
  if (!isThere) {
    say('Vacuuming ...');
    await runOn(url.href, 'vacuum (analyze)');
    await runOn(serverUrl, `comment on database ${NAME} is '${WHOLE}'`);
  }
  return url.href;
}

async function isWhole(serverUrl: string): Promise<boolean> {
  const statement = `select from pg_database where datname = '${NAME}' and shobj_description(oid, 'pg_database') = '${WHOLE}'`;
  return (await runOn(serverUrl, statement)) > 0;
}

/** Without the service's limit of time. Returns the number of rows. */
async function runOn(url: string, statement: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

function openMigrated(url: string): Promise<Database> {
  const logger = createLogger('error');
  return openDatabase({ url, poolSize: 2, dataDir: null, entities: ENTITIES, migrations: MIGRATIONS, logger });
}

async function populate(database: Database, say: (text: string) => void): Promise<void> {
  await createFirstProvider(database.fork());
  for (let number = 0; number < POPULATION.projects; number += 1) {
    const place = await createProject(database, number);
    const [model, embed] = await chooseModel(database, place, number);
    await populateDocuments(database, { ...place, embeddingModel: model }, embed, number, documentsOf(number));
    await populateConversations(database, place.projectId, number);
    await recordSync(database, place);
    if (number % 10 === 0 || number < 3) say(`Populating: ${number + 1} of ${POPULATION.projects} projects`);
  }
  say('Indexing vectors ...');
  await indexVectors(database);
}

async function createProject(database: Database, number: number): Promise<Place> {
  const em = database.fork();
  const at = new Date(BEGINNING + number * DAY);
  const place: Place = {
    projectId: newId(),
    projectDocId: newId(),
    commitSha: number.toString(16).padStart(40, 'c0ffee'),
    embeddingModel: HASHING_MODEL,
    language: null,
  };
  await execute(em)`
    insert into project (id, name, description, embedding_model, created_at, updated_at)
    values (${place.projectId}, ${projectName(number)}, ${`What there is to know about subject ${number}.`}, ${place.embeddingModel}, ${at}, ${at})`;
  await execute(em)`
    insert into project_doc (id, project_id, name, github_url, branch, sync_status, last_synced_at, last_github_commit_sha,
      last_github_commit_date, created_at, updated_at)
    values (${place.projectDocId}, ${place.projectId}, 'Documentation', ${`https://github.com/bench/handbook-${number}`}, 'main', 'SYNCED',
      ${at}, ${place.commitSha}, ${at}, ${at}, ${at})`;
  return place;
}

type Model = [name: string, embed: (text: string) => ArrayLike<number>];

/** As the first sync chooses: else the service would begin to change it in the middle of a measurement. */
async function chooseModel(database: Database, place: Place, number: number): Promise<Model> {
  const passages = documentsOf(number) * PASSAGES_PER_DOCUMENT;
  if (passages < MIN_PASSAGES) return [place.embeddingModel, (text) => hashTexts([text])[0]!];
  const files = writeFiles(createWriter(number), 0, SAMPLE_PASSAGES / PASSAGES_PER_DOCUMENT);
  const space = fitTermSpace(files.flatMap((file) => file.passages.map(({ embedded }) => embedded)));
  const id = newId();
  const embeddingModel = spaceModel(id);
  const em = database.fork();
  await storeSpace(em, id, place.projectId, space);
  await execute(em)`update term_space set passages = ${passages} where id = ${id}`;
  await execute(em)`update project set embedding_model = ${embeddingModel} where id = ${place.projectId}`;
  return [embeddingModel, openTermSpace(space)];
}

/** The run that brought all of it. */
async function recordSync(database: Database, { projectId, projectDocId, commitSha }: Place): Promise<void> {
  const em = database.fork();
  const runId = newId();
  await execute(em)`
    insert into sync_run (id, project_doc_id, status, commit_sha, started_at, finished_at, files_total, files_processed,
      files_added, chunks_embedded, created_at)
    select ${runId}, ${projectDocId}, 'SUCCEEDED', ${commitSha}, now(), now(), count(*), count(*), count(*),
      (select count(*) from chunk where project_id = ${projectId}), now()
    from document where project_id = ${projectId}`;
  await execute(em)`
    insert into sync_run_file (id, sync_run_id, position, path, outcome, document_id)
    select gen_random_uuid(), ${runId}, row_number() over (order by file_path collate "C"), file_path, 'ADDED', id
    from document where project_id = ${projectId}`;
}
