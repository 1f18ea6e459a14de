import { createHash } from 'node:crypto';

/** A text's SHA-256, cut to the 128 bits of a uuid and written as one: equal for equal texts, and only for them. */
export function digestText(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
