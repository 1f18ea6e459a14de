import { AISDKError, APICallError, RetryError } from 'ai';
import { FailureCode, FailureError } from '../errors.js';
import type { CalledModel } from './called-model.js';
import { PROVIDERS } from './providers.js';
import { readRetryAfter, sayWhen } from './retry-after.js';

const CONTEXT_TOO_LONG =
  /context.?length|context.?window|maximum context|too many tokens|prompt is too long|input token count/i;
const CONTENT_FILTER = /content.?filter|content.?policy|content management|safety|responsible.?ai/i;
const BAD_KEY = /api.?key.?(?:not.?valid|invalid)|(?:invalid|incorrect).?(?:api|x.api).?key|authentication_error/i;
const RATE_LIMITED = /rate.?limit|overloaded|insufficient_quota|resource.?exhausted/i;
const NO_MODEL = /model.{0,100}\b(?:not|exist)|\b(?:no|unknown)(?: such)? model/i;
const CUT = /without a finish reason|did not receive done|terminated|premature|incomplete/i;

/** What may help after a call failed before the first word: the same model again, only another one, or nothing. */
export type Remedy = 'again' | 'elsewhere' | 'none';

/** A failure whose code does not tell whether it passes: what a provider said by its status, or in place of one. */
class ProviderFailure extends FailureError {
  constructor(
    readonly remedy: Remedy,
    ...failure: ConstructorParameters<typeof FailureError>
  ) {
    super(...failure);
  }
}

/** 408, 429, 5xx and faults of the network pass, and another provider need not have them; nothing else does. */
export function remedyFor(failure: FailureError): Remedy {
  if (failure instanceof ProviderFailure) return failure.remedy;
  const isNetworkFault = failure.code === FailureCode.NETWORK || failure.code === FailureCode.TIMEOUT;
  return isNetworkFault && failure.retryable ? 'again' : 'none';
}

/**
 * Turns whatever a call to a provider threw into words that its user can act on. The provider's own text is only
 * matched, never passed on: keys, prompts and addresses have been seen in such texts. Who could not reach an address
 * is told its origin, no more.
 *
 * @returns a FailureError; `error` itself, where it is a fault of ours
 */
export function toProviderFailure(error: unknown, called: CalledModel): unknown {
  const chain = [...causes(error)];
  const known = chain.find((cause) => cause instanceof FailureError);
  if (known) return known;
  const call = chain.find((cause) => APICallError.isInstance(cause) && cause.statusCode !== undefined);
  const text = chain.map(searchableText).join('\n');
  // A success that breaks off has a status as well: 200.
  const answered = APICallError.isInstance(call) && call.statusCode! >= 400 ? call : null;
  const status = answered?.statusCode ?? reportedStatus(chain);
  if (status !== undefined) {
    const retryAfterMs = readRetryAfter(answered?.responseHeaders);
    const { code, message, retryable } = fromStatus(status, text, called, retryAfterMs);
    return new ProviderFailure(remedyForStatus(status, retryable), code, message, retryable, { retryAfterMs });
  }
  return fromReport(text, called) ?? fromConnection(chain, text, called) ?? error;
}

/** An account that has no credit left answers 429 as well: it will have none in a minute either. */
function remedyForStatus(status: number, retryable: boolean): Remedy {
  if (status === 429) return retryable ? 'again' : 'elsewhere';
  return status === 408 || status >= 500 ? 'again' : 'none';
}

/** Of an error in a stream that began well: many servers write the status there that it would else have had. */
function reportedStatus(chain: readonly unknown[]): number | undefined {
  return chain
    .filter((cause) => !(cause instanceof Error))
    .map((cause) => Number((cause as { code?: unknown }).code))
    .find((code) => Number.isInteger(code) && code >= 400 && code < 600);
}

/** What a provider says in a stream that began well: what it would else have said by the status 429 passes. */
function fromReport(text: string, called: CalledModel): FailureError | null {
  const failure = fromText(text, called);
  if (failure?.code !== FailureCode.RATE_LIMITED) return failure;
  return new ProviderFailure('again', failure.code, failure.message, failure.retryable);
}

/** The provider cannot be called without a key, and none is set. */
export function missingKey({ title, key }: Pick<CalledModel, 'title' | 'key'>): FailureError {
  const remedy = `Set ${key?.variable} and restart the service.`;
  return new FailureError(FailureCode.AUTH, `${title} needs an API key. ${remedy}`, false);
}

/** The stream ended, without an error, before the provider said that the answer is complete. */
export function cutOff(): FailureError {
  return new FailureError(
    FailureCode.NETWORK,
    'The connection to the provider broke off in mid-answer. Try again.',
    true,
  );
}

