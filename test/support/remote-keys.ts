/**
 * Software keys that live in the test and are used from a worker's thread: single reports over a
 * channel of Node's own, so that a key outlives the worker and a test can pull it at any moment.
 * Only entry files of tests (worker-keys-entry.ts) connect to it: the product's own have no way to.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import {
  HidGone,
  HidNoPermission,
  HidUnavailable,
  type HidConnection,
  type HidInterface,
  type HidTransport,
} from '../../electron/devices/yubikey-otp/hid/transport.ts';

type Call =
  | { readonly do: 'list' }
  | { readonly do: 'open'; readonly path: string }
  | { readonly do: 'write' | 'sendFeature'; readonly at: number; readonly report: Uint8Array }
  | { readonly do: 'read'; readonly at: number; readonly milliseconds: number }
  | { readonly do: 'getFeature' | 'close'; readonly at: number };

interface Question {
  readonly id: string;
  readonly call: Call;
}
type Answer =
  | { readonly answers: string; readonly value: unknown }
  | { readonly answers: string; readonly error: string; readonly message: string };

const ERRORS = { HidGone, HidNoPermission, HidUnavailable } as const;

/** What carries questions one way and answers the other. */
export interface KeyLine {
  readonly post: (message: unknown) => void;
  readonly listen: (take: (message: unknown) => void) => void;
}

function channelLine(channel: BroadcastChannel): KeyLine {
  const post = channel.postMessage.bind(channel);
  return {
    post,
    listen: (take) =>
      channel.addEventListener('message', (event) => take((event as MessageEvent).data)),
  };
}

/** Serves the keys of a test until it is closed. */
export function serveKeys(transport: HidTransport): { readonly name: string; close(): void } {
  const name = `software keys ${randomUUID()}`;
  const channel = new BroadcastChannel(name);
  serveOver(channelLine(channel), transport);
  return { name, close: () => channel.close() };
}

export function serveOver({ post, listen }: KeyLine, transport: HidTransport): void {
  const open: HidConnection[] = [];
  async function serve(call: Call): Promise<unknown> {
    if (call.do === 'list') return transport.list();
    if (call.do === 'open') return open.push(await transport.open(call.path)) - 1;
    const connection = open[call.at];
    if (connection === undefined) throw new HidGone('This interface was never opened.');
    switch (call.do) {
      case 'write':
        return connection.write(call.report);
      case 'sendFeature':
        return connection.sendFeature(call.report);
      case 'read':
        return connection.read(call.milliseconds);
      case 'getFeature':
        return connection.getFeature();
      case 'close':
        return connection.close();
    }
  }
  listen((message) => {
    const data = message as Question | Answer;
    if (!('call' in data)) return;
    void serve(data.call).then(
      (value) => post({ answers: data.id, value }),
      (error: unknown) =>
        post({
          answers: data.id,
          error: error instanceof Error ? error.name : 'Error',
          message: String(error),
        }),
    );
  });
}

/** The keys of {@link serveKeys}, in another thread. */
export function remoteKeys(name: string): HidTransport {
  return keysOver(channelLine(new BroadcastChannel(name)));
}

/** The keys of {@link serveOver}, at the other end of the line. */
export function keysOver({ post, listen }: KeyLine): HidTransport {
  const waiting = new Map<string, (answer: Answer) => void>();
  listen((message) => {
    const data = message as Question | Answer;
    if ('call' in data) return;
    waiting.get(data.answers)?.(data);
    waiting.delete(data.answers);
  });
  async function ask<T>(call: Call): Promise<T> {
    const id = randomUUID();
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      post({ id, call });
    });
    if ('value' in answer) return answer.value as T;
    const Known = ERRORS[answer.error as keyof typeof ERRORS];
    throw Known === undefined ? new Error(answer.message) : new Known(answer.message);
  }
  return {
    list: () => ask<readonly HidInterface[]>({ do: 'list' }),
    async open(path) {
      const at = await ask<number>({ do: 'open', path });
      return {
        write: (report) => ask({ do: 'write', at, report }),
        read: (milliseconds) => ask({ do: 'read', at, milliseconds }),
        sendFeature: (report) => ask({ do: 'sendFeature', at, report }),
        getFeature: () => ask({ do: 'getFeature', at }),
        close: () => ask({ do: 'close', at }),
      };
    },
  };
}
