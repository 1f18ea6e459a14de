import { posix } from 'node:path';

import { sql } from 'kysely';

import type { Context } from '../../context.js';
import { newId } from '../../platform/database/columns.js';
import { toVectorText } from '../../platform/database/vector-type.js';
import { type CutDocument, indexedText } from '../../platform/passages/cut.js';
import { fileTypeOf } from '../../platform/passages/file-types.js';
import { tokenize } from '../../platform/text/tokenize.js';
import { countTerms, type Stemmer } from '../../search/terms.js';

/** A file that was read and cut, with a vector for each of its passages. */
export interface PreparedDocument {
  path: string;
  blobSha: string;
  size: number;
  content: string;
  cut: CutDocument;
  vectors: number[][];
}

export interface Place {
  projectId: string;
  projectDocId: string;
  commitSha: string;
  embeddingModel: string;
}

/** Writes a document and its passages in place of what was there; the caller's transaction holds all of it. */
export async function storeDocument(
  em: Context['em'],
  stemmer: Stemmer,
  place: Place,
  file: PreparedDocument,
  existingId: string | null,
): Promise<string> {
  const db = em.getKysely();
  const id = existingId ?? newId();
  const now = new Date();
  const metadata = file.cut.metadata === null ? null : JSON.stringify(file.cut.metadata);
  await sql`
    insert into document (id, project_id, project_doc_id, file_path, file_name, title, file_type, file_size, content, metadata,
      blob_sha, commit_sha, created_at, updated_at)
    values (${id}, ${place.projectId}, ${place.projectDocId}, ${file.path}, ${posix.basename(file.path)}, ${file.cut.title},
      ${fileTypeOf(file.path)}, ${file.size}, ${file.content}, ${metadata}::jsonb, ${file.blobSha}, ${place.commitSha}, ${now}, ${now})
    on conflict (id) do update set file_path = excluded.file_path, file_name = excluded.file_name, title = excluded.title,
      file_type = excluded.file_type, file_size = excluded.file_size, content = excluded.content,
      metadata = excluded.metadata, blob_sha = excluded.blob_sha, commit_sha = excluded.commit_sha, updated_at = excluded.updated_at`.execute(
    db,
  );
  if (existingId) await sql`delete from chunk where document_id = ${id}`.execute(db);
  await storePassages(em, stemmer, place, id, file, now);
  return id;
}

async function storePassages(
  em: Context['em'],
  stemmer: Stemmer,
  place: Place,
  documentId: string,
  file: PreparedDocument,
  now: Date,
): Promise<void> {
  const { title, passages } = file.cut;
  if (passages.length === 0) return;
  const headings = passages.map((passage) => indexedText(title, passage).heading);
  const stems = await stemmer.stem(
    em,
    passages.flatMap((passage, index) => [...tokenize(headings[index]!), ...tokenize(passage.text)]),
  );
  const chunks = passages.map((passage, index) => {
    const terms = countTerms(headings[index]!, passage.text, stems);
    return {
      id: newId(),
      index,
      passage,
      terms,
      termCount: [...terms.values()].reduce((sum, count) => sum + count, 0),
    };
  });
  const rows = chunks.map(({ id, index, passage, termCount }) => ({
    id,
    chunk_text: passage.text,
    chunk_index: index,
    embedding: toVectorText(file.vectors[index]!),
    header_anchor: passage.headerAnchor,
    header_path: passage.headerPath,
    start_line: passage.startLine,
    end_line: passage.endLine,
    term_count: termCount,
  }));
  await sql`
    insert into chunk (id, project_id, document_id, chunk_text, chunk_index, embedding, embedding_model, header_anchor, header_path,
      start_line, end_line, term_count, created_at)
    select r.id, ${place.projectId}, ${documentId}, r.chunk_text, r.chunk_index, r.embedding::vector, ${place.embeddingModel}, r.header_anchor,
      r.header_path, r.start_line, r.end_line, r.term_count, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, chunk_text text, chunk_index int, embedding text,
      header_anchor text, header_path jsonb, start_line int, end_line int, term_count int)`.execute(em.getKysely());
  const terms = chunks.flatMap((chunk) =>
    [...chunk.terms].map(([term, frequency]) => ({ chunkId: chunk.id, term, frequency })),
  );
  await sql`
    insert into chunk_term (project_id, chunk_id, term, frequency, passage_length)
    select ${place.projectId}, u.chunk_id, u.term, u.frequency, c.term_count
    from unnest(${terms.map((row) => row.chunkId)}::uuid[], ${terms.map((row) => row.term)}::text[], ${terms.map((row) => row.frequency)}::int[])
      as u(chunk_id, term, frequency) join chunk c on c.id = u.chunk_id`.execute(em.getKysely());
}
