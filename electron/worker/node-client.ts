/**
 * Starting the worker as a thread of Node, and channels for its entry windows: the headless
 * rehearsal's side of node.ts.
 * @module
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { FromEntry, ToEntry } from '../../shared/ipc/entry.ts';
import { nodePort } from './node-port.ts';
import type { FromWorker, Port, ToWorker, WorkerProcess } from './protocol.ts';

/**
 * Starts a thread that holds the secrets of one ceremony.
 * @param entry the thread's file; tests bring their own. TypeScript is loaded through tsx.
 * @param options reach the entry as `workerData`; the product's own has none
 */
export function startNodeWorker(
  entry: URL = new URL('./node.ts', import.meta.url),
  options: object = {},
): WorkerProcess {
  const worker = new Worker(new URL('./node-start.mjs', import.meta.url), {
    execArgv: [],
    workerData: { ...options, entry: entry.href },
  });
  const exits: (() => void)[] = [];
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    for (const listener of exits) listener();
  };
  // SECURITY: an error that ends the thread may quote a secret; nobody gets to see it.
  worker.on('error', end);
  worker.on('exit', end);
  return {
    post(message: ToWorker, port?: unknown) {
      const ports = port === undefined ? [] : [port as MessagePort];
      worker.postMessage({ message, ports }, ports);
    },
    onMessage(listener: (message: FromWorker) => void) {
      worker.on('message', ({ message }: { readonly message: FromWorker }) => listener(message));
    },
    onExit(listener: () => void) {
      exits.push(listener);
    },
    kill() {
      // Whoever stops it does not want to hear that it ended.
      exits.length = 0;
      void worker.terminate();
    },
  };
}

/** Both ends of an entry window's channel: one to transfer, one for the window or its stand-in. */
export interface EntryChannel {
  readonly workerPort: MessagePort;
  readonly window: Port<ToEntry, FromEntry>;
}

export function entryChannel(): EntryChannel {
  const { port1, port2 } = new MessageChannel();
  return { workerPort: port1, window: nodePort<ToEntry, FromEntry>(port2) };
}
