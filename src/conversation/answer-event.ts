import { Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';

const SEQ = '1, 2, 3 … for each answer, without gaps.';

@InterfaceType({
  description: 'Something that happened to an answer while it was generated.',
  resolveType: (event: { __typename: string }) => event.__typename,
})
export abstract class AnswerEvent {
  @Field(() => Int, { description: SEQ })
  seq!: number;

  @Field(() => ID, { description: 'The answer.' })
  messageId!: string;
}

@ObjectType({
  implements: AnswerEvent,
  description: 'The passages that the answer can use; the first event, unless the answer ended before it had any.',
})
export class AnswerSourcesFound extends AnswerEvent {}

@ObjectType({ implements: AnswerEvent, description: 'More of the text.' })
export class AnswerDelta extends AnswerEvent {
  @Field(() => Int, {
    description:
      'Where text starts in content, in UTF-16 code units: put it there, not at the end, as events come again after a client reconnected by itself.',
  })
  offset!: number;

  @Field(() => String, { description: 'What comes there.' })
  text!: string;
}

@ObjectType({
  implements: AnswerEvent,
  description: 'A claim and its source, checked: when the sentence is complete, after the delta with the rest of it.',
})
export class AnswerCitationFound extends AnswerEvent {}

@ObjectType({
  implements: AnswerEvent,
  description: 'The end: COMPLETE, CANCELLED, FAILED or INTERRUPTED. The last event.',
})
export class AnswerEnded extends AnswerEvent {}

/** An event as it is delivered; what is not here is read from the message when it is selected. */
export interface DeliveredEvent {
  __typename: 'AnswerSourcesFound' | 'AnswerDelta' | 'AnswerCitationFound' | 'AnswerEnded';
  seq: number;
  messageId: string;
  offset?: number;
  text?: string;
  /** Of a citation, among those of the message. */
  position?: number;
}
