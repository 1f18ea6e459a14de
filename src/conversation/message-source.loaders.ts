import { type RawBuilder, sql } from 'kysely';

import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import { query } from '../platform/database/query.js';
import { findById } from '../platform/graphql/load-by-id.js';
import type { StoredSource } from './message-source.js';

/**
 * Whether the source's document is gone, or does not hold just these lines any more. New ids of passages say nothing
 * about that: they change when anything in the file does, and when it is embedded again.
 */
export async function isStale(ctx: Context, source: StoredSource): Promise<boolean> {
  if (await findById(ctx, Chunk, source.chunkId)) return false;
  return ctx.loader('stale sources', (sources: readonly StoredSource[]) => readStale(ctx, sources)).load(source);
}

async function readStale(ctx: Context, sources: readonly StoredSource[]): Promise<boolean[]> {
  const documentIds = sources.map(({ documentId }) => documentId);
  const texts = sources.map(({ chunkText }) => chunkText);
  const rows = await query(ctx.em)<{ stale: boolean }>`
    select not exists (select from document d where d.id = s.document_id and strpos(${asLines('d.content')}, ${asLines('s.chunk_text')}) > 0) as stale
    from unnest(${documentIds}::uuid[], ${texts}::text[]) with ordinality as s(document_id, chunk_text, place)
    order by s.place`;
  return rows.map(({ stale }) => stale);
}

/** So that a text is found in another one as whole lines only. */
function asLines(column: string): RawBuilder<string> {
  return sql`E'\n' || replace(${sql.ref(column)}, E'\r', '') || E'\n'`;
}
