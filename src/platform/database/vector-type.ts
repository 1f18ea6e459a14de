import { Type, ValidationError } from '@mikro-orm/core';

import { EMBEDDING_DIMENSIONS } from '../embedding/embedder.js';

/** pgvector's `vector(768)`: a list of numbers in the service, `[1,2,3]` as text on the wire of both databases. */
export class VectorType extends Type<number[], string> {
  override convertToDatabaseValue(value: number[]): string {
    if (value.length !== EMBEDDING_DIMENSIONS) throw ValidationError.invalidType(VectorType, value, 'JS');
    return toVectorText(value);
  }

  override convertToJSValue(value: string): number[] {
    return typeof value === 'string' ? (JSON.parse(value) as number[]) : value;
  }

  override getColumnType(): string {
    return `vector(${EMBEDDING_DIMENSIONS})`;
  }
}

/** A vector as pgvector reads it; seven digits are what its single precision can hold. */
export function toVectorText(vector: readonly number[]): string {
  return `[${vector.map((x) => Number(x.toPrecision(7))).join(',')}]`;
}
