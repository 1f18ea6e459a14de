import { isId } from '../database/columns.js';
import { isStorable } from '../text/is-storable.js';
import { noSuch, Refusal, refuseUnknown, type UserError, userError } from './user-errors.js';

/** Characters of the name, and of the description, of whatever has one. */
export const MAX_NAME = 255;
export const MAX_DESCRIPTION = 10_000;
const MAX_IDEMPOTENCY_KEY = 255;

/**
 * Checks the fields of one input and collects every fault, so that a form can show them all at once. Absent (undefined)
 * means unchanged: it passes as undefined. Null passes only where a rule says so.
 */
export class InputRules {
  readonly faults: UserError[] = [];

  invalid(path: string | readonly string[], message: string): undefined {
    this.faults.push(userError('INVALID', path, message));
    return undefined;
  }

  /** An id of what there is not, or is not visible to the caller. */
  unknown(path: string | readonly string[], noun: string): undefined {
    this.faults.push(userError('NOT_FOUND', path, noSuch(noun)));
    return undefined;
  }

  /** A text of 1 to `max` characters after trimming. */
  requiredText(path: string, value: string | null | undefined, max: number): string | undefined {
    if (value === undefined) return undefined;
    const text = value?.trim() ?? '';
    if (text === '') return this.invalid(path, `${labelOf(path)} must not be blank.`);
    return this.#bounded(path, text, max);
  }

  /** A text of at most `max` characters after trimming; blank or null clears it. */
  optionalText(path: string, value: string | null | undefined, max: number): string | null | undefined {
    if (value == null) return value;
    return this.#bounded(path, value.trim(), max) || null;
  }

  /** Whether there is a value: null for what cannot be cleared is a fault. */
  notNull(path: string, value: unknown): boolean {
    if (value === null) this.invalid(path, `${labelOf(path)} must not be null. Leave it out to keep it as it is.`);
    return value != null;
  }

  /** An idempotency key: 1 to 255 characters as they are. */
  idempotencyKey(value: string | null | undefined): void {
    if (value == null) return;
    if (value.trim() === '') this.invalid('idempotencyKey', 'idempotencyKey must not be blank.');
    else this.#bounded('idempotencyKey', value, MAX_IDEMPOTENCY_KEY);
  }

  /** @throws Refusal with every fault so far */
  check(): void {
    if (this.faults.length > 0) throw new Refusal(this.faults);
  }

  #bounded(path: string, text: string, max: number): string | undefined {
    const fault = textFault(labelOf(path), text, max);
    return fault === null ? text : this.invalid(path, fault);
  }
}

/** Why a text cannot be taken: it has more than `max` characters, or cannot be stored. null where it can. */
export function textFault(label: string, text: string, max: number): string | null {
  if (characters(text) > max) return `${label} must have at most ${max.toLocaleString('en')} characters.`;
  if (!isStorable(text)) return `${label} must not hold NUL characters or broken Unicode.`;
  return null;
}

/** As PostgreSQL counts them: code points. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** What of `values` is given (not undefined) and is not what `entity` has already. */
export function changesOf<Entity extends object>(entity: Entity, values: Partial<Entity>): Partial<Entity> {
  const changes = Object.entries(values).filter(
    ([name, value]) => value !== undefined && value !== entity[name as keyof Entity],
  );
  return Object.fromEntries(changes) as Partial<Entity>;
}

/**
 * The id as it is stored, in lower case: it is compared with others, and answered.
 * @throws Refusal NOT_FOUND for what cannot be an id: the same as for one that is unknown
 */
export function requireId(path: string, id: string, noun: string): string {
  if (!isId(id)) refuseUnknown(path, noun);
  return id.toLowerCase();
}

/** A field of one word is told as that word, another one by its name: "Title must …", "topK must …". */
function labelOf(path: string): string {
  return /[A-Z]/.test(path) ? path : path.charAt(0).toUpperCase() + path.slice(1);
}
