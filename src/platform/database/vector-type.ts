import { Type } from '@mikro-orm/core';

/**
 * A list of numbers in the service, `[1,2,3]` as text on the wire; see toVectorText for their scale, and
 * VectorParameter for many of them. In the column pgvector's `halfvec`, half as long as `vector` and as good to tell
 * what is near; the embedded database, which would scan it six times as slowly, has `vector`. As long as its model
 * makes it: the column has no length. Statements leave the type of a parameter to the column beside it.
 */
export class VectorType extends Type<number[], string> {
  override convertToDatabaseValue(value: number[]): string {
    return toVectorText(value);
  }

  override convertToJSValue(value: string): number[] {
    return typeof value === 'string' ? (JSON.parse(value) as number[]) : value;
  }

  override getColumnType(): string {
    return vectorType(false);
  }
}

/** The type of the column, or of vectors of so many numbers in it. */
export function vectorType(embedded: boolean, dimensions?: number): string {
  return `${embedded ? 'vector' : 'halfvec'}${dimensions === undefined ? '' : `(${dimensions})`}`;
}

/** Half precision ends at 65,504, and one number of a unit vector may be 1. */
const SCALE = 5e4;
/** Turning numbers into text was a tenth of a sync's work. In a unit vector of 768 numbers hardly any is above .2. */
const TEXTS = Array.from({ length: 0.4 * SCALE + 1 }, (_, place) => String(place - 0.2 * SCALE));

/**
 * A unit vector as pgvector reads it, in whole fifty-thousandths, which makes the text a third shorter: cosines, by
 * which all are compared, do not depend on length. Rounding changes none by more than a ten-thousandth.
 */
export function toVectorText(vector: ArrayLike<number>): string {
  const texts = Array.from(vector, (value) => {
    const rounded = Math.round(value * SCALE);
    return TEXTS[rounded + 0.2 * SCALE] ?? rounded;
  });
  return `[${texts.join(',')}]`;
}

/**
 * A vector as the parameter of a statement that stores many. The server gets it as it keeps it, which takes a third of
 * the work that text takes on both sides; the embedded database's driver knows text only.
 */
export class VectorParameter {
  constructor(private readonly vector: ArrayLike<number>) {}

  /** Asked for by pg. The count, two bytes of padding, and 16-bit floats, the high byte first. */
  toPostgres(): Buffer {
    const head = Buffer.alloc(4);
    head.writeInt16BE(this.vector.length);
    return Buffer.concat([head, Buffer.from(Float16Array.from(this.vector).buffer).swap16()]);
  }

  /** Asked for by PGlite. */
  toString(): string {
    return toVectorText(this.vector);
  }
}
