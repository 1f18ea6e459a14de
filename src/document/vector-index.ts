import { sql } from 'kysely';

import type { Database } from '../platform/database/database.js';

/** On the embedded database exact scans are better up to this many passages. */
const MIN_PASSAGES_EMBEDDED = 20_000;

/** The approximate index for large projects; small ones are scanned exactly (search.service.ts). Made here and not by a migration, since whether it is wanted depends on the database and its size. */
export async function ensureVectorIndex(database: Database): Promise<void> {
  const db = database.fork().getKysely();
  if (database.embedded) {
    const { rows } = await sql<{
      many: boolean;
    }>`select exists (select from chunk offset ${MIN_PASSAGES_EMBEDDED}) as many`.execute(db);
    if (!rows[0]!.many) return;
  }
  await sql`
    create index if not exists chunk_embedding_hnsw on chunk using hnsw (embedding vector_cosine_ops) with (m = 16, ef_construction = 64)`.execute(
    db,
  );
}
