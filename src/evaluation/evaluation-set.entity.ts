import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime } from '../platform/graphql/scalars.js';
import { Project } from '../project/project.entity.js';

@ObjectType({
  implements: Node,
  description: 'Questions about a project, with what answers them: to measure its search.',
})
@Entity({ tableName: 'evaluation_set' })
@Index({ name: 'evaluation_set_project_id_index', properties: ['projectId', 'createdAt', 'id'] })
@Check({ name: 'evaluation_set_name_length', expression: 'char_length(name) >= 1 and char_length(name) <= 255' })
export class EvaluationSet {
  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @ManyToOne(() => Project, { mapToPk: true, fieldName: 'project_id', deleteRule: 'cascade', index: false })
  projectId!: string;

  @Field(() => String, { description: '1 to 255 characters.' })
  @Property({ type: 'string', length: 255 })
  name!: string;

  @Field(() => String, { nullable: true, description: 'At most 10,000 characters; null: none.' })
  @Property({ type: 'text', nullable: true })
  description!: string | null;

  @Field(() => DateTime, { description: 'When it was created.' })
  @Timestamp()
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When its name, description or questions last changed.' })
  @Timestamp()
  updatedAt!: Date;
}
