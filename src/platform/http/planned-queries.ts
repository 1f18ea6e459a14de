import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';

import { PlanRun } from './plan-run.js';
import { planQuery, type QueryPlan } from './query-plan.js';
import type { GuardedOperation } from './guard.js';

/** The result of a query; null: Apollo has to run the operation. */
export type RunPlanned = (runnable: GuardedOperation, context: unknown) => Promise<ExecutionResult | null>;

interface KnownDocument {
  /** Of its conditions. */
  readonly names: readonly string[];
  readonly operation: OperationDefinitionNode;
  /** What the conditions were. */
  readonly choice: string;
  readonly plan: QueryPlan | null;
}

/** A fragment is planned anew at each of its places: what would take much memory is not kept. */
const MAX_KEPT_FIELDS = 2_000;

/**
 * Runs queries by plans, which are kept as long as the guard keeps their documents. What comes out is what GraphQL's
 * own `execute` gives, which finds out for each object anew what there is to do.
 */
export function createPlannedQueries(schema: GraphQLSchema): RunPlanned {
  const known = new WeakMap<DocumentNode, KnownDocument>();

  /** The last one of each document, since most documents only ever have one. */
  function planOf({ document, operation, variables }: GuardedOperation): QueryPlan | null {
    const last = known.get(document);
    const names = last?.names ?? findConditions(document);
    const conditions = Object.fromEntries(names.map((name) => [name, variables[name]]));
    const choice = JSON.stringify(conditions);
    if (last?.operation === operation && last.choice === choice) return last.plan;
    const plan = planQuery(schema, document, operation, conditions);
    known.set(document, { names, operation, choice, plan });
    return plan;
  }

  return async (runnable, context) => {
    const plan = runnable.operation.operation === OperationTypeNode.QUERY ? planOf(runnable) : null;
    if (!plan) return null;
    const result = await new PlanRun(context, runnable.variables).result(plan.fields);
    if (plan.size() > MAX_KEPT_FIELDS) known.delete(runnable.document);
    return result;
  };
}

/** The variables that decide, in @skip and @include, what is asked for. */
function findConditions(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ arguments: given = [] }) => {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
