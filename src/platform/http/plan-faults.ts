import {
  type ExecutionResult,
  getNullableType,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
} from 'graphql';

import type { Answer, Plan, PlannedField } from './query-plan.js';

type Path = readonly (string | number)[];

/**
 * What went wrong in a run, and at which places of the answer. The paths to these, and what must be null because of
 * them, are looked for when the answer is there: while nothing goes wrong, nothing is kept for it.
 */
export class PlanFaults {
  private readonly faults = new Map<Answer, Map<string | number, unknown>>();
  private readonly types = new Map<Answer, GraphQLObjectType>();
  private readonly errors: GraphQLError[] = [];

  add(into: Answer, key: string | number, error: unknown): void {
    into[key] = null;
    const faults = this.faults.get(into) ?? new Map<string | number, unknown>();
    this.faults.set(into, faults.set(key, error));
  }

  /** Of an object whose type its place does not tell. */
  noteType(answer: Answer, type: GraphQLObjectType): void {
    this.types.set(answer, type);
  }

  /** The result, where each fault is an error, and null takes the nearest place above it that may be null. */
  repair(plan: Plan, data: Answer): ExecutionResult {
    if (this.faults.size === 0) return { data };
    const stands = this.repairObject(plan, data, []);
    return { errors: this.errors, data: stands ? data : null };
  }

  /** @returns false where the object must become null, as one of its fields is that must not be */
  private repairObject(plan: Plan, answer: Answer, path: Path): boolean {
    return plan.every((field) =>
      this.repairPlace(field, field.info.returnType, answer, field.key, [...path, field.key]),
    );
  }

  private repairPlace(
    field: PlannedField,
    type: GraphQLOutputType,
    into: Answer,
    key: string | number,
    path: Path,
  ): boolean {
    const faults = this.faults.get(into);
    if (faults?.has(key)) this.errors.push(locatedError(faults.get(key), field.info.fieldNodes, path));
    else if (into[key] === null || this.repairValue(field, getNullableType(type), into[key], path)) return true;
    into[key] = null;
    return !isNonNullType(type);
  }

  private repairValue(field: PlannedField, type: GraphQLOutputType, value: unknown, path: Path): boolean {
    if (isListType(type)) {
      const list = value as Answer & unknown[];
      return list.every((_, index) => this.repairPlace(field, type.ofType, list, index, [...path, index]));
    }
    const object = isObjectType(type) ? type : this.types.get(value as Answer);
    return !object || this.repairObject(field.planFor(object), value as Answer, path);
  }
}
