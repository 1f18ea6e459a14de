import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import { createParameterDecorator } from 'type-graphql';

/** What an operation selects of a connection, whatever @skip and @include say. */
export interface PageSelection {
  /** The names of its nodes' fields. */
  readonly fields: ReadonlySet<string>;
  readonly totalCount: boolean;
}

const known = new WeakMap<GraphQLResolveInfo['fieldNodes'], PageSelection>();

/** A parameter of a resolver of a connection. One field of an operation has the same object for all its parents. */
export const Selected = (): ParameterDecorator =>
  createParameterDecorator<object>(({ info }) => selectionOf(info)) as ParameterDecorator;

function selectionOf({ fieldNodes, fragments }: GraphQLResolveInfo): PageSelection {
  const found = known.get(fieldNodes);
  if (found) return found;
  const connection = fieldNodes.flatMap((node) => below(node, fragments));
  const named = (all: readonly FieldNode[], ...names: string[]) => all.filter(({ name }) => names.includes(name.value));
  const edges = named(connection, 'edges').flatMap((node) => below(node, fragments));
  const nodes = [...named(connection, 'nodes'), ...named(edges, 'node')].flatMap((node) => below(node, fragments));
  const selection = {
    fields: new Set(nodes.map(({ name }) => name.value)),
    totalCount: named(connection, 'totalCount').length > 0,
  };
  known.set(fieldNodes, selection);
  return selection;
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
