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

import type { Answer, Complete, Plan, PlannedField, Variables } from './query-plan.js';

type Path = readonly (string | number)[];

/**
 * One run of a plan. Nothing is kept for errors while there are none: where they happened is looked up in the answer afterwards.
 */
export class PlanRun {
  /** Of the objects whose type shows only when they are there. */
  readonly types = new Map<Answer, GraphQLObjectType>();
  private readonly given = new Map<PlannedField, Record<string, unknown>>();
  private readonly faults = new Map<Answer, Map<string | number, unknown>>();
  private waitingFor = 0;
  private settle = (): void => undefined;

  constructor(
    readonly context: unknown,
    private readonly variables: Variables,
  ) {}

  /** @returns what GraphQL would, for operations that it would find valid */
  async result(plan: Plan): Promise<ExecutionResult> {
    const data = this.read(plan, undefined);
    if (this.waitingFor > 0) await new Promise<void>((settle) => (this.settle = settle));
    if (this.faults.size === 0) return { data };
    const errors: GraphQLError[] = [];
    const stands = this.repairObject(plan, data, [], errors);
    return { errors, data: stands ? data : null };
  }

  read(plan: Plan, source: unknown): Answer {
    const answer: Answer = {};
    for (const field of plan) {
      try {
        field.complete(this, answer, field.key, this.valueOf(field, source));
      } catch (error) {
        this.fail(answer, field.key, error);
      }
    }
    return answer;
  }

  attempt(into: Answer, key: string | number, value: unknown, complete: Complete): void {
    try {
      complete(this, into, key, value);
    } catch (error) {
      this.fail(into, key, error);
    }
  }

  wait(into: Answer, key: string | number, value: PromiseLike<unknown>, complete: Complete): void {
    // Keeps its place among the others.
    into[key] = null;
    this.waitingFor += 1;
    void this.completeLater(into, key, value, complete);
  }

  private async completeLater(into: Answer, key: string | number, value: PromiseLike<unknown>, complete: Complete) {
    try {
      complete(this, into, key, await value);
    } catch (error) {
      this.fail(into, key, error);
    }
    this.waitingFor -= 1;
    if (this.waitingFor === 0) this.settle();
  }

  private valueOf(field: PlannedField, source: unknown): unknown {
    const { resolve, name } = field;
    const value = resolve ? undefined : (source as Answer | undefined)?.[name];
    if (!resolve && typeof value !== 'function') return value;
    let given = this.given.get(field);
    if (!given) this.given.set(field, (given = field.argumentsFor(this.variables)));
    return resolve
      ? resolve(source, given, this.context, field.info)
      : (value as Function).call(source, given, this.context, field.info);
  }

  private fail(into: Answer, key: string | number, error: unknown): void {
    into[key] = null;
    const faults = this.faults.get(into) ?? new Map<string | number, unknown>();
    this.faults.set(into, faults.set(key, error));
  }

  /** @returns false where a field that must not be null is: then neither is the object */
  private repairObject(plan: Plan, answer: Answer, path: Path, errors: GraphQLError[]): boolean {
    return plan.every((field) => this.repair(field, field.type, answer, field.key, [...path, field.key], errors));
  }

  private repair(
    field: PlannedField,
    type: GraphQLOutputType,
    into: Answer,
    key: string | number,
    path: Path,
    errors: GraphQLError[],
  ): boolean {
    const faults = this.faults.get(into);
    if (faults?.has(key)) errors.push(locatedError(faults.get(key), field.nodes, path));
    else if (into[key] === null || this.repairValue(field, getNullableType(type), into[key], path, errors)) return true;
    into[key] = null;
    return !isNonNullType(type);
  }

  private repairValue(
    field: PlannedField,
    type: GraphQLOutputType,
    value: unknown,
    path: Path,
    errors: GraphQLError[],
  ): boolean {
    if (isListType(type)) {
      const list = value as Answer & unknown[];
      return list.every((_, index) => this.repair(field, type.ofType, list, index, [...path, index], errors));
    }
    const object = isObjectType(type) ? type : this.types.get(value as Answer);
    return !object || this.repairObject(field.planFor(object), value as Answer, path, errors);
  }
}
