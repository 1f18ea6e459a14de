import { sql } from 'kysely';

import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import { ApiError } from '../platform/errors.js';
import { byId, key, type List, listPage, type OrderKey, type Reads } from '../platform/graphql/connection.js';
import { DEFAULT_LIMITS } from '../platform/limits.js';
import type { PageArgs } from '../platform/graphql/pages.js';
import type { PageSelection } from '../platform/graphql/selection.js';
import { Chunk } from './chunk.entity.js';
import { Document } from './document.entity.js';
import { whereDocument } from './document-filter.js';
import type { DocumentFilter } from './document.inputs.js';

const BY_PATH: OrderKey = { property: 'filePath', type: 'text', compared: (path) => sql`${path} collate "C"` };

const CHUNKS: List<Chunk> = {
  name: 'chunks',
  entity: Chunk,
  parent: 'documentId',
  order: [key('chunkIndex', 'int'), byId],
  reads: { document: ['documentId'], url: ['documentId', 'startLine', 'endLine'] },
};

const READS: Reads<Document> = {
  projectDoc: ['projectDocId'],
  content: ['id'],
  url: ['projectDocId', 'commitSha', 'filePath'],
  chunks: ['id'],
};

/** Documents by file path, of a project or of one of its ProjectDocs. */
export function listDocuments(
  ctx: Context,
  parent: { projectId: string } | { projectDocId: string },
  page: PageArgs,
  filter: DocumentFilter | null,
  selected?: PageSelection,
) {
  const [name, column, id] =
    'projectId' in parent
      ? (['documents of project', 'projectId', parent.projectId] as const)
      : (['documents of project doc', 'projectDocId', parent.projectDocId] as const);
  const list: List<Document> = {
    name,
    entity: Document,
    parent: column,
    order: [BY_PATH, byId],
    where: whereDocument('t', filter),
    reads: READS,
  };
  return listPage(ctx, list, id, page, { selected, variant: filter });
}

export const listChunks = (ctx: Context, documentId: string, page: PageArgs, selected?: PageSelection) =>
  listPage(ctx, CHUNKS, documentId, page, { selected });

/** As large as a response may be: what is more would only be read to be refused. */
export const MAX_CONTENT_MB = DEFAULT_LIMITS.maxResponseBytes / 1_000_000;
const TOO_LARGE = `These contents have more than ${MAX_CONTENT_MB} MB together. Ask for those of fewer documents.`;

/**
 * The content of a document; read only where it is selected.
 * @throws ApiError QUERY_TOO_COMPLEX where those that are read at once have more than MAX_CONTENT_MB
 */
export function readContent(ctx: Context, documentId: string): Promise<string> {
  return ctx
    .loader<string, string>('document content', async (ids) => {
      const rows = await query(ctx.em)<{ id: string; content: string | null }>`
        select id, case when sum(octet_length(content)) over () <= ${MAX_CONTENT_MB * 1_000_000} then content end as content
        from document where id = any(${[...ids]}::uuid[])`;
      const contents = new Map(rows.map(({ id, content }) => [id, content]));
      return ids.map((id) => {
        const content = contents.get(id);
        return content === null ? new ApiError('QUERY_TOO_COMPLEX', TOO_LARGE) : (content ?? '');
      });
    })
    .load(documentId);
}
