import { posix } from 'node:path';

import { sql } from 'kysely';

import type { Context } from '../../context.js';
import { newId } from '../../platform/database/columns.js';
import { toVectorText } from '../../platform/database/vector-type.js';
import { fileTypeOf } from '../../platform/passages/file-types.js';
import { countTerms, type Stemmer } from '../../search/terms.js';
import type { ReadFile } from './read-changed.js';
import type { Place } from './sync-work.js';
import type { Vectors } from './vector-store.js';

/** Documents with their passages as the statements take them: made while the batch before them is being written. */
export interface PreparedDocuments {
  readonly files: readonly ReadFile[];
  readonly ids: readonly string[];
  /** Rows as JSON, as the statements below read them. */
  readonly documents: string;
  readonly chunks: string;
}

export async function prepareDocuments(
  em: Context['em'],
  stemmer: Stemmer,
  files: readonly ReadFile[],
  vectors: Vectors,
): Promise<PreparedDocuments> {
  const ids = files.map(({ file }) => file.document?.id ?? newId());
  const documents = files.map(({ file, size, content, title, metadata }, index) => ({
    id: ids[index],
    file_path: file.path,
    file_name: posix.basename(file.path),
    title,
    file_type: fileTypeOf(file.path),
    file_size: size,
    content,
    metadata,
    blob_sha: file.blobSha,
  }));
  const stems = await stemmer.stem(
    em,
    files.flatMap(({ passages }) => passages.flatMap(({ words }) => [...words.keys()])),
  );
  const chunks = files.flatMap(({ passages }, index) =>
    passages.map((passage, position) => {
      const terms = countTerms(passage.words, stems);
      return {
        id: newId(),
        document_id: ids[index],
        chunk_text: passage.text,
        chunk_index: position,
        embedding: toVectorText(vectors.get(passage.digest)!),
        text_digest: passage.digest,
        header_anchor: passage.headerAnchor,
        header_path: passage.headerPath,
        start_line: passage.startLine,
        end_line: passage.endLine,
        // Terms hold letters, digits and ".-_" only.
        terms: [...terms.keys()].join(' '),
        frequencies: [...terms.values()].join(' '),
        term_count: [...terms.values()].reduce((sum, count) => sum + count, 0),
      };
    }),
  );
  return { files, ids, documents: JSON.stringify(documents), chunks: JSON.stringify(chunks) };
}

/** Writes documents and their passages in place of what was there; the caller's transaction holds all of it. */
export async function storeDocuments(
  em: Context['em'],
  place: Place,
  { files, documents, chunks }: PreparedDocuments,
): Promise<void> {
  const db = em.getKysely();
  const now = new Date();
  await sql`
    insert into document (id, project_id, project_doc_id, file_path, file_name, title, file_type, file_size, content, metadata,
      blob_sha, commit_sha, created_at, updated_at)
    select r.id, ${place.projectId}, ${place.projectDocId}, r.file_path, r.file_name, r.title, r.file_type, r.file_size, r.content,
      r.metadata, r.blob_sha, ${place.commitSha}, ${now}, ${now}
    from json_to_recordset(${documents}::json) as r(id uuid, file_path text, file_name text, title text, file_type text,
      file_size int, content text, metadata jsonb, blob_sha text)
    on conflict (id) do update set file_path = excluded.file_path, file_name = excluded.file_name, title = excluded.title,
      file_type = excluded.file_type, file_size = excluded.file_size, content = excluded.content,
      metadata = excluded.metadata, blob_sha = excluded.blob_sha, commit_sha = excluded.commit_sha, updated_at = excluded.updated_at`.execute(
    db,
  );
  const replaced = files.flatMap(({ file }) => file.document?.id ?? []);
  if (replaced.length > 0) await sql`delete from chunk where document_id = any(${replaced}::uuid[])`.execute(db);
  await sql`
    with r as materialized (
      select * from json_to_recordset(${chunks}::json) as r(id uuid, document_id uuid, chunk_text text, chunk_index int, embedding text,
        text_digest uuid, header_anchor text, header_path jsonb, start_line int, end_line int, terms text, frequencies text, term_count int)
    ), stored as (
      insert into chunk (id, project_id, document_id, chunk_text, chunk_index, embedding, embedding_model, text_digest, header_anchor,
        header_path, start_line, end_line, term_count, created_at)
      select r.id, ${place.projectId}, r.document_id, r.chunk_text, r.chunk_index, r.embedding::vector, ${place.embeddingModel},
        r.text_digest, r.header_anchor, r.header_path, r.start_line, r.end_line, r.term_count, ${now} from r
    )
    insert into chunk_term (project_id, chunk_id, term, frequency, passage_length)
    select ${place.projectId}, r.id, t.term, t.frequency, r.term_count
    from r, unnest(string_to_array(r.terms, ' '), string_to_array(r.frequencies, ' ')::int[]) as t(term, frequency)`.execute(
    db,
  );
}
