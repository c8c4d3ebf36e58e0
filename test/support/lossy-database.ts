/**
 * A way to PostgreSQL that loses an answer: the server has made the COMMIT, and nobody hears of it.
 * @module
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface LossyWay {
  /** The same database, over this way. */
  readonly url: string;
  /** The next COMMIT of a connection that has sent this text is made, and its answer is lost. */
  loseCommitAfter(text: string): void;
  /** How many answers were lost. */
  lost(): number;
  stop(): Promise<void>;
}

/** The simple query that ends a transaction, as it is on the wire. */
const COMMIT = Buffer.from('COMMIT\0');

export async function lossyWay(databaseUrl: string): Promise<LossyWay> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let after: string | undefined;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    let seen = false;
    let losing = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      seen ||= after !== undefined && chunk.includes(after);
      if (seen && chunk.includes(COMMIT)) {
        losing = true;
        after = undefined;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!losing) return void client.write(chunk);
      lost += 1;
      client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseCommitAfter: (text) => void (after = text),
    lost: () => lost,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
