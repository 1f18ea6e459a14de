import { createApp } from './app.js';
import { ConfigError, loadConfig } from './config.js';
import { assertGitVersion } from './platform/git/git-version.js';
import { createLogger, type LogLevel } from './platform/logger.js';
import { SAMPLE_QUESTION } from './sample-project.js';

/** Whatever hangs, the process is gone within the 15 seconds that supervisors give it. */
const HARD_STOP_MS = 14_000;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel as LogLevel);
  await assertGitVersion();
  if (config.allowUnauthenticated)
    logger.warn('ALLOW_UNAUTHENTICATED is true: whoever reaches this service can read and change everything.');
  const app = await createApp(config, { logger });
  process.stdout.write(`
ibid is ready.
  Explore    ${app.url}/graphiql
  API        ${app.url}/graphql   (POST, WebSocket, SSE)
  Database   ${config.databaseUrl ? 'PostgreSQL' : `embedded, in ${config.dataDir}`}
  Try asking ${SAMPLE_QUESTION}
  Stop with Ctrl-C.

`);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

main().catch((error: unknown) => {
  const message = error instanceof ConfigError || error instanceof Error ? error.message : String(error);
  process.stderr.write(`ibid cannot start.\n${message}\n`);
  process.exit(1);
});
