import { parentPort } from 'node:worker_threads';

import { cutFile } from './cut-file.js';

/** The other half of cutter.ts, in a thread of its own. */
parentPort!.on('message', ({ filePath, bytes }: { filePath: string; bytes: Uint8Array }) => {
  try {
    parentPort!.postMessage({ result: cutFile(filePath, Buffer.from(bytes)) });
  } catch (error) {
    parentPort!.postMessage({ error });
  }
});

// Ready.
parentPort!.postMessage(null);
