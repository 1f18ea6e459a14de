import { PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 } from 'uuid';

/** The primary key of every stored noun: a UUIDv7 made by the service, so that ids sort by time and index well. */
export function Id(): PropertyDecorator {
  return PrimaryKey({ type: 'uuid', onCreate: newId }) as PropertyDecorator;
}

/** A `timestamptz` to the millisecond, which is what a JavaScript Date and a page cursor can hold exactly. */
export function Timestamp(options: { nullable?: boolean } = {}): PropertyDecorator {
  return Property({ type: 'datetime', length: 3, ...options }) as PropertyDecorator;
}

/** A new UUIDv7. */
export function newId(): string {
  return v7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text can be an id at all: what cannot is treated as unknown, never sent to the database. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}
