import type { EntityProperty } from '@mikro-orm/core';
import { type RawBuilder, sql } from 'kysely';

import type { Database } from './database.js';

/** An entity as a read returns it: the same properties, with times as text as the database writes them (UTC). */
export type Row<Entity> = {
  [Key in keyof Entity]: Entity[Key] extends Date
    ? string
    : Entity[Key] extends Date | null
      ? string | null
      : Entity[Key];
};

export type EntityClass<Entity> = new () => Entity;

/** Where an entity is stored, and how its columns are selected under the names of its properties. */
export interface TableMapping {
  readonly table: string;
  /** `t."project_id" as "projectId", …` of everything that is not lazy, or only of some properties. */
  columns(alias: string, only?: ReadonlySet<string> | null): RawBuilder<unknown>;
  /** The properties that `columns` selects, each with its column. */
  readonly properties: ReadonlyMap<string, string>;
}

const mappings = new WeakMap<Database, Map<unknown, TableMapping>>();

/** Read once from the ORM's metadata, so that reads and writes cannot name a column differently. */
export function mappingOf<Entity extends object>(database: Database, entity: EntityClass<Entity>): TableMapping {
  let known = mappings.get(database);
  if (!known) mappings.set(database, (known = new Map()));
  let mapping = known.get(entity);
  if (!mapping) known.set(entity, (mapping = readMapping(database, entity)));
  return mapping;
}

function readMapping<Entity extends object>(database: Database, entity: EntityClass<Entity>): TableMapping {
  const metadata = database.orm.getMetadata().get(entity);
  const props = (metadata.props as EntityProperty[]).filter((prop) => !prop.lazy && prop.fieldNames?.length === 1);
  const properties = new Map(props.map((prop) => [prop.name, prop.fieldNames[0]!]));
  return {
    table: metadata.tableName,
    properties,
    columns: (alias, only) =>
      sql.join(
        [...properties]
          .filter(([name]) => !only || only.has(name))
          .map(([name, column]) => sql`${sql.ref(`${alias}.${column}`)} as ${sql.id(name)}`),
      ),
  };
}
