import { enumType } from './enum-type.js';
import {
  type ConstraintViolationException,
  ForeignKeyConstraintViolationException,
  UniqueConstraintViolationException,
} from '@mikro-orm/core';
import type { GraphQLScalarType } from 'graphql';
import { type ClassType, Field, ObjectType } from 'type-graphql';

import type { OperationContext } from './operation-context.js';

export const UserErrorCode = enumType(
  'UserErrorCode',
  'Why a mutation was not carried out. May grow: keep a default branch.',
  {
    INVALID: 'A value breaks a rule: blank, too long, wrong host, out of range.',
    NOT_FOUND: 'No such id, or not visible to the caller: the two are never told apart.',
    TAKEN: 'A unique value is in use.',
    IN_USE: 'Cannot be deleted while something refers to it.',
    CONFLICT: 'The state does not allow it now.',
    LIMIT_EXCEEDED: 'A quota or budget is spent, or what there may be at most is there.',
    UNAVAILABLE: 'A git host or a provider cannot be reached now.',
    IDEMPOTENCY_KEY_REUSED: 'The same key came with another input before.',
  },
);
export type UserErrorCode = keyof typeof UserErrorCode;

@ObjectType({ description: 'Why a mutation was not carried out. When there is one, nothing was written.' })
export class UserError {
  @Field(() => UserErrorCode, { description: 'Something to branch on.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'Something to show: what is wrong, and what to do.' })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Path into the arguments, such as ["input", "githubUrl"]; null where it is about none of them.',
  })
  field!: string[] | null;
}

/** Expected failures of a mutation: thrown by services, answered as data by `payload`. */
export class Refusal extends Error {
  constructor(readonly userErrors: UserError[]) {
    super(userErrors.map(({ message }) => message).join(' '));
    this.name = 'Refusal';
  }
}

/** @param path into the input, such as `id` or `['apiConfig', 'baseUrl']` */
export function userError(code: UserErrorCode, path: string | readonly string[], message: string): UserError {
  return { code, message, field: ['input', ...(typeof path === 'string' ? [path] : path)] };
}

export function refuse(code: UserErrorCode, path: string | readonly string[], message: string): never {
  throw new Refusal([userError(code, path, message)]);
}

/** What is said of an id that is unknown, malformed, or not visible to the caller. */
export const noSuch = (noun: string): string => `There is no ${noun} with this id.`;

export function refuseUnknown(path: string | readonly string[], noun: string): never {
  refuse('NOT_FOUND', path, noSuch(noun));
}

/** Runs `write`; a unique value that somebody else took in the meantime is the same as one that was taken before. */
export const unlessTaken = unlessBroken(UniqueConstraintViolationException, 'TAKEN');

/** Runs `write`; what it belongs to and somebody deleted in the meantime is the same as one that never was. */
export const unlessGone = unlessBroken(ForeignKeyConstraintViolationException, 'NOT_FOUND');

function unlessBroken(Violation: typeof ConstraintViolationException, code: UserErrorCode) {
  return async <Result>(write: () => Promise<Result>, path: string, message: string): Promise<Result> => {
    try {
      return await write();
    } catch (error) {
      if (error instanceof Violation) refuse(code, path, message);
      throw error;
    }
  };
}

/** What a mutation answers: its result, or why it was refused. What was read before it is forgotten. */
export async function payload<Result extends object>(
  ctx: OperationContext,
  result: Promise<Result>,
): Promise<Result & PayloadType> {
  try {
    return { ...(await result), userErrors: [] };
  } catch (error) {
    if (error instanceof Refusal) return { userErrors: error.userErrors } as Result & PayloadType;
    throw error;
  } finally {
    ctx.forgetReads();
  }
}

/** The GraphQL type of what a mutation answers: subclasses add their results. */
@ObjectType({ description: 'What every mutation answers.' })
export abstract class PayloadType {
  @Field(() => [UserError], {
    description: 'Why it was not carried out; empty when it was. Nothing was written when there is one.',
  })
  userErrors!: UserError[];
}

/** The options of a payload's field of which no more is to be said. */
export const RESULT = { nullable: true, description: 'null when there are userErrors.' } as const;

/**
 * The GraphQL type of what a mutation answers that makes or changes one thing, in the field `name`:
 * `<Mutation>Payload`.
 * @param about what the field says; default: that it is null when there are userErrors
 */
export function payloadType(
  mutation: string,
  description: string,
  name: string,
  type: () => ClassType | GraphQLScalarType,
  about: string = RESULT.description,
): ClassType<PayloadType> {
  @ObjectType(`${mutation}Payload`, { description })
  class OneThingPayload extends PayloadType {}
  Field(type, { nullable: true, description: about })(OneThingPayload.prototype, name);
  return OneThingPayload;
}
