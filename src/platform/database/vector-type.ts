import { Type, ValidationError } from '@mikro-orm/core';

import { EMBEDDING_DIMENSIONS } from '../embedding/embedder.js';

/** pgvector's `vector(768)`: a list of numbers in the service, `[1,2,3]` as text on the wire of both databases; see toVectorText for their scale. */
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

const SCALE = 1e5;
/** Turning numbers into text was a tenth of a sync's work. In a unit vector of this length hardly any is above .2. */
const TEXTS = Array.from({ length: 0.4 * SCALE + 1 }, (_, place) => String(place - 0.2 * SCALE));

/**
 * A unit vector as pgvector reads it, in whole hundred-thousandths, which makes the text a third shorter: cosines, by which all are
 * compared, do not depend on length. Rounding changes none by more than a ten-thousandth.
 */
export function toVectorText(vector: readonly number[]): string {
  const texts = vector.map((value) => {
    const rounded = Math.round(value * SCALE);
    return TEXTS[rounded + 0.2 * SCALE] ?? rounded;
  });
  return `[${texts.join(',')}]`;
}
