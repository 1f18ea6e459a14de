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

const DECIMALS = 1e5;
/** Turning numbers into text was a tenth of a sync's work. In a unit vector of this length hardly any is above .2. */
const TEXTS = Array.from({ length: 0.4 * DECIMALS + 1 }, (_, place) => String((place - 0.2 * DECIMALS) / DECIMALS));

/** A unit vector as pgvector reads it, to five decimals: that changes no similarity by more than a ten-thousandth. */
export function toVectorText(vector: readonly number[]): string {
  const texts = vector.map((value) => {
    const rounded = Math.round(value * DECIMALS);
    return TEXTS[rounded + 0.2 * DECIMALS] ?? rounded / DECIMALS;
  });
  return `[${texts.join(',')}]`;
}
