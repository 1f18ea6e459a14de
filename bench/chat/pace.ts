/** What the provider says: always the same answer, at the same pace. */
export const TOKENS_PER_SECOND = 50;
/** Five answers begin each second and last ten: fifty are running. */
export const PER_SECOND = 5;
export const TOKENS = 10 * TOKENS_PER_SECOND;
export const RUNNING = 50;

/** Some 13 words each; every third one cites a source, as answers of a model do. */
const SENTENCES = [
  'The nightly backup copies the whole database to the vault at three in the morning [1].',
  'It keeps the last thirty copies and takes away older ones on every first Sunday.',
  'Whoever wants to restore one of them stops the service first and waits for a minute.',
];

/** The words of an answer with the space after each, so that one token is one delta. */
export function listTokens(count: number): string[] {
  const words = SENTENCES.join(' ').split(' ');
  return Array.from({ length: count }, (_, index) => `${words[index % words.length]} `);
}

/** Names an ask in its question, so that the provider can say which one a request was for. */
export const markOf = (ask: number): string => `ask-${ask}.`;
export const askIn = (text: string): number => Number(/ask-(\d+)\./.exec(text)?.[1] ?? -1);

/** Milliseconds on a clock that the processes of one machine share. */
export const now = (): number => performance.timeOrigin + performance.now();

/** Calls `begin` `count` times, `perSecond` times a second whatever becomes of them, and waits for all. */
export async function atRate<T>(count: number, perSecond: number, begin: (ask: number) => Promise<T>): Promise<T[]> {
  const began = performance.now();
  const all: Promise<T>[] = [];
  for (let ask = 0; ask < count; ask += 1) {
    const due = began + (ask * 1000) / perSecond - performance.now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    all.push(begin(ask));
  }
  return Promise.all(all);
}
