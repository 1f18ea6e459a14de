import { type GraphQLFieldResolver, type GraphQLResolveInfo, type GraphQLSchema, isObjectType } from 'graphql';

/** What TypeGraphQL knows of a method behind a field; of its parameters, those that the API has. */
interface Handler {
  readonly target: new () => Record<string, (...parameters: unknown[]) => unknown>;
  readonly methodName: string;
  readonly schemaName: string;
  readonly params?: readonly Parameter[];
  /** Something stands before it: an authorization, or another middleware. */
  readonly roles?: readonly unknown[];
  readonly middlewares?: readonly unknown[];
}

interface FieldHandler extends Handler {
  /** `internal`: a method of the object type's own class, which no type here has. */
  readonly kind: 'internal' | 'external';
  getObjectType(): unknown;
}

type Call = readonly [root: unknown, args: Record<string, unknown>, context: unknown, info: GraphQLResolveInfo];

interface Parameter {
  readonly index: number;
  readonly kind: string;
  readonly name: string;
  resolver(data: { root: unknown; args: unknown; context: unknown; info: GraphQLResolveInfo }): unknown;
}

interface Storage {
  readonly queries: readonly Handler[];
  readonly mutations: readonly Handler[];
  readonly subscriptions: readonly Handler[];
  readonly fieldResolvers: readonly FieldHandler[];
  readonly objectTypes: readonly { readonly target: unknown; readonly name: string; simpleResolvers?: boolean }[];
}

/** It is where TypeGraphQL keeps it, so that all copies of it share it. */
const storage = (): Storage =>
  (globalThis as unknown as { TypeGraphQLMetadataStorage: Storage }).TypeGraphQLMetadataStorage;

/** TypeGraphQL puts a function before each field, even one that only reads its property, unless told not to. */
export function leavePlainFieldsToGraphql(): void {
  for (const type of storage().objectTypes) type.simpleResolvers = true;
}

/**
 * Has fields call their methods themselves. TypeGraphQL, which made the schema, would at each call sort the parameters,
 * make an object of each argument's class, and wait for a promise of each: several times what most methods take.
 */
export function callMethodsDirectly(schema: GraphQLSchema): void {
  const { queries, mutations, subscriptions, fieldResolvers, objectTypes } = storage();
  const names = new Map(objectTypes.map(({ target, name }) => [target, name]));
  for (const handler of queries) replace('Query', handler);
  for (const handler of mutations) replace('Mutation', handler);
  for (const handler of subscriptions) replace('Subscription', handler);
  for (const handler of fieldResolvers)
    if (handler.kind === 'external') replace(names.get(handler.getObjectType()), handler);

  function replace(typeName: string | undefined, handler: Handler): void {
    const type = schema.getType(typeName ?? '');
    const field = isObjectType(type) ? type.getFields()[handler.schemaName] : undefined;
    if (field?.resolve && !handler.roles?.length && !handler.middlewares?.length) field.resolve = directly(handler);
  }
}

function directly({ target, methodName, params = [] }: Handler): GraphQLFieldResolver<unknown, unknown> {
  const resolver = new target();
  const readers = params.toSorted((a, b) => a.index - b.index).map(readerOf);
  return (...call) => resolver[methodName]!(...readers.map((read) => read(call)));
}

function readerOf({ kind, name, resolver }: Parameter): (call: Call) => unknown {
  if (kind === 'root') return ([root]) => root;
  if (kind === 'args') return ([, args]) => args;
  if (kind === 'arg') return ([, args]) => args[name];
  if (kind === 'context') return ([, , context]) => context;
  if (kind === 'custom') return ([root, args, context, info]) => resolver({ root, args, context, info });
  throw new Error(`Parameters of the kind ${kind} are not read yet.`);
}
