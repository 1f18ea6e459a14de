// Runs git for git-spawner.mjs: the body of a request is its standard input, the body of the answer its standard output.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const { args, env } = JSON.parse(decodeURIComponent(request.headers.command));
  const child = spawn('git', args, { env });
  response.on('close', () => child.kill());
  // A command that reads nothing may be gone before this is written.
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  response.writeHead(200, { trailer: 'code, stderr' });
  response.flushHeaders();
  child.stdout.pipe(response, { end: false });
  child.on('error', () => response.destroy());
  child.on('close', (code) => {
    response.addTrailers({ code: String(code), stderr: encodeURIComponent(stderr) });
    response.end();
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
