import { type RawBuilder, sql } from 'kysely';

import { ApiError } from '../errors.js';
import { isId } from '../platform/database/columns.js';
import { textFault } from '../platform/input-rules.js';
import type { DocumentFilter } from './document.inputs.js';

/**
 * The filter as a condition on the document under `alias`.
 * @throws ApiError BAD_USER_INPUT for values that are too long, too many, or no text that can be stored
 */
export function whereDocument(alias: string, filter: DocumentFilter | null): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (filter?.pathPrefix)
    conditions.push(sql`starts_with(${column('file_path')}, ${checkedText('pathPrefix', filter.pathPrefix, 1024)})`);
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
  const fault = textFault(name, text, max);
  if (fault !== null) throw new ApiError('BAD_USER_INPUT', fault);
  return text;
}
