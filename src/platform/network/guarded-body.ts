import { FailureCode, FailureError } from '../errors.js';

export interface BodyGuard {
  /** Runs only while bytes are being waited for, so that a slow reader is not taken for a silent sender. */
  idle: { start(): void; stop(): void };
  maxBytes: number;
}

/** The same bytes, read no faster than they are wanted. Errors with a FailureError beyond `maxBytes`. */
export function guardBody(body: ReadableStream<Uint8Array>, { idle, maxBytes }: BodyGuard): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let received = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        idle.start();
        try {
          const { done, value } = await reader.read();
          if (done) return controller.close();
          received += value.byteLength;
          if (received > maxBytes) throw tooLarge(maxBytes);
          controller.enqueue(value);
        } catch (error) {
          await reader.cancel(error).catch(() => undefined);
          throw error;
        } finally {
          idle.stop();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function tooLarge(maxBytes: number): FailureError {
  return new FailureError(
    FailureCode.PROVIDER_ERROR,
    `The provider's reply is larger than the ${Math.floor(maxBytes / 1024)} kB that are read at most.`,
    false,
  );
}
