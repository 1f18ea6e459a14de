import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium to test with: `given` (CHROMIUM_PATH), or the first one on `path`; null when there is none. */
export function findChromium(given?: string, path: string = process.env.PATH ?? ''): string | null {
  if (given) return given;
  const candidates = NAMES.flatMap((name) => path.split(delimiter).map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

/** Starts a headless Chromium that reaches nothing but this machine, so that a page cannot lean on the network unseen. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
