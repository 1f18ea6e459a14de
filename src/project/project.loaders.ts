import { type RawBuilder, sql } from 'kysely';

import { ApiError } from '../platform/errors.js';
import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import { byId, key, type List, listPage, type OrderKey, type Reads } from '../platform/graphql/connection.js';
import { textFault } from '../platform/graphql/input-rules.js';
import type { Connection, PageArgs } from '../platform/graphql/pages.js';
import type { PageSelection } from '../platform/graphql/selection.js';
import type { Row } from '../platform/database/rows.js';
import {
  OrderDirection,
  type ProjectFilter,
  type ProjectOrder,
  ProjectOrderField,
  type ProjectStats,
} from './project.inputs.js';
import { Project } from './project.entity.js';

const ORDER_KEYS: Record<ProjectOrderField, OrderKey> = {
  [ProjectOrderField.CREATED_AT]: key('createdAt', 'timestamptz'),
  [ProjectOrderField.UPDATED_AT]: key('updatedAt', 'timestamptz'),
  [ProjectOrderField.NAME]: { property: 'name', type: 'text', compared: (name) => sql`lower(${name}) collate "C"` },
};

const READS: Reads<Project> = {
  conversations: ['id'],
  documents: ['id'],
  projectDocs: ['id'],
  stats: ['id'],
  citationJudge: ['citationJudgeId'],
  tokenUsage: ['inputTokens', 'outputTokens'],
};

const NEWEST_FIRST: ProjectOrder = { field: ProjectOrderField.CREATED_AT, direction: OrderDirection.DESC };

export function listProjects(
  ctx: Context,
  args: PageArgs,
  options: { order?: ProjectOrder | null; filter?: ProjectFilter | null; selected?: PageSelection } = {},
): Promise<Connection<Row<Project>>> {
  const { filter, selected } = options;
  const order = options.order ?? NEWEST_FIRST;
  const list: List<Project> = {
    name: `projects by ${order.field} ${order.direction}`,
    entity: Project,
    parent: null,
    descending: order.direction === OrderDirection.DESC,
    order: [ORDER_KEYS[order.field], byId],
    reads: READS,
    ...(filter?.nameContains ? { where: nameContains(filter.nameContains) } : {}),
  };
  return listPage(ctx, list, null, args, { selected, variant: filter ?? null });
}

function nameContains(text: string): RawBuilder<boolean> {
  const fault = textFault('nameContains', text, 255);
  if (fault !== null) throw new ApiError('BAD_USER_INPUT', fault);
  return sql`strpos(lower(t.name), lower(${text})) > 0`;
}

const COUNTED = {
  projectDocCount: sql`select count(*) from project_doc where project_id = p.id`,
  documentCount: sql`select count(*) from document where project_id = p.id`,
  chunkCount: sql`select count(*) from chunk where project_id = p.id`,
  conversationCount: sql`select count(*) from conversation where project_id = p.id`,
  messageCount: sql`select count(*) from message m join conversation c on c.id = m.conversation_id where c.project_id = p.id`,
};

/** How much a project holds, counted for all projects of an operation in one statement. */
export function countContents(ctx: Context, projectId: string): Promise<ProjectStats> {
  const counts = Object.entries(COUNTED).map(([name, count]) => sql`(${count})::int as ${sql.id(name)}`);
  return ctx
    .loader('project stats', async (ids: readonly string[]) => {
      const rows = await query(ctx.em)<ProjectStats & { id: string }>`
        select p.id::text as id, ${sql.join(counts)} from unnest(${[...ids]}::uuid[]) as p(id)`;
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id)!);
    })
    .load(projectId);
}
