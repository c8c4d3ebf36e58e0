/**
 * The listener of its own that serves `/metrics` and nothing else.
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetricsListener {
  /** Such as `http://127.0.0.1:9464`. */
  readonly address: string;
  close(): Promise<void>;
}

export async function listenForMetrics(
  at: { readonly host: string; readonly port: number },
  metrics: { read(): Promise<string>; readonly contentType: string },
): Promise<MetricsListener> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (ask, reply) => {
    if (ask.method !== 'GET' || ask.url !== '/metrics') {
      reply.writeHead(404).end();
      return;
    }
    metrics.read().then(
      (text) => reply.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => reply.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
