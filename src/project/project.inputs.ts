import { enumType } from '../platform/graphql/enum-type.js';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

import { IDEMPOTENCY_KEY } from '../platform/graphql/idempotency.js';
import { connectionType } from '../platform/graphql/pages.js';
import { payloadType } from '../platform/graphql/user-errors.js';
import { Project } from './project.entity.js';

@InputType({ description: 'A new project.' })
export class CreateProjectInput {
  @Field(() => String, { description: '1 to 255 characters after trimming; TAKEN when another project has it.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What the project is about; part of the prompt of each answer, of which it has at most half of what the question leaves. At most 10,000 characters; null: none.',
  })
  description?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'An LLMProvider that judges citations as well; default none. NOT_FOUND when there is none with this id, INVALID for the builtin one, CONFLICT while its key is missing.',
  })
  citationJudgeId?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many tokens its answers may cost in all: 0 to 2,147,483,647; default no limit.',
  })
  maxTokens?: number | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What to change of a project; what is left out stays.' })
export class UpdateProjectInput {
  @Field(() => ID, { description: 'Which project.' })
  id!: string;

  @Field(() => String, { nullable: true, description: '1 to 255 characters after trimming; null is INVALID.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 10,000 characters; null or blank clears it.' })
  description?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'An LLMProvider that judges citations as well; null: none. NOT_FOUND when there is none with this id, INVALID for the builtin one, CONFLICT while its key is missing.',
  })
  citationJudgeId?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many tokens its answers may cost in all, those so far included: 0 to 2,147,483,647; null: no limit.',
  })
  maxTokens?: number | null;
}

@InputType({ description: 'Which project to delete.' })
export class DeleteProjectInput {
  @Field(() => ID, { description: 'Its documents, passages, runs and conversations go with it.' })
  id!: string;
}

export const CreateProjectPayload = payloadType('CreateProject', 'The new project.', 'project', () => Project);
export const UpdateProjectPayload = payloadType('UpdateProject', 'The changed project.', 'project', () => Project);
export const DeleteProjectPayload = payloadType('DeleteProject', 'What was deleted.', 'deletedId', () => ID);

export const ProjectOrderField = enumType('ProjectOrderField', 'What projects are ordered by.', {
  CREATED_AT: 'When they were created.',
  UPDATED_AT: 'When their name, description, judge or maxTokens last changed.',
  NAME: 'By name, upper and lower case alike.',
});
export type ProjectOrderField = keyof typeof ProjectOrderField;

export const OrderDirection = enumType('OrderDirection', 'Which way a list runs.', {
  ASC: 'Smallest, oldest or first letter first.',
  DESC: 'The other way round.',
});
export type OrderDirection = keyof typeof OrderDirection;

@InputType({ description: 'How projects are ordered.' })
export class ProjectOrder {
  @Field(() => ProjectOrderField, { description: 'The field to order by.' })
  field!: ProjectOrderField;

  @Field(() => OrderDirection, { description: 'Ascending or descending.' })
  direction!: OrderDirection;
}

@InputType({ description: 'Which projects.' })
export class ProjectFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Only projects whose name holds this text, upper and lower case alike. At most 255 characters.',
  })
  nameContains?: string | null;
}

@ObjectType({ description: 'How much a project holds.' })
export class ProjectStats {
  @Field(() => Int, { description: 'Repositories or folders that it follows.' })
  projectDocCount!: number;

  @Field(() => Int, { description: 'Documents of all its ProjectDocs.' })
  documentCount!: number;

  @Field(() => Int, { description: 'Passages of all documents.' })
  chunkCount!: number;

  @Field(() => Int, { description: 'Conversations about it.' })
  conversationCount!: number;

  @Field(() => Int, { description: 'Messages of all conversations, questions and answers alike.' })
  messageCount!: number;
}

export const ProjectConnection = connectionType('Project', () => Project);
