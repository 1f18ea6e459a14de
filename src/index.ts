import { type App, createApp } from './app.js';
import { type Config, loadConfig } from './config.js';
import { placeOf } from './platform/database/explain-fault.js';
import { describeMistypedSettings } from './mistyped-settings.js';
import { assertGitVersion } from './platform/git/git-version.js';
import { createLogger, type Logger } from './platform/logger.js';
import { SAMPLE_QUESTION } from './sample-project.js';
import { VARIABLES } from './variables.js';

/** Whatever hangs, the process is gone so long after SHUTDOWN_GRACE, in milliseconds. */
const HARD_STOP_MS = 4_500;

async function main(): Promise<void> {
  const [argument] = process.argv.slice(2);
  if (argument === '--help' || argument === '-h') return void process.stdout.write(usage());
  if (argument !== undefined) throw new Error(refusalOf(argument));
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel);
  const mistyped = describeMistypedSettings(process.execArgv);
  if (mistyped) logger.warn(mistyped);
  await assertGitVersion(config);
  if (config.allowUnauthenticated)
    logger.warn('ALLOW_UNAUTHENTICATED is true: whoever reaches this service can read and change everything.');
  const starting = createApp(config, { logger });
  const isStopping = stopOnSignals(starting, config, logger);
  const app = await starting;
  if (!isStopping()) process.stdout.write(greeting(app, config));
}

/** Also while it starts: then it stops once it has started. Returns whether it has been asked to. */
function stopOnSignals(starting: Promise<App>, { shutdownGraceMs }: Config, logger: Logger): () => boolean {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), shutdownGraceMs + HARD_STOP_MS).unref();
    starting
      .then((app) => app.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return () => stopping;
}

function greeting({ url }: App, { databaseUrl, dataDir, sampleProject }: Config): string {
  return `
ibid is ready.
  Explore    ${url}/graphiql
  API        ${url}/graphql   (POST, WebSocket, SSE)
  Database   ${databaseUrl ? `PostgreSQL, ${placeOf(databaseUrl)}` : `embedded, in ${dataDir}`}
${sampleProject ? `  Try asking ${SAMPLE_QUESTION}\n` : ''}  Stop with Ctrl-C.

`;
}

/** Ignored, it would look like a setting that took effect. */
function refusalOf(argument: string): string {
  return (
    `It takes no arguments, and ${JSON.stringify(argument)} is one. Settings are environment variables: ` +
    'PORT=5123 npm start\nTo see all of them: npm start -- --help'
  );
}

function usage(): string {
  const settings = Object.entries(VARIABLES).map(([name, { default: value, doc }]) => `${name}=${value}\n    ${doc}\n`);
  return `Usage: npm start

Settings are environment variables, or lines of a file .env. All are optional, and stand here with their defaults.

${settings.join('')}`;
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`ibid cannot start.\n${message}\n`);
  process.exit(1);
});
