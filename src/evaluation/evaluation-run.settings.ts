import { enumType } from '../platform/graphql/enum-type.js';
import { Field, ID, ObjectType } from 'type-graphql';

export const EvaluationRunStatus = enumType(
  'EvaluationRunStatus',
  'Where a run stands. May grow: keep a default branch.',
  {
    QUEUED: 'Waits for its turn, for a process that goes on with it, or to be tried again: see error.',
    RUNNING: 'Is going; questionsDone moves.',
    SUCCEEDED: 'Every question was asked; the metrics are there.',
    FAILED: 'Ended by an error, or no question could be measured; what was asked before it stays.',
    CANCELLED: 'Stopped by a caller; what was asked stays.',
  },
);
export type EvaluationRunStatus = keyof typeof EvaluationRunStatus;

export const EvaluationGranularity = enumType('EvaluationGranularity', 'What is ranked.', {
  DOCUMENT: 'Documents: one counts at its first passage that was found. An expected passage stands for its document.',
  PASSAGE:
    'Passages: an expected one is found by the first hit that shares a line with it, an expected document by any of its passages.',
});
export type EvaluationGranularity = keyof typeof EvaluationGranularity;

@ObjectType({ description: 'Which documents a run searched.' })
export class EvaluationFilter {
  @Field(() => String, { nullable: true, description: 'Only files whose full path begins with this text; null: any.' })
  pathPrefix?: string | null;

  @Field(() => [String], { nullable: true, description: 'Only files of these types; null: any.' })
  fileTypes?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Only files of this ProjectDoc; null: of any.' })
  projectDocId?: string | null;
}

@ObjectType({ description: 'The commit that a ProjectDoc was synced at when a run began.' })
export class EvaluatedCommit {
  @Field(() => String, { description: '40 hexadecimal digits.' })
  commitSha!: string;
}

/** As it is stored: with the id of the ProjectDoc, which may since have gone. */
export interface StoredCommit extends EvaluatedCommit {
  projectDocId: string;
}
