const MAX_DEPTH = 20;
const MAX_VALUES = 10_000;

/**
 * A copy that is plain JSON and that PostgreSQL's jsonb takes: dates as ISO strings, no NUL characters, no lone
 * surrogates, numbers that JSON lacks as null. Depth at most 20.
 * @throws RangeError when it is deeper or holds more than 10,000 values, as a structure that contains itself does.
 */
export function toPlainJson(value: unknown): unknown {
  let values = 0;
  const convert = (item: unknown, depth: number): unknown => {
    values += 1;
    if (depth > MAX_DEPTH || values > MAX_VALUES) throw new RangeError('Too much structure');
    if (typeof item === 'string') return cleanString(item);
    if (typeof item === 'number') return Number.isFinite(item) ? item : null;
    if (typeof item === 'boolean') return item;
    if (typeof item === 'bigint') return String(item);
    if (item instanceof Date) return Number.isNaN(item.getTime()) ? null : item.toISOString();
    if (Array.isArray(item)) return item.map((each) => convert(each, depth + 1));
    if (typeof item !== 'object' || item === null) return null;
    const entries = Object.entries(item).filter(([key]) => key !== '__proto__');
    return Object.fromEntries(entries.map(([key, each]) => [cleanString(key), convert(each, depth + 1)]));
  };
  return convert(value, 0);
}

function cleanString(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
