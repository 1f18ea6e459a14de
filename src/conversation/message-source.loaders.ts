import { sql } from 'kysely';

import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import { findById } from '../platform/load-by-id.js';
import type { StoredSource } from './message-source.js';

/**
 * Whether the source's document is gone, or has no passage of just this text any more. Passages get new ids when their file
 * changes anywhere and when they are embedded again: that alone says nothing about the text.
 */
export async function isStale(ctx: Context, source: StoredSource): Promise<boolean> {
  if (await findById(ctx, Chunk, source.chunkId)) return false;
  return ctx.loader('stale sources', (sources: readonly StoredSource[]) => readStale(ctx, sources)).load(source);
}

async function readStale(ctx: Context, sources: readonly StoredSource[]): Promise<boolean[]> {
  const documentIds = sources.map(({ documentId }) => documentId);
  const texts = sources.map(({ chunkText }) => chunkText);
  const { rows } = await sql<{ stale: boolean }>`
    select not exists (select from chunk c where c.document_id = s.document_id and c.chunk_text = s.chunk_text) as stale
    from unnest(${documentIds}::uuid[], ${texts}::text[]) with ordinality as s(document_id, chunk_text, place)
    order by s.place`.execute(ctx.em.getKysely());
  return rows.map(({ stale }) => stale);
}
