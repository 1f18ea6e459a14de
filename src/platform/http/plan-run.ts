import type { ExecutionResult } from 'graphql';

import { PlanFaults } from './plan-faults.js';
import type { Answer, Complete, Plan, PlannedField, Variables } from './query-plan.js';

/** One run of a plan. */
export class PlanRun {
  readonly faults = new PlanFaults();
  private readonly given = new Map<PlannedField, Record<string, unknown>>();
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
    return this.faults.repair(plan, data);
  }

  read(plan: Plan, source: unknown): Answer {
    const answer: Answer = {};
    for (const field of plan) {
      try {
        field.complete(this, answer, field.key, this.valueOf(field, source));
      } catch (error) {
        this.faults.add(answer, field.key, error);
      }
    }
    return answer;
  }

  attempt(into: Answer, key: string | number, value: unknown, complete: Complete): void {
    try {
      complete(this, into, key, value);
    } catch (error) {
      this.faults.add(into, key, error);
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
      this.faults.add(into, key, error);
    }
    this.waitingFor -= 1;
    if (this.waitingFor === 0) this.settle();
  }

  private valueOf(field: PlannedField, source: unknown): unknown {
    const { resolve, info } = field;
    const value = resolve ? undefined : (source as Answer | undefined)?.[info.fieldName];
    if (!resolve && typeof value !== 'function') return value;
    let given = this.given.get(field);
    if (!given) this.given.set(field, (given = field.argumentsFor(this.variables)));
    return resolve
      ? resolve(source, given, this.context, info)
      : (value as Function).call(source, given, this.context, info);
  }
}
