import type { Services } from '../../context.js';
import { query } from '../../platform/database/query.js';
import { CUT_VERSION } from '../../platform/passages/cut-file.js';
import { languageOf } from '../../platform/text/languages.js';
import type { ProjectDoc } from '../project-doc.entity.js';
import type { StoredFile } from './plan-sync.js';

/** The files that a run is about, where it is not about all. */
export interface Scope {
  readonly paths: ReadonlySet<string>;
  readonly documentIds: ReadonlySet<string>;
}

/** Of a run that takes up another one: what FAILED there. null: everything. */
export async function readScope({ database }: Pick<Services, 'database'>, syncRunId: string): Promise<Scope | null> {
  const rows = await query(database.fork())<{ path: string | null; document_id: string | null }>`
    select f.path, f.document_id from sync_run r left join sync_run_file f on f.sync_run_id = r.retry_of_id and f.outcome = 'FAILED'
    where r.id = ${syncRunId} and r.retry_of_id is not null`;
  if (rows.length === 0) return null;
  return {
    paths: new Set(rows.flatMap(({ path }) => path ?? [])),
    documentIds: new Set(rows.flatMap(({ document_id }) => document_id ?? [])),
  };
}

/** What is stored of a ProjectDoc, in the order of its paths. */
export async function readStored(
  { database }: Pick<Services, 'database'>,
  { id, language }: Pick<ProjectDoc, 'id' | 'language'>,
  scope: Scope | null,
): Promise<StoredFile[]> {
  const rows = await query(database.fork())<
    Omit<StoredFile, 'outdated'> & { cutVersion: number; language: string; lang: unknown }
  >`
    select d.id, d.file_path as "filePath", d.blob_sha as "blobSha", d.title, d.cut_version as "cutVersion", d.language,
      d.metadata -> 'lang' as lang
    from document d where d.project_doc_id = ${id} order by d.file_path collate "C"`;
  const whyOutdated = (row: (typeof rows)[number]): string | null => {
    if (row.cutVersion < CUT_VERSION) return 'This version of ibid cuts and indexes it differently.';
    return row.language === languageOf(row.lang, language) ? null : 'The language changed.';
  };
  const files = rows.map((row) => ({ ...row, outdated: whyOutdated(row) }));
  return scope ? files.filter((file) => scope.documentIds.has(file.id) || scope.paths.has(file.filePath)) : files;
}
