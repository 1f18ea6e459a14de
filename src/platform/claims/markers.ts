/** A marker as it stands in an answer's text: one number, in ASCII digits. */
export const MARKER = /\[(\d{1,3})\]/g;

/** How much of a line before a bracket says what it is: no less than a long address. */
export const MARKER_CONTEXT = 400;

const REFERENCE_TEXT = /\](?<!\[\d{1,3}\])$/;
/** What a bracket directly behind is code or part of an address, never a marker. */
const CODE = [
  /[\\[{]$/,
  /=\s?$/,
  /(?<!\])\/$/,
  /\(\)$/,
  // my_list, $list, ${list
  /[A-Za-z0-9]_[A-Za-z0-9_]*[A-Za-z0-9]$/,
  /\$(?:\{[^\s}]*|[A-Za-z_]\w*)?$/,
  /(?::\/\/|\bwww\.)[^\s)>"'`，。）]*(?<![.,;:!])$/,
  // The address of a link.
  /\]\([^\s()]*$/,
];
/** A word or a call, and elements of elements: `args`, `f(x)`, `rows[1]`. */
const NAME = /[A-Za-z0-9](?:\([^()\s]*\))?(?:\[\d{1,3}\])*$/;

/**
 * Whether a bracket with numbers may cite, by what stands around it. These do not: links `[1](…)`, definitions of
 * links and footnotes `[1]: …`, references `[text][1]`, escaped brackets, addresses, and code in prose: `list[0]`,
 * `my_list[1]`, `x = [1]`.
 *
 * @param before what comes before it on its line, of which the last `MARKER_CONTEXT` characters count
 * @param after the character that comes after it; empty at the end
 */
export function isMarker(before: string, numbers: readonly number[], after: string): boolean {
  if (after === '(' || after === '=') return false;
  if (after === ':' && /^\s*$/.test(before)) return false;
  const near = before.slice(-MARKER_CONTEXT);
  if (numbers.includes(0) && (numbers.length > 1 || /\w$/.test(near))) return false;
  return !REFERENCE_TEXT.test(near) && !CODE.some((form) => form.test(near));
}

/** Whether a bracket stands directly behind a word: "seconds[1]" cites, but `args[9]` is an element of an array. */
export const mayBeElement = (before: string): boolean => NAME.test(before.slice(-MARKER_CONTEXT));
