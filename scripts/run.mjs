// Runs the commands of a checkout and their programs. Before there is a node_modules folder, and on every Node.js from 20
// on, so it imports nothing but Node.js itself.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node.js that the project is pinned to; the machine's own may be older. */
export const pinnedNode = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

export const inRoot = (path) => join(root, path);

/** Ends the command with a message for the user instead of a stack. */
export class Stop extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The first of these options that npm kept for itself, as it does unless -- stands before them, when it runs `script`. */
export function keptByNpm(script, options) {
  if (process.env.npm_lifecycle_event !== script) return undefined;
  return options.find((name) => process.env[`npm_config_${name}`] !== undefined);
}

/** Runs a command's steps; its exit code becomes this process's. */
export async function command(steps) {
  try {
    process.exitCode = await steps();
  } catch (error) {
    const { message, exitCode } = stopFor(error);
    if (message) console.error(message);
    process.exitCode = exitCode;
  }
}

/** What the file system does not allow is for the user to mend; all else but a Stop is a fault of these scripts. */
function stopFor(error) {
  if (error instanceof Stop) return error;
  if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  return new Stop(
    `This user may not write to ${root}, where ibid is installed and built: ${error.message}.\n` +
      'Start it as the user that the folder belongs to, or give the folder to this one (chown -R).',
  );
}

/** The signal that asked this process to end while a program ran. */
let endedBy = null;

/**
 * Runs a program to its end and returns its exit code. It gets every signal that this process gets, and a SIGTERM when
 * npm, which started this process, is gone: whoever kills npm means what it runs.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    child.stdout?.on('data', options.onOutput);
    child.stderr?.on('data', options.onOutput);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const pass = (signal) => {
      endedBy = signal;
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (!process.env.npm_lifecycle_event || process.ppid === parent) return;
      clearInterval(watch);
      pass('SIGTERM');
    }, 250);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, pass);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** The same for a step of the set-up, whose failure is no news to whoever asked for it to end. */
export async function runStep(program, args, options) {
  const code = await run(program, args, options);
  if (endedBy) throw new Stop('', 128 + constants.signals[endedBy]);
  return code;
}

/** Runs a built program with this command's arguments and the settings of .env, to its end. */
export function runBuilt(program) {
  const followParent = new URL('./follow-parent.mjs', import.meta.url).href;
  const settings = existsSync(inRoot('.env')) ? ['--env-file=.env'] : [];
  // Node.js's own default grows with the machine's memory. With twice as much, large answers take a tenth less time, and the
  // sync of a large repository 120 MB more.
  const memory = '--max-semi-space-size=16';
  const args = [
    '--enable-source-maps',
    memory,
    ...settings,
    `--import=${followParent}`,
    program,
    ...process.argv.slice(2),
  ];
  return run(pinnedNode, args, {
    env: { NODE_ENV: 'production', ...process.env },
    // The channel carries nothing: it closes when this process is killed, which no signal tells the program.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}
