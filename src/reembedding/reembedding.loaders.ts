import type { Context } from '../context.js';
import { byId, key, pagesOf } from '../platform/graphql/connection.js';
import type { Row } from '../platform/database/rows.js';
import { Reembedding } from './reembedding.entity.js';

export const listReembeddings = pagesOf<Reembedding>({
  name: 'reembeddings',
  entity: Reembedding,
  parent: 'projectId',
  descending: true,
  order: [key('createdAt', 'timestamptz'), byId],
});

export async function findLatestReembedding(ctx: Context, projectId: string): Promise<Row<Reembedding> | null> {
  return (await listReembeddings(ctx, projectId, { first: 1 })).nodes[0] ?? null;
}
