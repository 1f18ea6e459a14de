import { sql } from 'kysely';

import type { Context } from '../context.js';
import { byId, key, type List, listPage, type OrderKey } from '../platform/connection.js';
import type { PageArgs } from '../platform/pages.js';
import { Chunk } from './chunk.entity.js';
import { Document } from './document.entity.js';
import { whereDocument } from './document-filter.js';
import type { DocumentFilter } from './document.inputs.js';

const BY_PATH: OrderKey = { value: sql`t.file_path collate "C"`, type: 'text' };

const CHUNKS: List<Chunk> = {
  name: 'chunks',
  entity: Chunk,
  parent: 'document_id',
  order: [key('chunk_index', 'int'), byId],
};

/** Documents by file path, of a project or of one of its ProjectDocs. */
export function listDocuments(
  ctx: Context,
  parent: { projectId: string } | { projectDocId: string },
  page: PageArgs,
  filter: DocumentFilter | null,
) {
  const [name, column, id] =
    'projectId' in parent
      ? ['documents of project', 'project_id', parent.projectId]
      : ['documents of project doc', 'project_doc_id', parent.projectDocId];
  const list: List<Document> = {
    name,
    entity: Document,
    parent: column,
    order: [BY_PATH, byId],
    where: whereDocument('t', filter),
  };
  return listPage(ctx, list, id, page, filter);
}

export const listChunks = (ctx: Context, documentId: string, page: PageArgs) => listPage(ctx, CHUNKS, documentId, page);

/** The content of a document; read only where it is selected. */
export function readContent(ctx: Context, documentId: string): Promise<string> {
  return ctx
    .loader('document content', async (ids: readonly string[]) => {
      const statement = sql<{
        id: string;
        content: string;
      }>`select id, content from document where id = any(${[...ids]}::uuid[])`;
      const rows = new Map((await statement.execute(ctx.em.getKysely())).rows.map(({ id, content }) => [id, content]));
      return ids.map((id) => rows.get(id) ?? '');
    })
    .load(documentId);
}
