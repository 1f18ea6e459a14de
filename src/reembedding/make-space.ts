import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import { spaceIdOf } from '../platform/embedding/builtin-embedders.js';
import { hasSpace, SAMPLE_PASSAGES, storeSpace } from '../term-space/stored-spaces.js';
import { readTexts } from './embed-missing.js';
import type { Change } from './missing-texts.js';

/** Where the new model is a space that there is not yet: fits it to some of the project's passages. */
export async function makeSpace(
  { database, embedders }: Pick<Context, 'database' | 'embedders'>,
  { projectId, toModel }: Pick<Change, 'projectId' | 'toModel'>,
  signal: AbortSignal,
): Promise<void> {
  const spaceId = spaceIdOf(toModel);
  const em = database.fork();
  if (spaceId === null || (await hasSpace(em, spaceId))) return;
  // The order of digests is as good as chance.
  const rows = await query(em)<{ chunkId: string }>`
    select distinct on (text_digest) id as "chunkId" from chunk where project_id = ${projectId}
    order by text_digest limit ${SAMPLE_PASSAGES}`;
  const texts = await readTexts(em, rows);
  const space = await embedders.fitSpace(texts.map(({ text }) => text));
  signal.throwIfAborted();
  await storeSpace(em, spaceId, projectId, space);
}
