import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';

// Starting a process takes 3 ms where the process that starts it is small, and 30 ms where it is as large as a worker with a database
// in it: the system copies its page tables. So the git host's commands are started by a small one, which every worker has.
let spawner;

async function portOfSpawner() {
  const program = fileURLToPath(new URL('./git-spawner-process.mjs', import.meta.url));
  // It ends when its standard input does: with this process.
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  for (const handle of [child, child.stdin, child.stdout]) handle.unref();
  return Number(port);
}

/** Runs git: what is written to `stdin` goes to it. */
export async function spawnGit(args, env) {
  const port = await (spawner ??= portOfSpawner());
  const headers = { command: encodeURIComponent(JSON.stringify({ args, env })) };
  const stdin = request({ host: '127.0.0.1', port, method: 'POST', headers, agent: false });
  stdin.flushHeaders();
  const answer = new Promise((resolve, reject) => stdin.on('response', resolve).on('error', reject));
  // Whoever is killed gives no answer, and nobody waits for it.
  answer.catch(() => {});
  return {
    stdin,
    kill: () => void stdin.destroy(),
    stdout: () => answer,
    async end() {
      const { trailers } = await answer;
      return { code: Number(trailers.code), stderr: decodeURIComponent(trailers.stderr) };
    },
  };
}
