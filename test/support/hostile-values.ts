/** What an attacker, a broken client or a bad day puts into an argument. None of it holds what `leakIn` looks for. */
export const HOSTILE_STRINGS: readonly string[] = [
  '',
  ' ',
  "'",
  "x'); drop table project; --",
  '" or 1=1 --',
  '$1',
  ':id ?',
  '\\',
  '%',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u200b\ufeff',
  '../../etc/passwd',
  '/etc/passwd',
  '-oProxyCommand=touch',
  '--upload-pack=touch',
  '%s%n%x%d',
  '${jndi:ldap://127.0.0.1:1/x}',
  '{{7*7}}',
  '\r\nX-Header: 1',
  '<script>alert(1)</script>',
  '{"$ne":null}',
  'NaN',
  '1e400',
  'infinity',
  '01900000-0000-7000-8000-00000000000g',
  '{01900000-0000-7000-8000-000000000000}',
  '01900000000070008000000000000000',
  '00000000-0000-0000-0000-000000000000',
];

export const LARGE_STRINGS: readonly string[] = ['x'.repeat(100_000), '😀'.repeat(25_000), '('.repeat(100_000)];

export const HOSTILE_NUMBERS: readonly number[] = [0, -1, 101, 2 ** 31 - 1, -(2 ** 31)];
/** What an Int cannot be. */
export const HOSTILE_FLOATS: readonly number[] = [-0, 1.5, 2 ** 31, 2 ** 53, 1e308, -1e308, 5e-324];

/** JSON whose form is the attack. */
export const HOSTILE_JSON: readonly unknown[] = [
  null,
  true,
  [],
  {},
  [[[null]]],
  { constructor: { name: 'x' }, toString: 1, length: 1e9 },
  Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`key ${index}`, index])),
  deep(2_000),
];

function deep(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { value };
  return value;
}

/** What only a driver, a file system or a stack trace says. */
const LEAKS: Record<string, RegExp> = {
  'a statement': /\b(?:select|insert|update|delete)\b[^"]{0,200}?\b(?:from|into|where|set)\b/i,
  'a word of the database':
    /invalid (?:input syntax|byte sequence)|syntax error|violates|duplicate key|relation \\?"|column \\?"|for type|unterminated|deadlock|unicode (?:high|low) surrogate|postgres|sqlstate/i,
  'a library': /pglite|mikro|kysely|pg-boss|node_modules|graphql-js/i,
  'a path': /\/(?:home|usr|tmp|var|root|opt|srv|work|app|src|dist)\//,
  'a stack': /\\n\s+at |\.[cm]?[jt]s:\d+/,
  'an error of the runtime':
    /\b(?:Type|Range|Syntax|Reference)Error\b|cannot read propert|is not a function|\b(?:ECONN|ENOENT|EACCES|ERR_)/i,
  'an INTERNAL error': /\bINTERNAL\b/,
};

/** What an answer tells that it must not, or null. */
export function leakIn(answer: string): string | null {
  return Object.entries(LEAKS).find(([, pattern]) => pattern.test(answer))?.[0] ?? null;
}
