import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime } from '../platform/graphql/scalars.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import type { StoredExpectation } from './expected-answer.js';

/** Never changed, only added and removed: what two runs say of one question is about the same question. */
@ObjectType({
  implements: Node,
  description: 'A question of an EvaluationSet. It is added and removed, never changed.',
})
@Entity({ tableName: 'evaluation_question' })
@Index({ name: 'evaluation_question_set_id_index', properties: ['setId', 'id'] })
@Check({ name: 'evaluation_question_text_length', expression: 'char_length(text) >= 1 and char_length(text) <= 10000' })
export class EvaluationQuestion {
  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @ManyToOne(() => EvaluationSet, { mapToPk: true, fieldName: 'set_id', deleteRule: 'cascade', index: false })
  setId!: string;

  @Field(() => String, { description: 'What is asked: 1 to 10,000 characters.' })
  @Property({ type: 'text' })
  text!: string;

  @Property({ type: 'json' })
  expected!: StoredExpectation[];

  @Field(() => DateTime, { description: 'When it was added.' })
  @Timestamp()
  createdAt!: Date;
}
