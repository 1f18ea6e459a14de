import { beginsLike } from './look-alikes.js';

/** The blocks of user messages. What comes from outside can neither open nor close one. */
const BLOCKS = ['project', 'passage', 'question', 'claim', 'turn'];
/** A mark that closes may as well be in the plural. */
const CLOSED = [...BLOCKS, ...BLOCKS.map((name) => `${name}s`)];

/** `<`, what NFKC does not make one and looks like one still, and with a stroke through it. */
const OPENER = '<‹〈⟨《≮≺⋖ᐸ˂❮❰⧼⦑≪⟪⋘⫷⪡⦓⧀ᚲ𝈶';
const SLASH = '/\\\\⁄∕⧸╱⟋⧹᜵⁁';
/** What turns with the direction of writing, as whatever is like `<` does: all brackets, «, ≤. */
const TURNING = String.raw`(?![()[\]{}>${SLASH}])\p{Bidi_Mirrored}`;
/** Nor an escape of one, so that escapes change nothing of what is found. */
const NO_SIGN = String.raw`(?![${OPENER}>&]|${TURNING})`;
/** At most this much of a text is looked at to tell what a sign begins. */
const LONGEST = 64;

/** Signs that may begin a mark, or a control token. */
export const SIGNS = String.raw`[${OPENER}[]|${TURNING}`;

/** What is between a sign and a name, and the name with what follows it. */
const FOLLOWING = new RegExp(
  String.raw`((?:\s*${NO_SIGN}[^\s\p{L}\p{N}]){0,${LONGEST}}\s*)(?=[\p{L}\p{N}])((?:${NO_SIGN}.){1,${LONGEST}})`,
  'suy',
);
const IS_OPENER = new RegExp(`[${OPENER}]`, 'u');
const IS_CLOSING = new RegExp(`[${SLASH}]`);
/** What readers overlook between `<` and a name: `<!passage>`. */
const OVERLOOKED = /^[\s\p{M}!?]*$/u;

/**
 * What some servers' tokenizers take for the end of a turn or for another speaker, wherever it stands: `<|im_start|>`,
 * `<|turn>`, `<start_of_turn>`, `</s>`, `<think>`, `[INST]`, `<<SYS>>`.
 */
const CONTROL_TOKENS: Record<string, RegExp> = {
  '<': new RegExp(
    String.raw`\|(?!\s)(?:${NO_SIGN}[^[|\n]){1,${LONGEST}}\|>|\|\w{1,40}>|\w{1,40}\|>|<\/?SYS>>|` +
      String.raw`\/?(?:s|bos|eos|pad|unk|[se]op|think(?:ing)?|tools?|tool_\w{1,20}|(?:start|end|begin)_of_\w{1,20})>`,
    'iuy',
  ),
  '[': /\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|THINK|[gs]MASK)\]/iy,
};

/** Whether a sign begins one of our marks, a look-alike or a control token; `text` goes on after it from `from`. */
export function beginsMark(sign: string, text: string, from: number): boolean {
  const token = CONTROL_TOKENS[sign];
  if (token && matchAt(token, text, from)) return true;
  const [, between = '', name] = (sign === '[' ? null : matchAt(FOLLOWING, text, from)) ?? [];
  if (name === undefined) return false;
  if (IS_CLOSING.test(between)) return CLOSED.some((block) => beginsLike(name, block));
  return IS_OPENER.test(sign) && OVERLOOKED.test(between) && BLOCKS.some((block) => beginsLike(name, block));
}

function matchAt(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}
