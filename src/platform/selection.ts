import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import { createParameterDecorator } from 'type-graphql';

/** Names of fields. */
export type Fields = ReadonlySet<string>;

const known = new WeakMap<GraphQLResolveInfo['fieldNodes'], Fields>();

/**
 * A parameter of a resolver of a connection: which fields of its nodes the operation selects, whatever @skip and @include say.
 * One field of an operation has the same object for all its parents.
 */
export const NodeFields = (): ParameterDecorator =>
  createParameterDecorator<object>(({ info }) => nodeFieldsOf(info)) as ParameterDecorator;

function nodeFieldsOf({ fieldNodes, fragments }: GraphQLResolveInfo): Fields {
  const found = known.get(fieldNodes);
  if (found) return found;
  const connection = fieldNodes.flatMap((node) => below(node, fragments));
  const edges = connection.filter(({ name }) => name.value === 'edges').flatMap((node) => below(node, fragments));
  const nodes = [...connection, ...edges].filter(({ name }) => name.value === 'nodes' || name.value === 'node');
  const fields = new Set(nodes.flatMap((node) => below(node, fragments)).map(({ name }) => name.value));
  known.set(fieldNodes, fields);
  return fields;
}

function below(
  { selectionSet }: { selectionSet?: SelectionSetNode },
  fragments: GraphQLResolveInfo['fragments'],
): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    return below(selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value]!, fragments);
  });
}
