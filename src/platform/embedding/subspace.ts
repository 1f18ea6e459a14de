import { hashText } from './hash-text.js';

/** A matrix of which most is 0, row after row: entries of row `i` are those from `starts[i]` to `starts[i + 1]`. */
export interface SparseRows {
  readonly starts: readonly number[];
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

/** Each brings the basis nearer to the strongest directions. From 3 to 12 nDCG@10 differed by .005 at most. */
const ROUNDS = 4;
/** Of a column's length squared: with less of its own it says what those before it say. */
const LEAST_OF_ITS_OWN = 1e-10;

/**
 * An orthonormal basis of the `count` strongest directions of `rows`, by subspace iteration: for each of the `width`
 * columns its `count` numbers, one column after the other. Where the rows have fewer directions, the last numbers are
 * 0. The same rows always give the same basis.
 */
export function findDirections(rows: SparseRows, width: number, count: number): Float64Array {
  // By the rows' side, as there are far fewer of them than columns.
  let basis: Float64Array = Float64Array.from(
    { length: (rows.starts.length - 1) * count },
    (_, place) => hashText(String(place)) / 2 ** 32 - 0.5,
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    basis = ofRows(rows, ofColumns(rows, basis, width, count), count);
    orthonormalize(basis, count);
  }
  const directions = ofColumns(rows, basis, width, count);
  orthonormalize(directions, count);
  return directions;
}

/** For each column the sum of the `count` numbers of its rows, as often as it is in them. */
function ofColumns(rows: SparseRows, ofRow: Float64Array, width: number, count: number): Float64Array {
  const sums = new Float64Array(width * count);
  eachEntry(rows, (row, column, value) => addTimes(value, ofRow, row * count, sums, column * count, count));
  return sums;
}

/** For each row the sum of the `count` numbers of its columns, as often as they are in it. */
function ofRows(rows: SparseRows, ofColumn: Float64Array, count: number): Float64Array {
  const sums = new Float64Array((rows.starts.length - 1) * count);
  eachEntry(rows, (row, column, value) => addTimes(value, ofColumn, column * count, sums, row * count, count));
  return sums;
}

function eachEntry(
  { starts, columns, values }: SparseRows,
  visit: (row: number, column: number, value: number) => void,
): void {
  for (let row = 0; row + 1 < starts.length; row += 1) {
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry += 1) visit(row, columns[entry]!, values[entry]!);
  }
}

/** `length` numbers from `start` on, so many times, to those from `at` on. */
function addTimes(times: number, from: Float64Array, start: number, to: Float64Array, at: number, length: number) {
  for (let place = 0; place < length; place += 1) to[at + place]! += times * from[start + place]!;
}

/** By Cholesky's decomposition of what the columns have in common. */
function orthonormalize(basis: Float64Array, count: number): void {
  const upper = decompose(productsOf(basis, count), count);
  for (let base = 0; base < basis.length; base += count) {
    for (let place = 0; place < count; place += 1) {
      const length = upper[place * count + place]!;
      let value = basis[base + place]!;
      for (let before = 0; before < place; before += 1) value -= basis[base + before]! * upper[before * count + place]!;
      basis[base + place] = length === 0 ? 0 : value / length;
    }
  }
}

/** Of each two columns; the lower half stays 0. */
function productsOf(basis: Float64Array, count: number): Float64Array {
  const products = new Float64Array(count * count);
  for (let base = 0; base < basis.length; base += count) {
    for (let a = 0; a < count; a += 1) {
      addTimes(basis[base + a]!, basis, base + a, products, a * count + a, count - a);
    }
  }
  return products;
}

/** In place: the upper triangle whose square it is, with a row of zeros for a column that has nothing of its own. */
function decompose(products: Float64Array, count: number): Float64Array {
  for (let a = 0; a < count; a += 1) {
    const row = a * count;
    const whole = products[row + a]!;
    for (let before = 0; before < a; before += 1) {
      const shared = products[before * count + a]!;
      for (let b = a; b < count; b += 1) products[row + b]! -= shared * products[before * count + b]!;
    }
    const own = products[row + a]!;
    const length = own > whole * LEAST_OF_ITS_OWN ? Math.sqrt(own) : 0;
    for (let b = a; b < count; b += 1) products[row + b] = length === 0 ? 0 : products[row + b]! / length;
  }
  return products;
}
