import { jest } from '@jest/globals';

/** Who waits for at most so many milliseconds has waited for so long when `pass` is called, and not before; to be restored with all mocks. */
export function holdTimeout(ms: number): { readonly isUsed: boolean; pass(): void } {
  const held = new AbortController();
  const { timeout } = AbortSignal;
  const uses = jest
    .spyOn(AbortSignal, 'timeout')
    .mockImplementation((other) => (other === ms ? held.signal : timeout.call(AbortSignal, other)));
  return {
    get isUsed() {
      return uses.mock.calls.some(([used]) => used === ms);
    },
    pass: () => held.abort(new DOMException('', 'TimeoutError')),
  };
}
