import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

/** A document with one operation, whose name is the tab's. */
export interface ExampleOperation {
  readonly query: string;
  /** GraphiQL shows none in its first tab. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

interface Page {
  readonly body: Buffer;
  readonly policy: string;
  readonly etag: string;
}

/**
 * GraphiQL at /graphiql, complete in one page that loads nothing else, and a redirect to it at /.
 * @param examples the tabs on the first visit. They are written into a script as they are, so they must be the
 * service's own
 */
export function addGraphiqlRoutes(app: FastifyInstance, examples?: readonly ExampleOperation[]): void {
  let page: Promise<Page> | undefined;

  app.get('/', (_request, reply) => reply.redirect('/graphiql'));
  app.get('/graphiql', async (request, reply) => {
    const { body, policy, etag } = await (page ??= renderPage(examples));
    reply.headers({ 'content-security-policy': policy, 'cache-control': 'no-cache', etag });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' }).send(body);
  });
}

/** A tab jumps aside as it is pressed where its width changed when the page's font came, and the click goes past it. */
const TABS_STAY = '.graphiql-tab:focus-within { transform: none !important }';

/** Made once, at the first visit: the page has 9 MB, which a service that nobody opens in a browser need not hold. */
async function renderPage(examples?: readonly ExampleOperation[]): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'ibid',
    endpoint: '/graphql',
    defaultTabs: examples?.map(({ query, variables }) => ({
      query,
      variables: variables && JSON.stringify(variables, null, 2),
    })),
    // It subscribes by GET, which CSRF prevention lets through with this header only.
    additionalHeaders: { 'apollo-require-preflight': 'true' },
  });
  const html = page.replace('</style>', `${TABS_STAY}</style>`);
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
  return {
    body: await promisify(gzip)(html),
    policy: policyFor(scripts),
    etag: `"${sha256(html)}"`,
  };
}

/** Only the page's own scripts run, named by their hashes, and they reach only this service. */
function policyFor(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${sha256(script)}'`).join(' ');
  return [
    `default-src 'none'`,
    `script-src ${hashes}`,
    // The editor's language workers are blobs, and its styles are set from scripts.
    `worker-src blob:`,
    `style-src 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src data:`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
