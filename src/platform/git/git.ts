import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FailureCode, FailureError } from '../errors.js';
import { gitEnvironment, type RemoteAccess } from './git-environment.js';
import { gitFailure } from './git-failure.js';

export interface GitOptions {
  readonly cwd: string;
  /** Only with it may the process use the network, and only for this repository, which it knows as `origin`. */
  readonly remote?: RemoteAccess | null;
  /** Lines for its standard input. */
  readonly input?: Iterable<string>;
  readonly settings?: readonly (readonly [key: string, value: string])[];
  readonly signal?: AbortSignal;
  /** Default: 10 minutes. null: none. */
  readonly timeoutMs?: number | null;
}

export interface Git {
  /**
   * What `git ...args` writes, as it comes. Leaving the loop early, or the signal, ends the process and its children.
   * @throws FailureError, in words for users, when git fails; the signal's reason when it was aborted.
   */
  stream(args: readonly string[], options: GitOptions): AsyncGenerator<Buffer>;
  /** The same, collected: at most 64 MiB. */
  run(args: readonly string[], options: GitOptions): Promise<Buffer>;
}

const DEFAULT_TIMEOUT_MS = 600_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_STDERR_CHARACTERS = 8192;
const GRACE_MS = 2000;
const TOO_DEEP = 'The repository could not be read: its folders may be nested too deeply.';

/** git with a closed environment. `searchPath` (default: the usual places) is where the program is looked for. */
export function createGit({ searchPath }: { searchPath?: string } = {}): Git {
  async function* stream(args: readonly string[], options: GitOptions): AsyncGenerator<Buffer> {
    const { cwd, remote, input = [], settings, signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    signal?.throwIfAborted();
    const timeout = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs);
    const stop = AbortSignal.any([signal, timeout].filter((one) => one != null));
    const env = gitEnvironment({ searchPath, remote, settings });
    // Detached: a group of its own, so that its helpers end with it.
    const child = spawn('git', args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const ended = endOf(child);
    const stderr = collectText(child.stderr);
    const kill = () => killGroup(child);
    stop.addEventListener('abort', kill, { once: true });
    // git may leave before it has read everything; its exit code tells what that means.
    pipeline(Readable.from(input), child.stdin).catch(() => {});
    try {
      for await (const chunk of child.stdout) yield chunk as Buffer;
      const { code, signal: endedBy, error } = await ended;
      if (signal?.aborted) throw signal.reason;
      if (timeout?.aborted) throw new FailureError(FailureCode.TIMEOUT, 'Fetching the repository took too long.', true);
      // git goes into each folder by a call within a call. A damaged cache may break it too: it is worth trying anew.
      if (endedBy === 'SIGSEGV' && args[0] === 'ls-tree') throw new FailureError(FailureCode.INTERNAL, TOO_DEEP, true);
      if (error || code !== 0) throw gitFailure(stderr(), { remote, cause: error });
    } finally {
      stop.removeEventListener('abort', kill);
      kill();
      await ended;
    }
  }

  async function run(args: readonly string[], options: GitOptions): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream(args, options)) {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES)
        throw new FailureError(FailureCode.INTERNAL, 'The repository has too many files.', false);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  return { stream, run };
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null; error?: Error }> {
  let error: Error | undefined;
  child.on('error', (reason) => (error = reason));
  return once(child, 'close').then(
    ([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null, error }),
    (reason: Error) => ({ code: null, signal: null, error: reason }),
  );
}

function collectText(readable: Readable): () => string {
  let text = '';
  readable.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < MAX_STDERR_CHARACTERS) text += chunk;
  });
  return () => text;
}

/** git removes its lock files when it is asked to end, so it gets the time to. */
function killGroup(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  signalGroup(child.pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child.pid!, 'SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(timer));
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It ended meanwhile.
  }
}
