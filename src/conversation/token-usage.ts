import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'What an answer cost.' })
export class TokenUsage {
  @Field(() => Int, { description: 'Tokens of the prompt, as the provider counts them.' })
  inputTokens!: number;

  @Field(() => Int, { description: 'Tokens of the answer, as the provider counts them.' })
  outputTokens!: number;
}

/** What a GraphQL Int can hold. */
const MOST = 2 ** 31 - 1;

/** The running total of a project or a conversation; a driver may give the 64-bit numbers of a row as text. */
export function tokenUsageOf({ inputTokens, outputTokens }: TokenUsage): TokenUsage {
  return { inputTokens: Math.min(Number(inputTokens), MOST), outputTokens: Math.min(Number(outputTokens), MOST) };
}