/** The same model would say no more: another one may. */
export function emptyAnswer(isTruncated: boolean): FailureError {
  const message = isTruncated
    ? 'The model used up its maxTokens before it wrote a word. Raise maxTokens in its apiConfig.'
    : 'The model gave an empty answer. Try again, or choose another model.';
  return new ProviderFailure('elsewhere', FailureCode.PROVIDER_ERROR, message, !isTruncated);
}

export function contentFiltered(): FailureError {
  const message = 'The provider withheld this answer because of its content rules. Rephrase the question.';
  return new FailureError(FailureCode.CONTENT_FILTER, message, false);
}

function fromStatus(status: number, text: string, called: CalledModel, retryAfterMs: number | null): FailureError {
  const { title, movable, modelName, settings } = called;
  if (status === 401 || status === 403) return badKey(called);
  if (status === 408 || status === 504) {
    return new FailureError(FailureCode.TIMEOUT, `The provider took too long (HTTP ${status}). Try again.`, true);
  }
  if (status === 413) return tooLong(called);
  if (status === 404) {
    const pull = title === PROVIDERS.ollama.title ? `, or fetch the model (ollama pull ${modelName})` : '';
    const message =
      movable && !NO_MODEL.test(text)
        ? `The provider has nothing at this address (HTTP 404). Check ${settings.baseUrl}.`
        : `The provider has no model ${modelName} (HTTP 404). Check ${settings.model}${pull}.`;
    return new FailureError(FailureCode.PROVIDER_ERROR, message, false);
  }
  if (status === 402 || /insufficient_quota/i.test(text)) {
    const message = 'The account at the provider has no credit left. Check its plan and billing.';
    return new FailureError(FailureCode.RATE_LIMITED, message, false);
  }
  if (status === 429 || status === 529) return rateLimited(retryAfterMs);
  const refusal = status < 500 ? fromText(text, called) : null;
  const sentence =
    status >= 500
      ? `The provider failed with a fault of its own, try again ${sayWhen(retryAfterMs, 'in a moment')}`
      : `The provider refused the request, check ${settings.all}`;
  return refusal ?? new FailureError(FailureCode.PROVIDER_ERROR, `${sentence} (HTTP ${status}).`, status >= 500);
}

function fromText(text: string, called: CalledModel): FailureError | null {
  if (CONTEXT_TOO_LONG.test(text)) return tooLong(called);
  if (BAD_KEY.test(text)) return badKey(called);
  if (CONTENT_FILTER.test(text)) return contentFiltered();
  return RATE_LIMITED.test(text) ? rateLimited() : null;
}

function fromConnection(chain: readonly unknown[], text: string, { title, movable }: CalledModel): FailureError | null {
  if (CUT.test(text)) return cutOff();
  const call = chain.find((cause) => APICallError.isInstance(cause));
  if (call || chain.some(isFetchFault)) {
    // An origin has no user name, path or query: keys have been seen in all of them.
    const origin = call && URL.parse(call.url)?.origin;
    const check = movable ? 'Check that it runs' : 'Check the network of the machine that ibid runs on';
    const message = `${title}${origin ? ` at ${origin}` : ''} could not be reached. ${check}, then try again.`;
    return new FailureError(FailureCode.NETWORK, message, true);
  }
  // What is no Error came from the provider as it is.
  if (chain.some((cause) => AISDKError.isInstance(cause) || !(cause instanceof Error))) {
    const message = 'The provider reported a fault while answering. Try again.';
    return new ProviderFailure('again', FailureCode.PROVIDER_ERROR, message, true);
  }
  return null;
}

function badKey({ key }: CalledModel): FailureError {
  const message = key
    ? `The provider refused the API key. Set ${key.variable} to a valid one and restart the service.`
    : 'The provider asks for credentials, and this service has none for it.';
  return new FailureError(FailureCode.AUTH, message, false);
}

function rateLimited(retryAfterMs: number | null = null): FailureError {
  const message = `The provider is over its rate limit. Try again ${sayWhen(retryAfterMs, 'in a minute')}.`;
  return new FailureError(FailureCode.RATE_LIMITED, message, true);
}

function tooLong({ settings }: CalledModel): FailureError {
  return new FailureError(FailureCode.CONTEXT_TOO_LONG, settings.tooLong, false);
}

function isFetchFault(cause: unknown): boolean {
  return cause instanceof TypeError || (cause instanceof Error && 'code' in cause);
}

function* causes(error: unknown): Generator<unknown> {
  for (let cause = error, depth = 0; cause !== undefined && cause !== null && depth < 10; depth += 1) {
    yield cause;
    cause = RetryError.isInstance(cause) ? cause.lastError : (cause as { cause?: unknown }).cause;
  }
}

/** An error in mid-stream may be a plain object, as the provider sent it. */
function searchableText(cause: unknown): string {
  if (APICallError.isInstance(cause)) return `${cause.message}\n${cause.responseBody ?? ''}`.slice(0, 20_000);
  return cause instanceof Error ? cause.message : JSON.stringify(cause).slice(0, 20_000);
}
