import { ApiError } from '../errors.js';

/** What one operation gets at most of lists without a page size, whose cost is not known before they are read. */
export class Allowance {
  private readonly given = new WeakMap<object, number>();

  constructor(
    private readonly limit: number,
    private readonly message: string,
  ) {}

  /**
   * Counts what the operation is given.
   * @throws ApiError QUERY_TOO_COMPLEX where that is more than the limit, with all that it was given before
   */
  give(operation: object, amount: number): void {
    const total = (this.given.get(operation) ?? 0) + amount;
    this.given.set(operation, total);
    this.refuseAbove(total);
  }

  /** Refuses what is too much by itself, before it is given. */
  refuseAbove(amount: number): void {
    if (amount > this.limit) throw new ApiError('QUERY_TOO_COMPLEX', this.message);
  }
}
