/** Wrapped a few times at most: a cycle of causes must not hold the process. */
const DEEPEST = 5;

/** An error and what caused it, as `cause` or, as MikroORM has it, `previous`: the outermost first. */
export function* errorChain(error: unknown): Generator<Error & { code?: unknown }> {
  let current = error;
  for (let depth = 0; depth < DEEPEST && current instanceof Error; depth += 1) {
    yield current;
    current = current.cause ?? (current as { previous?: unknown }).previous;
  }
}
