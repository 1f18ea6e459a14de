/** Takes away what a model thinks before it answers. */
export interface ThoughtFilter {
  /** What of the answer is certain by now; empty while nothing is. */
  push(delta: string): string;
  /** What is left when nothing more comes. */
  end(): string;
}

const OPENING = /^<(think|thinking)>/i;
const MAY_OPEN = ['<think>', '<thinking>'];

/**
 * Models that think aloud put it between `<think>` and `</think>` before their answer, where no server in between
 * takes it out. Only there: further on these marks are part of the text. A thought that never ends is no text at all.
 * Blanks before the first word are kept, but for those between a thought and the answer.
 */
export function createThoughtFilter(): ThoughtFilter {
  let held = '';
  let closing: string | null = null;
  let hasThought = false;
  let isText = false;

  function take(): string {
    for (;;) {
      if (closing === null) {
        const start = held.trimStart().toLowerCase();
        const name = OPENING.exec(start)?.[1];
        if (!name) return start === '' || MAY_OPEN.some((tag) => tag.startsWith(start)) ? '' : release();
        closing = `</${name}>`;
        hasThought = true;
      }
      const end = held.search(new RegExp(closing, 'i'));
      if (end < 0) {
        // No more than may be the beginning of its end.
        held = held.slice(-closing.length);
        return '';
      }
      held = held.slice(end + closing.length);
      closing = null;
    }
  }

  function release(): string {
    isText = true;
    return hasThought ? held.trimStart() : held;
  }

  return {
    push(delta) {
      if (isText) return delta;
      held += delta;
      return take();
    },
    end: () => (isText || closing !== null || held.trim() === '' ? '' : release()),
  };
}
