const NUMBER_WORDS = new Map(
  (
    'zero:0 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 ' +
    'fourteen:14 fifteen:15 sixteen:16 seventeen:17 eighteen:18 nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 ' +
    'sixty:60 seventy:70 eighty:80 ninety:90 hundred:100 thousand:1000 million:1000000 billion:1000000000 '
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

const SECONDS: Record<string, number> = {};
/** Of 1,024, in bytes. */
const POWERS: Record<string, number> = {};
for (const [names, seconds] of [
  ['ns nanosecond nanoseconds', 1e-9],
  ['µs us microsecond microseconds', 1e-6],
  ['ms msec millisecond milliseconds', 1e-3],
  ['s sec secs second seconds', 1],
  ['m min mins minute minutes', 60],
  ['h hr hrs hour hours', 3600],
  ['d day days', 86_400],
  ['week weeks', 604_800],
  ['month months', 2_592_000],
  ['year years', 31_536_000],
] as const) {
  for (const name of names.split(' ')) SECONDS[name] = seconds;
}
for (const [power, names] of [
  'b byte bytes',
  'k kb kib kilobyte kilobytes kibibytes',
  'mb mib megabyte megabytes mebibytes',
  'g gb gib gigabyte gigabytes gibibytes',
  't tb tib terabyte terabytes tebibytes',
].entries()) {
  for (const name of names.split(' ')) POWERS[name] = power;
}

export interface Quantity {
  /** The number as it is compared: `1,000` gives `1000`, `300e3` gives `300000`; versions and dates stay. */
  text: string;
  /** Comparison or range sign in front of it, in code only. */
  sign: string;
  /** In seconds or bytes, where a unit says so. */
  amount: Amount | null;
}

interface Amount {
  value: number;
  of: 'time' | 'size' | 'share';
  /** How large the unit is that it was given in: see POWERS. */
  power: number;
}

const PLAIN = /^[+-]?\d+(?:\.\d+)?(?:e\d+)?$/i;
const WITH_UNIT = /^([+-]?\d+(?:\.\d+)?)-?([a-zµ]+|%)$/i;
const SIGNED = /^([<>=^~]*)v?(?=\d)/i;

/** Reads `1,000`, `300e3`, `16KiB`, `100ms`, `5%`, `v1.2.3`, `2022-06-01`, `8.x`, `two`; null: no number. */
export function readQuantity(word: string): Quantity | null {
  const named = NUMBER_WORDS.get(word.toLowerCase());
  if (named !== undefined) return { text: named, sign: '', amount: null };
  const sign = SIGNED.exec(word)?.[1] ?? '';
  const bare = word
    .replace(SIGNED, '')
    .replace(/(?<=\d)[,_](?=\d{3}(?!\d))/g, '')
    .toLowerCase();
  if (!/^[+-]?\d/.test(bare)) return null;
  if (PLAIN.test(bare)) return { text: plainText(bare), sign, amount: null };
  const [, number, unit] = WITH_UNIT.exec(bare) ?? [];
  if (number !== undefined && unit !== undefined) {
    if (/^(?:st|nd|rd|th)$/.test(unit)) return { text: number, sign, amount: null };
    const amount = amountOf(Number(number), unit);
    if (amount) return { text: plainText(number), sign, amount };
  }
  return /^[\d.x*+-]+$/.test(bare) || /^\d+\.[\w.+-]+$/.test(bare) ? { text: bare, sign, amount: null } : null;
}

/** Units that are written so for nothing else: not so "m", "second" and "day". */
const UNIT =
  /^(?:ms|msecs?|milliseconds?|microseconds?|secs?|seconds|minutes|hours|days|bytes|[kmgt]i?b|(?:kilo|mega|giga|kibi|mebi|gibi)bytes)$/i;

/** Whether a word by itself names a unit of time or size. */
export const namesUnit = (word: string): boolean => UNIT.test(word);

/** The same with the unit that follows as a word of its own: `300` `seconds`. */
export function withUnit(quantity: Quantity, unit: string): Quantity {
  return quantity.amount ? quantity : { ...quantity, amount: amountOf(Number(quantity.text), unit.toLowerCase()) };
}

/** Whether a claim's number is a source's: the same figure unless units differ, or the same amount in other units. */
export function isSameQuantity(claim: Quantity, source: Quantity): boolean {
  if (claim.sign !== '' && claim.sign !== source.sign) return false;
  const [a, b] = [claim.amount, source.amount];
  if (a && b) return a.of === b.of && isSameAmount(a.value, b.value, 1.024 ** Math.abs(a.power - b.power));
  if (claim.text === source.text) return true;
  const [known, bare] = a ? [a, Number(source.text)] : [b, Number(claim.text)];
  // A table often has the bare figure, in milliseconds or bytes.
  return (
    known !== null && known.value > 0 && (bare === known.value || (known.of === 'time' && bare === known.value * 1000))
  );
}

/** The same, strictly: an amount is only another amount, and a bare figure that figure. */
export function isExactly(claim: Quantity, source: Quantity): boolean {
  if (claim.amount) return source.amount !== null && isSameQuantity(claim, source);
  return claim.text === source.text && claim.sign === source.sign;
}

/** @param ratio of 1,024 to 1,000, as often as it is between the two units: 16 KB are 16,384 bytes or 16,000 */
function isSameAmount(a: number, b: number, ratio: number): boolean {
  return [a, a * ratio, a / ratio].some((each) => Math.abs(each - b) <= 1e-6 * b);
}

function amountOf(value: number, unit: string): Amount | null {
  if (unit === '%' || unit === 'percent') return { value, of: 'share', power: 0 };
  if (Object.hasOwn(SECONDS, unit)) return { value: value * SECONDS[unit]!, of: 'time', power: 0 };
  const power = Object.hasOwn(POWERS, unit) ? POWERS[unit]! : null;
  if (power !== null) return { value: value * 1024 ** power, of: 'size', power };
  return null;
}

function plainText(number: string): string {
  const value = Number(number);
  return Number.isSafeInteger(value) ? String(value) : number;
}
