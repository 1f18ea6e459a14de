import 'reflect-metadata';
import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';

import { ENTITIES } from '../../src/entities.js';
import { DateTime } from '../../src/platform/graphql/scalars.js';
import { buildApiSchema, printApiSchema } from '../../src/schema.js';

let schema: GraphQLSchema;
beforeAll(async () => void (schema = await buildApiSchema()));

/** Everything that can be described, by its path: `Query`, `Query.project`, `Query.project(id)`. */
function* described(): Generator<[path: string, description: string | null | undefined]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    yield [type.name, type.description];
    if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field.description];
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) yield* ofField(type.name, field);
  }
}

function* ofField(type: string, field: GraphQLField<unknown, unknown>): Generator<[string, string | null | undefined]> {
  yield [`${type}.${field.name}`, field.description];
  for (const arg of field.args) yield [`${type}.${field.name}(${arg.name})`, arg.description];
}

describe('schema.graphql', () => {
  it('is what the service has; `npm run schema` writes it anew', async () => {
    expect(readFileSync('schema.graphql', 'utf8')).toBe(await printApiSchema());
  });

  it('describes every type, field, argument, input field and enum value', () => {
    expect([...described()].filter(([, description]) => !description?.trim()).map(([path]) => path)).toEqual([]);
  });

  it('ends every description as a sentence ends', () => {
    const odd = [...described()].filter(([, text]) => text && !/[.!)`:…]$/.test(text.trim()));
    expect(odd).toEqual([]);
  });
});

/** Columns that the API shows under no name of their own. */
const HIDDEN = {
  Project: ['inputTokens', 'outputTokens'],
  ProjectDoc: ['sourceKind', 'syncAgain', 'repositoryKey', 'polledAt'],
  Document: ['projectId', 'passageCount', 'termCount', 'cutVersion'],
  Chunk: ['projectId', 'textDigest'],
  SyncRun: ['heartbeatAt', 'createdAt'],
  SyncRunFile: ['id', 'syncRunId', 'position'],
  LLMProvider: [],
  EvaluationSet: [],
  EvaluationQuestion: [],
  EvaluationRun: ['heartbeatAt'],
  EvaluationResult: ['id'],
  Conversation: ['titleGiven', 'inputTokens', 'outputTokens'],
  Reembedding: ['attempt', 'heartbeatAt'],
  Message: ['sequence', 'active', 'selected', 'heartbeatAt'],
};

describe('the columns of a type', () => {
  let entities: EntityMetadata[];
  beforeAll(async () => {
    const orm = await MikroORM.init({ dbName: 'none', entities: ENTITIES, connect: false } as never);
    entities = [...orm.getMetadata().getAll().values()].filter(({ className }) => schema.getType(className));
    await orm.close();
  });

  /** The field that shows a column: its own, or that of the relation that the foreign key stands for. */
  function fieldOf(type: GraphQLObjectType, { name }: EntityProperty) {
    const fields = type.getFields();
    return fields[name] ?? fields[name.replace(/Id$/, '')];
  }

  const properties = () =>
    entities.flatMap((entity) =>
      (Object.values(entity.properties) as EntityProperty[]).map((property) => ({
        type: schema.getType(entity.className) as GraphQLObjectType,
        property,
      })),
    );

  it('are shown, but for what is nobody’s business', () => {
    const hidden = Map.groupBy(
      properties().filter(({ type, property }) => !fieldOf(type, property)),
      ({ type }) => type.name,
    );
    const names = entities.map(({ className }) => [
      className,
      (hidden.get(className) ?? []).map(({ property }) => property.name),
    ]);
    expect(Object.fromEntries(names)).toEqual(HIDDEN);
  });

  it('may be null where their fields may, and nowhere else', () => {
    const different = properties()
      .map(({ type, property }) => ({ type, property, field: fieldOf(type, property) }))
      .filter(({ property, field }) => field && isNonNullType(field.type) === Boolean(property.nullable))
      .map(({ type, property }) => `${type.name}.${property.name}`);
    expect(different).toEqual([]);
  });
});

describe('DateTime', () => {
  it.each([
    ['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T13:30:00+01:30', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31t12:00:00z', '2026-01-31T12:00:00.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
  ])('reads %s', (text, time) => {
    expect(DateTime.parseValue(text).toISOString()).toBe(time);
    expect(DateTime.parseLiteral({ kind: Kind.STRING, value: text }, {}).toISOString()).toBe(time);
  });

  it.each([
    '',
    'now',
    '2026-01-31',
    '12:00:00Z',
    '2026-01-31T12:00:00',
    '2026-02-30T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-01-31T25:00:00Z',
    '2026-01-31T12:00:00+25:00',
    'infinity',
    "2026-01-31T12:00:00Z'; --",
    1_769_860_800_000,
    null,
    {},
    [],
  ])('refuses %j', (value) => {
    expect(() => DateTime.parseValue(value)).toThrow('Must be a time as in RFC 3339, such as 2026-01-31T12:00:00.000Z');
  });

  it.each([
    ['2026-01-31 12:00:00+00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31 12:00:00.1+00', '2026-01-31T12:00:00.100Z'],
    ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123Z'],
    [new Date(Date.UTC(2026, 0, 31)), '2026-01-31T00:00:00.000Z'],
  ])('writes %s to the millisecond, in UTC', (value, text) => {
    expect(DateTime.serialize(value)).toBe(text);
  });

  it('writes nothing that is not in UTC', () => {
    expect(() => DateTime.serialize('2026-01-31 12:00:00+01')).toThrow('Not a time in UTC');
  });
});
