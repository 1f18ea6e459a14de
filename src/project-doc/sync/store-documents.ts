import { posix } from 'node:path';

import { storeVectors, type Vectors } from '../../document/embeddings.js';
import { newId } from '../../platform/database/columns.js';
import { type Em, execute, query } from '../../platform/database/query.js';
import { CUT_VERSION } from '../../platform/passages/cut-file.js';
import { fileTypeOf } from '../../platform/passages/file-types.js';
import { languageOf } from '../../platform/text/languages.js';
import { type Stemmer, type Stems, toTerms } from '../../search/document-terms.js';
import type { ReadFile } from './read-changed.js';
import type { Place } from './sync-work.js';

/** Documents with their passages as the statements take them: made while the batch before them is being written. */
export interface PreparedDocuments {
  readonly files: readonly ReadFile[];
  readonly ids: readonly string[];
  /** Rows as JSON, as the statements below read them. */
  readonly documents: string;
  readonly chunks: string;
  /** Those that were made for their passages. */
  readonly vectors: Vectors;
}

export async function prepareDocuments(
  em: Em,
  stemmer: Stemmer,
  { language }: Pick<Place, 'language'>,
  files: readonly ReadFile[],
  vectors: Vectors,
): Promise<PreparedDocuments> {
  const ids = files.map(({ file }) => file.document?.id ?? newId());
  const spokenIn = ({ metadata }: ReadFile): string => languageOf(metadata?.lang, language);
  const stems = new Map<string, Stems>();
  for (const [spoken, some] of Map.groupBy(files, spokenIn))
    stems.set(
      spoken,
      await stemmer.stem(
        em,
        spoken,
        some.flatMap(({ passages }) => passages.flatMap(({ words }) => words)),
      ),
    );
  const documents = files.map((read, index) => {
    const { file, size, content, title, metadata, passages } = read;
    const { postings, termCount } = toTerms(passages, stems.get(spokenIn(read))!);
    return {
      id: ids[index],
      file_path: file.path,
      file_name: posix.basename(file.path),
      title,
      file_type: fileTypeOf(file.path),
      file_size: size,
      content,
      metadata,
      language: spokenIn(read),
      passage_count: passages.length,
      term_count: termCount,
      blob_sha: file.blobSha,
      // Terms hold letters, digits and ".-_" only.
      terms: [...postings.keys()].join(' '),
      postings: Array.from(postings.values(), arrayText).join(' '),
    };
  });
  const chunks = files.flatMap(({ passages }, index) =>
    passages.map((passage, position) => ({
      id: newId(),
      document_id: ids[index],
      chunk_text: passage.text,
      chunk_index: position,
      text_digest: passage.digest,
      header_anchor: passage.headerAnchor,
      header_path: passage.headerPath,
      start_line: passage.startLine,
      end_line: passage.endLine,
    })),
  );
  const digests = new Set(chunks.map(({ text_digest }) => text_digest));
  return {
    files,
    ids,
    documents: JSON.stringify(documents),
    chunks: JSON.stringify(chunks),
    vectors: new Map([...vectors].filter(([digest]) => digests.has(digest))),
  };
}

/** As PostgreSQL reads an array. */
function arrayText(numbers: readonly number[]): string {
  return `{${numbers.join(',')}}`;
}

/**
 * Writes documents with their terms and passages in place of what was there; the caller's transaction holds all of it.
 */
export async function storeDocuments(
  em: Em,
  place: Place,
  { files, documents, chunks, vectors }: PreparedDocuments,
): Promise<void> {
  const now = new Date();
  const replaced = files.flatMap(({ file }) => file.document?.id ?? []);
  if (replaced.length > 0) {
    await execute(em)`delete from document_term where document_id = any(${replaced}::uuid[])`;
    await execute(em)`delete from chunk where document_id = any(${replaced}::uuid[])`;
  }
  await query(em)`
    with r as materialized (
      select * from json_to_recordset(${documents}::json) as r(id uuid, file_path text, file_name text, title text, file_type text,
        file_size int, content text, metadata jsonb, language text, passage_count int, term_count int, blob_sha text,
        terms text, postings text)
    ), stored as (
      insert into document (id, project_id, project_doc_id, file_path, file_name, title, file_type, file_size, content, metadata,
        language, passage_count, term_count, cut_version, blob_sha, commit_sha, created_at, updated_at)
      select r.id, ${place.projectId}, ${place.projectDocId}, r.file_path, r.file_name, r.title, r.file_type, r.file_size, r.content,
        r.metadata, r.language, r.passage_count, r.term_count, ${CUT_VERSION}, r.blob_sha, ${place.commitSha}, ${now}, ${now} from r
      on conflict (id) do update set file_path = excluded.file_path, file_name = excluded.file_name, title = excluded.title,
        file_type = excluded.file_type, file_size = excluded.file_size, content = excluded.content, metadata = excluded.metadata,
        language = excluded.language, passage_count = excluded.passage_count, term_count = excluded.term_count,
        cut_version = excluded.cut_version, blob_sha = excluded.blob_sha, commit_sha = excluded.commit_sha,
        updated_at = excluded.updated_at
    )
    insert into document_term (document_id, term, project_id, postings)
    select r.id, t.term, ${place.projectId}, t.postings::bigint[]
    from r, unnest(string_to_array(r.terms, ' '), string_to_array(r.postings, ' ')) as t(term, postings)
    order by t.term collate "C"`;
  await execute(em)`
    insert into chunk (id, project_id, document_id, chunk_text, chunk_index, text_digest, header_anchor, header_path, start_line,
      end_line, created_at)
    select r.id, ${place.projectId}, r.document_id, r.chunk_text, r.chunk_index, r.text_digest, r.header_anchor, r.header_path,
      r.start_line, r.end_line, ${now}
    from json_to_recordset(${chunks}::json) as r(id uuid, document_id uuid, chunk_text text, chunk_index int, text_digest uuid,
      header_anchor text, header_path jsonb, start_line int, end_line int)`;
  await storeVectors(em, place, vectors);
}
