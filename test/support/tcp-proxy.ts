import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to connections, those that are open included: refused, cut with a reset, or left open in silence. */
export type ConnectionFault = 'refuse' | 'reset' | 'hang';

export interface TcpProxy {
  readonly port: number;
  /** null: all is well again, for new connections. Those that hung have lost what was sent, as on a real network. */
  fail(fault: ConnectionFault | null): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Stands on loopback between a client and the server at `target`.
 * @param watch makes for each connection what is shown all that its client sends
 */
export async function startTcpProxy(
  target: { host: string; port: number },
  watch?: () => (sent: Buffer) => void,
): Promise<TcpProxy> {
  const pairs = new Set<{ client: Socket; upstream: Socket | null }>();
  let fault: ConnectionFault | null = null;
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;

  async function listen(at: number): Promise<Server> {
    const created = createServer((client) => {
      client.on('error', () => client.destroy());
      if (fault === 'reset') return void client.resetAndDestroy();
      const pair = { client, upstream: fault === 'hang' ? null : connect(target) };
      pairs.add(pair);
      client.once('close', () => {
        pairs.delete(pair);
        pair.upstream?.destroy();
      });
      pair.upstream?.on('error', () => client.destroy()).once('close', () => client.destroy());
      pair.upstream?.pipe(client);
      if (watch) client.on('data', watch());
      if (pair.upstream) client.pipe(pair.upstream);
      else client.resume();
    });
    await new Promise<void>((resolve) => created.listen(at, '127.0.0.1', resolve));
    return created;
  }

  return {
    port,
    async fail(next) {
      fault = next;
      for (const { client, upstream } of pairs) {
        if (fault === 'reset') client.resetAndDestroy();
        if (fault === 'refuse') client.destroy();
        if (fault !== 'hang') continue;
        client.unpipe().resume();
        upstream?.unpipe().resume();
      }
      if (fault === 'refuse') await close(server);
      else if (!server.listening) server = await listen(port);
    },
    async stop() {
      for (const { client } of pairs) client.destroy();
      if (server.listening) await close(server);
    },
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}
