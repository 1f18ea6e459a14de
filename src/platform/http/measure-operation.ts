import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Limits } from '../limits.js';

/** How large an operation is, whatever the data: what each part counts is told where `Limits` sets its ceiling. */
export interface OperationSize {
  readonly fields: number;
  readonly depth: number;
  readonly cost: number;
}

type Variables = Readonly<Record<string, unknown>>;
type CostLimits = Pick<Limits, 'defaultPageSize' | 'maxPageSize' | 'assumedListLength'>;

const NOTHING: OperationSize = { fields: 0, depth: 0, cost: 0 };
const SIZE_ARGUMENTS = ['first', 'last', 'topK'];
/** GraphQL's own rule keeps these from nesting, and the standard introspection query is deeper than any limit. */
const INTROSPECTION = ['__schema', '__type'];

/**
 * Measures an operation before it is validated, so unknown names and cycles must not matter. Each fragment is measured
 * once for each page size around it, which keeps documents that spread fragments exponentially cheap to refuse.
 */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Variables,
  limits: CostLimits,
): OperationSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const measured = new Map<string, OperationSize>();
  const variables = withDefaults(operation, given);
  return measureSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);

  function measureSelections(set: SelectionSetNode, parent?: GraphQLCompositeType, pageSize?: number): OperationSize {
    let { fields, depth, cost } = NOTHING;
    for (const selection of set.selections) {
      const size =
        selection.kind === Kind.FIELD
          ? measureField(selection, parent, pageSize)
          : selection.kind === Kind.FRAGMENT_SPREAD
            ? measureFragment(selection.name.value, pageSize)
            : measureSelections(
                selection.selectionSet,
                typeNamed(selection.typeCondition?.name.value) ?? parent,
                pageSize,
              );
      fields += size.fields;
      depth = Math.max(depth, size.depth);
      cost += size.cost;
    }
    return { fields, depth, cost };
  }

  function measureField(node: FieldNode, parent?: GraphQLCompositeType, pageSize?: number): OperationSize {
    if (INTROSPECTION.includes(node.name.value)) return { ...NOTHING, fields: 1 };
    if (!node.selectionSet) return { fields: 1, depth: 1, cost: 0 };
    const field = fieldOf(parent, node.name.value);
    const isList = field !== undefined && isListType(getNullableType(field.type));
    const ownSize = field && sizeOf(field, node, isList);
    const type = field && getNamedType(field.type);
    // A page size is about the list that the connection holds, not about what stands beside it.
    const inner = measureSelections(
      node.selectionSet,
      isCompositeType(type) ? type : undefined,
      isList ? undefined : ownSize,
    );
    const times = isList ? (ownSize ?? pageSize ?? limits.assumedListLength) : 1;
    return { fields: 1, depth: 1 + inner.depth, cost: times * (1 + inner.cost) };
  }

  function measureFragment(name: string, pageSize?: number): OperationSize {
    const key = `${name} ${pageSize}`;
    const known = measured.get(key);
    if (known) return known;
    const fragment = fragments.get(name);
    if (!fragment) return NOTHING;
    measured.set(key, NOTHING);
    const size = measureSelections(fragment.selectionSet, typeNamed(fragment.typeCondition.name.value), pageSize);
    measured.set(key, size);
    return size;
  }

  function typeNamed(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }

  function sizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode, isList: boolean): number | undefined {
    const values = (node.arguments ?? []).map(({ name, value }) => ({
      name: name.value,
      value: valueFromASTUntyped(value, variables),
    }));
    const parameters = field.args.filter(({ name }) => SIZE_ARGUMENTS.includes(name));
    if (parameters.length > 0) {
      const given = values.filter(({ name }) => SIZE_ARGUMENTS.includes(name)).map(({ value }) => value);
      const defaults = parameters.map(({ defaultValue }) => defaultValue);
      const [sizes] = [given.filter(isNumber), defaults.filter(isNumber)].filter(({ length }) => length > 0);
      return clamp(Math.max(...(sizes ?? [limits.defaultPageSize])));
    }
    const lengths = values.map(({ value }) => (Array.isArray(value) ? value.length : 0));
    return isList && Math.max(...lengths, 0) > 0 ? clamp(Math.max(...lengths)) : undefined;
  }

  function clamp(size: number): number {
    return Math.min(Math.max(size, 1), limits.maxPageSize);
  }
}

function fieldOf(parent: GraphQLCompositeType | undefined, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function withDefaults(operation: OperationDefinitionNode, given: Variables): Variables {
  const defaults = operation.variableDefinitions?.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
  );
  return { ...Object.fromEntries(defaults ?? []), ...given };
}
