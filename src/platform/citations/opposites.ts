import { relationOf } from '../text/thesaurus.js';

const NEGATING_PREFIX = /^(?:un|in|im|il|ir|non|dis|de|mis)(?=.{4})/;

/** Whether two roots are opposites, by the thesaurus or by a prefix: `compressed`, `uncompressed`. */
export function areOpposites(a: string, b: string): boolean {
  return a !== b && (relationOf(a, b) === 'OPPOSITE' || isNegatedBy(a, b) || isNegatedBy(b, a));
}

function isNegatedBy(plain: string, prefixed: string): boolean {
  return prefixed.length > plain.length && prefixed.replace(NEGATING_PREFIX, '') === plain;
}
