import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBareRepository, plainGitEnvironment, type Changes, type GitRepository } from './git-repository.js';
import { spawnGit } from './git-spawner.mjs';

export type { Changes, FileContent, GitRepository } from './git-repository.js';

export interface HostRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly authorization: string | null;
}

/** What the host does instead of answering: an HTTP status, silence, or a cut connection. null: nothing unusual. */
export type Misbehaviour = number | 'hang' | 'reset' | null;

export interface GitHost {
  readonly port: number;
  /** As it is written in GIT_HOSTS: `127.0.0.1:PORT`. */
  readonly hostEntry: string;
  /** Everything that was asked, in order. Tests may empty it. */
  readonly requests: HostRequest[];
  /** `http://127.0.0.1:PORT/name`; the host answers at `/name.git` as well. */
  url(name: string): string;
  createRepository(name: string, files?: Changes): Promise<GitRepository>;
  removeRepository(name: string): Promise<void>;
  /** Everything below `fromPath` moves below `toUrl`. */
  redirect(fromPath: string, toUrl: string): void;
  /** From now on `name` needs this token as the password of basic authentication. */
  requireAuth(name: string, token: string): void;
  /** From now on it speaks version 0 of git's protocol, as behind a proxy that keeps `Git-Protocol` back. */
  speakVersion0(): void;
  /** `at`: the first request of a fetch, the transfer itself, or any (default). */
  respondWith(what: Misbehaviour, at?: 'refs' | 'transfer' | 'any'): void;
  stop(): Promise<void>;
}

/** A git host on loopback: `git http-backend` over bare repositories in a temporary folder. */
export async function startGitHost(): Promise<GitHost> {
  const root = await mkdtemp(join(tmpdir(), 'ibid-git-host-'));
  const requests: HostRequest[] = [];
  const redirects = new Map<string, string>();
  const tokens = new Map<string, string>();
  let isOfVersion0 = false;
  let fault: { what: Misbehaviour; at: 'refs' | 'transfer' | 'any' } = { what: null, at: 'any' };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: path = '/', headers } = request;
    requests.push({ method, path, authorization: headers.authorization ?? null });
    const { pathname, search } = new URL(path, 'http://host');
    const isRefs = pathname.endsWith('/info/refs');
    if (fault.what !== null && (fault.at === 'any' || (fault.at === 'refs') === isRefs))
      return misbehave(response, fault.what);
    const moved = [...redirects].find(([from]) => pathname === from || pathname.startsWith(`${from}/`));
    if (moved) {
      response.writeHead(301, { location: moved[1] + pathname.slice(moved[0].length) + search }).end();
      return;
    }
    const [, name, service] = /^\/(.+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack))$/.exec(pathname) ?? [];
    if (!name || !service) return void response.writeHead(404).end();
    const token = tokens.get(name);
    if (token !== undefined && passwordOf(headers.authorization) !== token) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    if (isOfVersion0) delete headers['git-protocol'];
    void runBackend(root, `/${name}.git${service}`, search.slice(1), request, response).catch(() => response.destroy());
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hostEntry = `127.0.0.1:${port}`;

  return {
    port,
    hostEntry,
    requests,
    url: (name) => `http://${hostEntry}/${name}`,
    createRepository: (name, files) => createBareRepository(join(root, `${name}.git`), files),
    removeRepository: (name) => rm(join(root, `${name}.git`), { recursive: true }),
    redirect: (fromPath, toUrl) => void redirects.set(fromPath, toUrl),
    requireAuth: (name, token) => void tokens.set(name, token),
    speakVersion0: () => void (isOfVersion0 = true),
    respondWith: (what, at = 'any') => void (fault = { what, at }),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function misbehave(response: ServerResponse, what: number | 'hang' | 'reset'): void {
  if (typeof what === 'number') response.writeHead(what).end('out of order');
  else if (what === 'reset') response.destroy();
}

function passwordOf(authorization = ''): string {
  const [, encoded = ''] = /^Basic (.+)$/.exec(authorization) ?? [];
  return Buffer.from(encoded, 'base64').toString().split(':')[1] ?? '';
}

/** Speaks CGI with `git http-backend`: the head of its output becomes the head of the response. */
async function runBackend(
  root: string,
  path: string,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers, method } = request;
  const env = {
    ...plainGitEnvironment(),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_METHOD: method ?? 'GET',
    CONTENT_TYPE: headers['content-type'] ?? '',
    ...(headers['content-length'] && { CONTENT_LENGTH: headers['content-length'] }),
    ...(headers['content-encoding'] && { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(headers['git-protocol'] && { GIT_PROTOCOL: String(headers['git-protocol']) }),
  };
  const { stdin, stdout, kill } = await spawnGit(['http-backend'], env);
  response.on('close', kill);
  if (response.destroyed) return kill();
  request.pipe(stdin);
  const output = await stdout();
  let head = Buffer.alloc(0);
  output.on('data', function readHead(chunk: Buffer) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    output.off('data', readHead);
    const lines = head
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': ') as [string, string]);
    const status = lines.find(([key]) => key === 'Status')?.[1];
    response.writeHead(
      status ? parseInt(status, 10) : 200,
      Object.fromEntries(lines.filter(([key]) => key !== 'Status')),
    );
    response.write(head.subarray(end + 4));
    output.pipe(response);
  });
  output.on('error', () => {}).on('close', () => response.end());
}
