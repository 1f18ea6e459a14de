import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import type { StoredExpectation } from './expected-answer.js';

/** A document as an expected answer keeps it. */
export type NamedDocument = Pick<StoredExpectation, 'documentId' | 'projectDocId' | 'filePath' | 'githubUrl'>;

/** What is known of a document that an answer of this set expects. */
export type ExpectedDocument = NamedDocument & { setId: string };

export interface FoundDocument {
  id: string;
  filePath: string;
}

/**
 * The expected documents as they are now; null for each that is gone. One is found by its id, which it keeps when it is
 * renamed, else by the path that it had when the question was added: in its ProjectDoc, or where that was deleted, in
 * the project's others of the same repository.
 */
export async function findDocuments(
  ctx: Context,
  expected: readonly ExpectedDocument[],
): Promise<(FoundDocument | null)[]> {
  const named = expected.map(({ setId, documentId, projectDocId, filePath, githubUrl }, place) => {
    return { place, setId, documentId, projectDocId, filePath, githubUrl };
  });
  const rows = await query(ctx.em)<FoundDocument & { place: number }>`
    select e.place, found.id, found.file_path as "filePath"
    from jsonb_to_recordset(${JSON.stringify(named)}::jsonb)
      as e(place int, "setId" uuid, "documentId" uuid, "projectDocId" uuid, "filePath" text, "githubUrl" text)
    cross join lateral (
      select 1 as way, id, file_path from document where id = e."documentId"
      union all
      select 2, id, file_path from document where project_doc_id = e."projectDocId" and file_path = e."filePath"
      union all
      select 3, d.id, d.file_path
      from evaluation_set s join project_doc p on p.project_id = s.project_id and lower(p.github_url) = lower(e."githubUrl")
        join document d on d.project_doc_id = p.id and d.file_path = e."filePath"
      where s.id = e."setId" and not exists (select from project_doc where id = e."projectDocId")
      order by way, id desc limit 1) found`;
  const found = new Map(rows.map(({ place, ...document }) => [place, document]));
  return expected.map((_, place) => found.get(place) ?? null);
}

/** What a project has now with one of these ids or paths. */
export async function readDocuments(
  ctx: Context,
  projectId: string,
  ids: readonly string[],
  paths: readonly string[] = [],
): Promise<NamedDocument[]> {
  return query(ctx.em)<NamedDocument>`
    select d.id as "documentId", d.project_doc_id as "projectDocId", d.file_path as "filePath", p.github_url as "githubUrl"
    from document d join project_doc p on p.id = d.project_doc_id
    where d.project_id = ${projectId} and (d.id = any(${ids}::uuid[]) or d.file_path = any(${paths}::text[]))`;
}
