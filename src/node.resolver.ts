import { sql } from 'kysely';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';

import type { Context } from './context.js';
import { NODES } from './entities.js';
import { isId } from './platform/database/columns.js';
import { slot } from './platform/database/prepared.js';
import { type EntityClass, mappingOf, type Row } from './platform/database/rows.js';
import { ApiError } from './platform/errors.js';
import { Node } from './platform/graphql/node.js';

const MAX_IDS = 100;

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'Whatever has this id; null when nothing has.' })
  node(@Arg('id', () => ID, { description: 'The id of anything.' }) id: string, @Ctx() ctx: Context) {
    return findNode(ctx, id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'Whatever has these ids, in their order; null where nothing has.',
  })
  nodes(@Arg('ids', () => [ID], { description: 'At most 100.' }) ids: string[], @Ctx() ctx: Context) {
    if (ids.length > MAX_IDS) throw new ApiError('BAD_USER_INPUT', `ids must name at most ${MAX_IDS}.`);
    return Promise.all(ids.map((id) => findNode(ctx, id)));
  }
}

type FoundNode = Row<{ id: string }> & { __typename: string };

async function findNode(ctx: Context, id: string): Promise<FoundNode | null> {
  if (!isId(id)) return null;
  return ctx.loader('nodes', (ids: readonly string[]) => readNodes(ctx, ids)).load(id.toLowerCase());
}

/** An id does not say its type: all tables are asked, in one statement for all ids of the operation. */
async function readNodes(ctx: Context, ids: readonly string[]): Promise<(FoundNode | null)[]> {
  const build = () => sql.join(Object.entries(NODES).map(selectNodes), sql` union all `);
  const found = await ctx.database.read<{ type: string; row: Row<{ id: string }> }>('nodes', build, { ids });
  const nodes = new Map(found.map(({ type, row }) => [row.id, { ...row, __typename: type }]));
  return ids.map((id) => nodes.get(id) ?? null);

  function selectNodes([type, entity]: [string, EntityClass<object>]) {
    const { table, columns } = mappingOf(ctx.database, entity);
    return sql`select ${sql.lit(type)} as type, to_json(r) as row
      from (select ${columns('t')} from ${sql.table(table)} t where t.id = any(${slot('ids')}::uuid[])) r`;
  }
}
