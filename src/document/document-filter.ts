import { type RawBuilder, sql } from 'kysely';

import { ApiError } from '../platform/errors.js';
import { isId } from '../platform/database/columns.js';
import { textFault } from '../platform/graphql/input-rules.js';
import type { DocumentFilter } from './document.inputs.js';

const MAX_TYPES = 50;

/** What is wrong with a filter, by its field: values that are too long, too many, or no text that can be stored. */
export function* filterFaults({ pathPrefix, fileTypes }: DocumentFilter): Iterable<[keyof DocumentFilter, string]> {
  const prefixFault = textFault('pathPrefix', pathPrefix ?? '', 1024);
  if (prefixFault) yield ['pathPrefix', prefixFault];
  if (fileTypes && fileTypes.length > MAX_TYPES) yield ['fileTypes', `fileTypes must name at most ${MAX_TYPES} types.`];
  else {
    const typeFault = fileTypes?.map((type) => textFault('fileTypes', type, 50)).find((fault) => fault !== null);
    if (typeFault) yield ['fileTypes', typeFault];
  }
}

/**
 * The filter as a condition on the document under `alias`.
 * @throws ApiError BAD_USER_INPUT for the first of its faults
 */
export function whereDocument(alias: string, filter: DocumentFilter | null): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  for (const [, fault] of filter ? filterFaults(filter) : []) throw new ApiError('BAD_USER_INPUT', fault);
  const prefix = filter?.pathPrefix?.replace(/^\/+/, '');
  if (prefix) conditions.push(sql`starts_with(${column('file_path')}, ${prefix})`);
  if (filter?.fileTypes) {
    const types = filter.fileTypes.map((type) => type.toLowerCase().replace(/^\./, ''));
    conditions.push(sql`${column('file_type')} = any(${types}::text[])`);
  }
  if (filter?.projectDocId != null) {
    conditions.push(isId(filter.projectDocId) ? sql`${column('project_doc_id')} = ${filter.projectDocId}` : sql`false`);
  }
  return sql`(${sql.join(conditions, sql` and `)})`;
}
