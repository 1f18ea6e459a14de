import { GraphQLScalarType, Kind } from 'graphql';
import { GraphQLJSON, GraphQLURL } from 'graphql-scalars';

const DATABASE_TEXT = /^(\d{4,}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00(?::?00)?|Z)$/;
const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Rows carry times as the database writes them (UTC): passed on after one check, without making a Date of each. */
function toIsoTime(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  const match = typeof value === 'string' ? DATABASE_TEXT.exec(value) : null;
  if (!match) throw new TypeError('Not a time in UTC');
  return `${match[1]}T${match[2]}.${(match[3] ?? '').slice(0, 3).padEnd(3, '0')}Z`;
}

function parseTime(value: unknown): Date {
  const day = typeof value === 'string' ? RFC_3339.exec(value)?.[1] : undefined;
  const time = new Date(day ? (value as string) : Number.NaN);
  // A Date reads the 30th of February as the 2nd of March.
  if (!day || Number.isNaN(time.getTime()) || new Date(day).toISOString().slice(0, 10) !== day)
    throw new TypeError('Must be a time as in RFC 3339, such as 2026-01-31T12:00:00.000Z');
  return time;
}

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A time as in RFC 3339, in UTC, to the millisecond: 2026-01-31T12:00:00.000Z.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: toIsoTime,
  parseValue: parseTime,
  parseLiteral: (node) => parseTime(node.kind === Kind.STRING ? node.value : null),
});

export const Json = withDescription(
  GraphQLJSON,
  'JSON',
  'Any JSON value: an object, a list, a string, a number, true, false or null.',
);

export const Url = withDescription(GraphQLURL, 'URL', 'An absolute URL, such as https://github.com/owner/repository.');

function withDescription(scalar: GraphQLScalarType, name: string, description: string): GraphQLScalarType {
  return new GraphQLScalarType({ ...scalar.toConfig(), name, description });
}
