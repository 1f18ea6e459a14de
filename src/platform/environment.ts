import { isIP } from 'node:net';
import { HOST_SOFTWARE, type HostEntry, parseHostEntry } from './network/host-list.js';

/** The variables of an environment as a table of names and defaults knows them, and what is wrong with them. */
export interface Variables<Name extends string> {
  /** What was set, without the default; null where it is empty. */
  set(name: Name): string | null;
  /** What was set or else the default, parsed; null where there is neither, or a fault that is noted. */
  read<T>(name: Name, parse: (text: string) => T): T | null;
  /** One line each, beginning with a variable's name. */
  readonly faults: string[];
}

/** Reads `env` by a table of defaults ('' for none). A variable of nothing but space counts as unset. */
export function readVariables<Name extends string>(
  table: Record<Name, { default: string }>,
  env: Record<string, string | undefined>,
): Variables<Name> {
  const faults: string[] = [];
  const set = (name: Name) => env[name]?.trim() || null;
  return {
    faults,
    set,
    read(name, parse) {
      const text = set(name) ?? table[name].default;
      if (text === '') return null;
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof Wrong)) throw error;
        faults.push(`${name} ${error.message}`);
        return null;
      }
    },
  };
}

/** What a parser throws: the value is not what it must be. The message goes after the variable's name. */
export class Wrong extends Error {}

function wrong(text: string, right: string): Wrong {
  return new Wrong(`is ${show(text)}: it must be ${right}.`);
}

/** A value as a message may show it: what stands before an "@" or in a query may be a secret. */
export function show(text: string): string {
  const shown = text.replace(/^.*@/s, '***@').replace(/\?.*$/s, '?***');
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}

/** Digits only: no sign, no fraction, no exponent. Both bounds are allowed. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw wrong(text, `a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,9})([smhd])$/i;

/** A whole number with a unit (s, m, h, d), in milliseconds. `least` and `most` are written in the same way. */
export function duration(least: string, most = '365d') {
  const parse = (text: string): number => {
    const [, count, unit] = DURATION.exec(text) ?? [];
    return Number(count) * (UNIT_MS[unit?.toLowerCase() ?? ''] ?? NaN);
  };
  return (text: string): number => {
    const ms = parse(text);
    if (ms >= parse(least) && ms <= parse(most)) return ms;
    throw wrong(text, `a duration, a whole number and s, m, h or d: from ${least} to ${most}`);
  };
}

/** One of `values`, in any case of letters. */
export function oneOf<T extends string>(values: readonly T[]) {
  return (text: string): T => {
    const value = values.find((candidate) => candidate === text.toLowerCase());
    if (value === undefined) throw wrong(text, `one of ${values.join(', ')}`);
    return value;
  };
}

/** `true` or `false`. */
export function flag(text: string): boolean {
  return oneOf(['true', 'false'])(text) === 'true';
}

/** Entries by comma, each read by `parse`; empty ones are left out. */
export function list<T>(parse: (text: string) => T) {
  return (text: string): T[] =>
    text
      .split(',')
      .filter((entry) => entry.trim() !== '')
      .map((entry) => parse(entry.trim()));
}

/** An entry of a host list; see `parseHostEntry`. */
export function hostEntry(allowed: { allowScheme?: boolean; allowPrivate?: boolean }) {
  const right = ['host', 'host:port'];
  if (allowed.allowScheme) right.push('http://host:port');
  if (allowed.allowPrivate) right.push('host=private', `host=${HOST_SOFTWARE.join('|')}`);
  return (text: string): HostEntry => {
    const entry = parseHostEntry(text, allowed);
    if (!entry) throw wrong(text, `${right.slice(0, -1).join(', ')} or ${right.at(-1)}, without a path`);
    return entry;
  };
}

/** A host name or an IP address, in lower case and without brackets. */
export function hostName(text: string): string {
  if (isIP(text)) return text.toLowerCase();
  const entry = parseHostEntry(text);
  if (!entry || entry.port !== null) throw wrong(text, 'a host name or an IP address, without a port');
  return entry.host;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** A web origin, as browsers send it. */
export function origin(text: string): string {
  const url = parseUrl(text);
  if (!url || !/^https?:$/.test(url.protocol) || ![url.origin, `${url.origin}/`].includes(text.toLowerCase())) {
    throw wrong(text, 'an origin such as https://app.example.com: scheme, host and perhaps port, nothing after them');
  }
  return url.origin;
}

/** An http or https URL without credentials, query and fragment; trailing slashes are cut. */
export function httpUrl(text: string): string {
  const url = parseUrl(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw wrong(text, 'an http or https URL without user name, password, query and fragment');
  }
  return url.href.replace(/\/+$/, '');
}

/** Those that `pg` can do as they say: to `allow` and `prefer`, plain text would be as good. */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'];

/** A PostgreSQL URL, unchanged. */
export function postgresUrl(text: string): string {
  const url = parseUrl(text);
  // The value may hold a password anywhere, so it is not shown at all.
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    throw new Wrong('is not a PostgreSQL address: it must be a URL such as postgres://user:password@host:5432/name.');
  if (url.pathname.length < 2)
    throw new Wrong('names no database: it must be a URL such as postgres://user:password@host:5432/name.');
  if (![url.username, url.password, url.pathname].every(canDecode))
    throw new Wrong('has a "%" that stands for no character: in a URL, it is written as %25.');
  if (!url.searchParams.getAll('sslmode').every((mode) => SSL_MODES.includes(mode)))
    throw new Wrong(`has another sslmode than ${SSL_MODES.join(', ')}.`);
  return text;
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether it can be a key or token: printable ASCII without spaces, so that it fits an HTTP header. */
export function isSecret(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** A key or token; see isSecret. */
export function secret(text: string): string {
  if (isSecret(text)) return text;
  throw new Wrong('holds spaces or characters outside ASCII: it must be the key alone (its value is not shown).');
}
