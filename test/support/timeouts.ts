import { runInThisContext } from 'node:vm';

import { jest } from '@jest/globals';

/** Who waits for at most so many milliseconds has waited for so long when `pass` is called, and not before; to be restored with all mocks. */
export function holdTimeout(ms: number): { readonly isUsed: boolean; pass(): void } {
  // The clock of the service is that of the process, see built-environment.mjs.
  const process = runInThisContext('globalThis') as typeof globalThis;
  const start = process.setTimeout;
  const held: (() => void)[] = [];
  const hold = (callback: () => void, other?: number, ...given: []) => {
    if (other === ms) held.push(callback);
    return other === ms ? start(() => {}, 0) : start(callback, other, ...given);
  };
  jest.spyOn(process, 'setTimeout').mockImplementation(hold as typeof setTimeout);
  return {
    get isUsed() {
      return held.length > 0;
    },
    pass: () => held.forEach((callback) => callback()),
  };
}
