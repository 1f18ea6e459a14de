import {
  defaultTypeResolver,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNullableType,
  type GraphQLAbstractType,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';

import type { PlanRun } from './plan-run.js';

/** What is to be read for an object of one type. */
export type Plan = readonly PlannedField[];

export interface QueryPlan {
  readonly fields: Plan;
  /** How many fields are planned by now, of all objects. */
  size(): number;
}

/** An object or a list of the answer. */
export type Answer = Record<string | number, unknown>;

export type Variables = Readonly<Record<string, unknown>>;

/** Writes what a value becomes to its place in the answer: now, or when it is there. @throws what is wrong with it */
export type Complete = (run: PlanRun, into: Answer, key: string | number, value: unknown) => void;

export interface PlannedField {
  readonly key: string;
  /** undefined: it is the property of its name. */
  readonly resolve: GraphQLFieldResolver<unknown, unknown> | undefined;
  /** Without the path, the variables and the root, which no resolver reads. */
  readonly info: GraphQLResolveInfo;
  readonly complete: Complete;
  argumentsFor(variables: Variables): Record<string, unknown>;
  /** How an object that it holds goes on. */
  planFor(type: GraphQLObjectType): Plan;
}

/**
 * Finds out once what every run of a query does: which fields of which types, and how their values are completed. An
 * object's fields are planned when the first of its type and place is there, so that a plan holds no more than answers
 * did.
 * @param conditions the variables that @skip and @include depend on
 * @returns null for questions about the schema, and for a name that plain objects cannot have
 */
export function planQuery(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Variables,
): QueryPlan | null {
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  const query = schema.getQueryType()!;
  const fields = collectFields(schema, fragments, conditions, query, operation.selectionSet);
  const isAboutSchema = [...fields.values()].some(([node]) => /^__(schema|type)$/.test(node!.name.value));
  if (isAboutSchema || document.loc!.source.body.includes('__proto__')) return null;
  let size = 0;
  return { fields: planAll(query, fields), size: () => size };

  function planAll(parent: GraphQLObjectType, found: ReadonlyMap<string, readonly FieldNode[]>): Plan {
    return [...found].map(([key, nodes]) => planField(parent, key, nodes));
  }

  function planField(parentType: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): PlannedField {
    size += 1;
    const node = nodes[0]!;
    const fieldName = node.name.value;
    const definition = fieldName === '__typename' ? TypeNameMetaFieldDef : parentType.getFields()[fieldName]!;
    const { type, resolve } = definition;
    const plans = new Map<GraphQLObjectType, Plan>();
    const planFor = (object: GraphQLObjectType): Plan => {
      let plan = plans.get(object);
      if (!plan)
        plans.set(object, (plan = planAll(object, collectSubfields(schema, fragments, conditions, object, nodes))));
      return plan;
    };
    const known = { fieldName, fieldNodes: nodes, returnType: type, parentType, schema, fragments, operation };
    const info = known as unknown as GraphQLResolveInfo;
    const complete = completerOf(type, planFor, info);
    return {
      key,
      resolve,
      info,
      complete,
      planFor,
      argumentsFor: (values) => getArgumentValues(definition, node, values),
    };
  }
}

function completerOf(type: GraphQLOutputType, planFor: PlannedField['planFor'], info: GraphQLResolveInfo): Complete {
  const complete = completerOfValue();
  const isRequired = isNonNullType(type);
  return function completeAny(run, into, key, value) {
    if (value === null || value === undefined) {
      if (isRequired) throw new Error(`Cannot return null for non-nullable field ${nameOf(info)}.`);
      into[key] = null;
    } else if (typeof value !== 'object') complete(run, into, key, value);
    else if (value instanceof Error) throw value;
    else if (isPromise(value)) run.wait(into, key, value, completeAny);
    else complete(run, into, key, value);
  };

  function completerOfValue(): Complete {
    const present = getNullableType(type);
    if (isLeafType(present)) return completerOfLeaf(present);
    if (isListType(present)) return completerOfList(completerOf(present.ofType, planFor, info), info);
    return isObjectType(present) ? completerOfObject(present, planFor) : completerOfAbstract(present, planFor, info);
  }
}

function completerOfLeaf(type: GraphQLLeafType): Complete {
  return (_run, into, key, value) => {
    const answer = type.serialize(value);
    if (answer === null || answer === undefined) throw new Error(`${type.name} cannot represent a value.`);
    into[key] = answer;
  };
}

function completerOfList(complete: Complete, info: GraphQLResolveInfo): Complete {
  return (run, into, key, value) => {
    if (typeof value !== 'object' || !(Symbol.iterator in value!))
      throw new Error(`Expected Iterable, but did not find one for field "${nameOf(info)}".`);
    const answers: unknown[] = [];
    into[key] = answers;
    for (const each of value as Iterable<unknown>) {
      const place = answers.push(null) - 1;
      run.attempt(answers as unknown as Answer, place, each, complete);
    }
  };
}

function completerOfObject(type: GraphQLObjectType, planFor: PlannedField['planFor']): Complete {
  return (run, into, key, value) => {
    into[key] = run.read(planFor(type), value);
  };
}

function completerOfAbstract(
  type: GraphQLAbstractType,
  planFor: PlannedField['planFor'],
  info: GraphQLResolveInfo,
): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (run, into, key, value) => {
    const found = resolveType(value, run.context, info, type);
    if (isPromise(found)) run.wait(into, key, found, completeAs);
    else completeAs(run, into, key, found);

    function completeAs(...[, , , typeName]: Parameters<Complete>): void {
      const object = info.schema.getType(typeName as string);
      if (!isObjectType(object))
        throw new Error(
          `Abstract type "${type.name}" was resolved to a type "${typeName}" that does not exist inside the schema.`,
        );
      const answer = run.read(planFor(object), value);
      run.faults.noteType(answer, object);
      into[key] = answer;
    }
  };
}

const nameOf = ({ parentType, fieldName }: GraphQLResolveInfo): string => `${parentType.name}.${fieldName}`;

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | undefined)?.then === 'function';
