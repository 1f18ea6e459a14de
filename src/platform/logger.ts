import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Pino's own levels: what is logged besides the one before. silent: nothing at all. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SECRET_KEYS = ['apiKey', 'api_key', 'key', 'token', 'secret', 'password', 'authorization', 'cookie'];

/** Secrets that libraries put into messages: a password in a URL, a bearer token, the usual shapes of vendors' keys. */
const SECRETS_IN_TEXT: readonly [RegExp, string][] = [
  [/(\/\/[^/\s:@]*:)[^@\s/]+@/g, '$1[redacted]@'],
  [/\b(bearer)\s+[\w.~+/=-]+/gi, '$1 [redacted]'],
  [/\b(?:sk-|ghp_|gho_|ghs_|github_pat_|AIza)[\w-]{12,}/g, '[redacted]'],
];

/**
 * The service's log: one JSON object a line, on standard output unless `destination` says otherwise. What is logged
 * under the name of a secret, up to two levels deep, is redacted, and so is what looks like one in an error's text.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      serializers: { err: serializeError },
    },
    ...(destination ? [destination] : []),
  );
}

/** Only what is known to be safe: libraries hang whole requests, headers and replies on their errors. */
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: withoutSecrets(error.message),
    stack: withoutSecrets(error.stack ?? ''),
    ...(cause !== undefined && depth < 3 ? { cause: serializeError(cause, depth + 1) } : {}),
  };
}

function withoutSecrets(text: string): string {
  return SECRETS_IN_TEXT.reduce((safe, [pattern, replacement]) => safe.replace(pattern, replacement), text);
}
