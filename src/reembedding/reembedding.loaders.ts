import type { Context } from '../context.js';
import { byId, key, type List, listPage } from '../platform/graphql/connection.js';
import type { Row } from '../platform/database/rows.js';
import type { PageArgs } from '../platform/graphql/pages.js';
import type { PageSelection } from '../platform/graphql/selection.js';
import { Reembedding } from './reembedding.entity.js';

const REEMBEDDINGS: List<Reembedding> = {
  name: 'reembeddings',
  entity: Reembedding,
  parent: 'projectId',
  descending: true,
  order: [key('createdAt', 'timestamptz'), byId],
};

export const listReembeddings = (ctx: Context, projectId: string, page: PageArgs, selected?: PageSelection) =>
  listPage(ctx, REEMBEDDINGS, projectId, page, { selected });

export async function findLatestReembedding(ctx: Context, projectId: string): Promise<Row<Reembedding> | null> {
  return (await listReembeddings(ctx, projectId, { first: 1 })).nodes[0] ?? null;
}
