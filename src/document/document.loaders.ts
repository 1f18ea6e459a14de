import { type RawBuilder, sql } from 'kysely';

import { ApiError } from '../errors.js';
import type { Context } from '../context.js';
import { byId, key, type List, listPage, type OrderKey } from '../platform/connection.js';
import { isId } from '../platform/database/columns.js';
import { isStorable } from '../platform/input-rules.js';
import type { PageArgs } from '../platform/pages.js';
import { Chunk } from './chunk.entity.js';
import { Document } from './document.entity.js';
import type { DocumentFilter } from './document.inputs.js';

const BY_PATH: OrderKey = { value: sql`t.file_path collate "C"`, type: 'text' };

const CHUNKS: List<Chunk> = { name: 'chunks', entity: Chunk, parent: 'document_id', order: [key('chunk_index', 'int'), byId] };

/** Documents by file path, of a project or of one of its ProjectDocs. */
export function listDocuments(
  ctx: Context,
  parent: { projectId: string } | { projectDocId: string },
  page: PageArgs,
  filter: DocumentFilter | null,
) {
  const [column, id] = 'projectId' in parent ? ['project_id', parent.projectId] : ['project_doc_id', parent.projectDocId];
  const list: List<Document> = { name: `documents by ${column}`, entity: Document, parent: column, order: [BY_PATH, byId], where: whereDocument('t', filter) };
  return listPage(ctx, list, id, page, filter);
}

export const listChunks = (ctx: Context, documentId: string, page: PageArgs) => listPage(ctx, CHUNKS, documentId, page);

/** The content of a document; read only where it is selected. */
export function readContent(ctx: Context, documentId: string): Promise<string> {
  return ctx
    .loader('document content', async (ids: readonly string[]) => {
      const statement = sql<{ id: string; content: string }>`select id, content from document where id = any(${[...ids]}::uuid[])`;
      const rows = new Map((await statement.execute(ctx.em.getKysely())).rows.map(({ id, content }) => [id, content]));
      return ids.map((id) => rows.get(id) ?? '');
    })
    .load(documentId);
}

/**
 * The filter as a condition on the document under `alias`.
 * @throws ApiError BAD_USER_INPUT for values that are too long or too many
 */
export function whereDocument(alias: string, filter: DocumentFilter | null): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (filter?.pathPrefix) conditions.push(sql`starts_with(${column('file_path')}, ${checkedText('pathPrefix', filter.pathPrefix, 1024)})`);
  if (filter?.fileTypes) {
    if (filter.fileTypes.length > 50) throw new ApiError('BAD_USER_INPUT', 'fileTypes must name at most 50 types.');
    const types = filter.fileTypes.map((type) => checkedText('fileTypes', type, 50).toLowerCase().replace(/^\./, ''));
    conditions.push(sql`${column('file_type')} = any(${types}::text[])`);
  }
  if (filter?.projectDocId != null) {
    conditions.push(isId(filter.projectDocId) ? sql`${column('project_doc_id')} = ${filter.projectDocId}` : sql`false`);
  }
  return sql`(${sql.join(conditions, sql` and `)})`;
}

function checkedText(name: string, text: string, max: number): string {
  if (text.length > max || !isStorable(text)) throw new ApiError('BAD_USER_INPUT', `${name} must have at most ${max.toLocaleString('en')} characters.`);
  return text;
}
