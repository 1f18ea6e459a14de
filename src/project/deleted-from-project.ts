import { Field, ID, ObjectType } from 'type-graphql';

import { findById } from '../platform/graphql/load-by-id.js';
import type { OperationContext } from '../platform/graphql/operation-context.js';
import type { Row } from '../platform/database/rows.js';
import { PayloadType, RESULT } from '../platform/graphql/user-errors.js';
import { Project } from './project.entity.js';

export interface DeletedFromProject {
  deletedId: string;
  /** Called by GraphQL where it is selected: only then it costs a statement. */
  project: () => Promise<Row<Project> | null>;
}

export function deletedFromProject(ctx: OperationContext, deletedId: string, projectId: string): DeletedFromProject {
  return { deletedId, project: () => findById(ctx, Project, projectId) };
}

/**
 * What the deletion of something in a project answers. Clients that keep what they read correct the project's counts by
 * it.
 */
@ObjectType({ description: 'What was deleted, and from where.' })
export abstract class DeletedFromProjectPayload extends PayloadType {
  @Field(() => ID, RESULT)
  deletedId?: string | null;

  @Field(() => Project, {
    nullable: true,
    description: 'The project that it was in, as it is now; null when there are userErrors.',
  })
  project?: Project | null;
}
