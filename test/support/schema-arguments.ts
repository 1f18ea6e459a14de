import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** One of each type that has an id, by the name of the type; of a SyncPreview the ProjectDoc that it is made for. */
export type Ids = Record<string, string>;

/** One place of the schema that takes a value from outside: an argument, or a field of an input. */
export interface Argument {
  /** Such as `Project.search(query)` or `Mutation.createProject(input.name)`. */
  readonly path: string;
  readonly operation: 'query' | 'mutation' | 'subscription';
  readonly type: GraphQLInputType;
  /** A value that nothing is wrong with. */
  harmless(ids: Ids): unknown;
  /** An operation that gives each of these values to it, everything else being in order. */
  operationWith(values: readonly unknown[], ids: Ids): { document: string; variables: Record<string, unknown> };
}

/** Every argument of every field that can be reached through `node(id)` or a root type, taken apart to its leaves. */
export function argumentsOf(schema: GraphQLSchema): Argument[] {
  const objects = Object.values(schema.getTypeMap()).filter(isObjectType);
  return objects
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => Object.values(type.getFields()).flatMap((field) => argumentsOfField(schema, type.name, field)));
}

function argumentsOfField(schema: GraphQLSchema, parent: string, field: GraphQLField<unknown, unknown>): Argument[] {
  return field.args.flatMap((arg) =>
    [...leavesOf(arg.type)].map(({ path, type }) => ({
      path: `${parent}.${field.name}(${[arg.name, ...path].join('.')})`,
      operation: operationOf(parent),
      type,
      harmless: (ids) => harmlessValue(type, path.at(-1) ?? arg.name, field.name, ids),
      operationWith(values, ids) {
        const variables: Record<string, unknown> = {};
        const declared: string[] = [];
        const declare = (name: string, type: GraphQLInputType, value: unknown): string => {
          declared.push(`$${name}: ${String(type)}`);
          variables[name] = value;
          return `$${name}`;
        };
        const harmless = (type: GraphQLInputType, name: string) => harmlessValue(type, name, field.name, ids);
        const fields = values.map((value, index) => {
          const given = placed(path, value, harmless(arg.type, arg.name));
          const others = field.args
            .filter((other) => other !== arg && isRequiredArgument(other))
            .map(
              (other) =>
                `${other.name}: ${declare(`${other.name}${index}`, other.type, harmless(other.type, other.name))}`,
            );
          const call = `${field.name}(${[`${arg.name}: ${declare(`v${index}`, arg.type, given)}`, ...others].join(', ')})`;
          const selection = isLeafType(getNamedType(field.type)) ? '' : ' { ...Result }';
          return isRoot(parent) || parent === PREVIEW
            ? `a${index}: ${call}${selection}`
            : `a${index}: node(id: ${declare(`node${index}`, idType(schema), ids[parent])}) { ... on ${parent} { ${call}${selection} } }`;
        });
        const result = getNamedType(field.type);
        const fragment = isLeafType(result) ? '' : `fragment Result on ${result.name} ${selectionOf(result, 2)}`;
        const all =
          parent === PREVIEW
            ? `previewSync(input: { id: ${declare('preview', idType(schema), ids[PREVIEW])} }) { preview { ${fields.join(' ')} } }`
            : fields.join(' ');
        return { document: `${this.operation}(${declared.join(', ')}) { ${all} } ${fragment}`, variables };
      },
    })),
  );
}

/** In a path: the first of a list. */
const FIRST = '0';

/** Only a mutation gives one. */
const PREVIEW = 'SyncPreview';

function operationOf(parent: string): Argument['operation'] {
  if (parent === 'Mutation' || parent === PREVIEW) return 'mutation';
  return parent === 'Subscription' ? 'subscription' : 'query';
}

const isRoot = (type: string): boolean => ['Query', 'Mutation', 'Subscription'].includes(type);
const idType = (schema: GraphQLSchema) => schema.getQueryType()!.getFields().node!.args[0]!.type;

function* leavesOf(type: GraphQLInputType, path: string[] = []): Generator<{ path: string[]; type: GraphQLInputType }> {
  const inner = getNullableType(type);
  // The first of a list of inputs stands for all; one that may be left out would have to be made first.
  if (isNonNullType(type) && isListType(inner) && isInputObjectType(getNullableType(inner.ofType)))
    yield* leavesOf(inner.ofType, [...path, FIRST]);
  if (!isInputObjectType(inner)) return yield { path, type };
  for (const field of Object.values(inner.getFields())) yield* leavesOf(field.type, [...path, field.name]);
}

function placed(path: readonly string[], value: unknown, base: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (name === FIRST) return [placed(rest, value, (base as unknown[])[0])];
  const fields = (base ?? {}) as Record<string, unknown>;
  return { ...fields, [name]: placed(rest, value, fields[name]) };
}

let count = 0;
const HARMLESS_TEXTS: Record<string, string> = { githubUrl: 'https://127.0.0.1:1/o/r', providerName: 'ollama' };

/** Something that the service accepts; of an input, what is required. */
function harmlessValue(type: GraphQLInputType, name: string, field: string, ids: Ids): unknown {
  const inner = getNullableType(type);
  if (isListType(inner)) return [harmlessValue(inner.ofType, name, field, ids)];
  if (isInputObjectType(inner)) {
    const required = Object.values(inner.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(required.map((part) => [part.name, harmlessValue(part.type, part.name, field, ids)]));
  }
  if (isEnumType(inner)) return inner.getValues()[0]!.name;
  if (inner.name === 'ID') return idFor(name === 'id' ? field : name, ids);
  const values: Record<string, unknown> = { Int: 1, Float: 0.5, Boolean: true, JSON: {} };
  return values[inner.name] ?? HARMLESS_TEXTS[name] ?? `words ${(count += 1)}`;
}

/** `projectId` and `updateProject` are about a Project, `syncProjectDoc` is about a ProjectDoc, `setId` about an EvaluationSet. */
function idFor(name: string, ids: Ids): string {
  const bare = name.replace(/Ids?$/, '').toLowerCase();
  const types = Object.keys(ids).toSorted((a, b) => b.length - a.length);
  const type =
    types.find((type) => bare.endsWith(type.toLowerCase())) ?? types.find((type) => type.toLowerCase().endsWith(bare));
  return ids[type ?? 'ProjectDoc']!;
}

/** Everything that needs no arguments, so many levels deep. */
function selectionOf(type: GraphQLNamedType, levels: number): string {
  if (!isObjectType(type) && !isInterfaceType(type)) return '';
  const fields = Object.values(type.getFields()).filter((field) => !field.args.some(isRequiredArgument));
  const leaves = fields.filter((field) => isLeafType(getNamedType(field.type))).map(({ name }) => name);
  const branches =
    levels === 0
      ? []
      : fields
          .filter((field) => !isLeafType(getNamedType(field.type)) && isNeeded(field))
          .map((field) => `${field.name} ${selectionOf(getNamedType(field.type), levels - 1)}`);
  return `{ ${['__typename', ...leaves, ...branches].join(' ')} }`;
}

/** Lists of what was asked for, and single objects; not the lists that these have in their turn. */
function isNeeded(field: GraphQLField<unknown, unknown>): boolean {
  const isConnection = getNamedType(field.type).name.endsWith('Connection');
  return !isConnection && (isNonNullType(field.type) || !isListType(getNullableType(field.type)));
}
