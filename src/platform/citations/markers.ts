/** A marker as it stands in an answer's text: one number, in ASCII digits. */
export const MARKER = /\[(\d{1,3})\]/g;

const REFERENCE_TEXT = /\](?<!\[\d{1,3}\])$/;
const CODE_NAME = /[A-Za-z0-9]_[A-Za-z0-9_]*[A-Za-z0-9]$/;
/** How much of a line says what a bracket at its end is. */
const NEAR = 100;

/**
 * Whether a bracket with numbers cites, by what stands around it. What cites nothing: links `[1](…)`, definitions of links
 * and footnotes `[1]: …`, references `[text][1]`, escaped brackets, and elements of arrays in prose: `list[0]`, `my_list[1]`.
 *
 * @param before what comes before it on its line
 * @param after the character that comes after it; empty at the end
 */
export function isMarker(before: string, numbers: readonly number[], after: string): boolean {
  if (after === '(') return false;
  if (after === ':' && /^\s*$/.test(before)) return false;
  const near = before.slice(-NEAR);
  if (/[\\[]$/.test(near) || REFERENCE_TEXT.test(near)) return false;
  if (numbers.includes(0) && (numbers.length > 1 || /\w$/.test(near))) return false;
  return !CODE_NAME.test(near);
}
