/**
 * The ends of the worker's connections in Electron's utility process.
 * @module
 */
import type { MessagePortMain, ParentPort } from 'electron';
import type { EntryPort } from './entry.ts';
import type { FromWorker, Port, ToWorker } from './protocol.ts';

/** Main's end. It never closes: with main, this process ends. */
export function mainPort(port: ParentPort): Port<ToWorker, FromWorker> {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (event) => listener(event.data as ToWorker, event.ports));
    },
    onClose: () => undefined,
    close: () => undefined,
  };
}

/** An entry window's end, as main handed it on. */
export function windowPort(transferred: unknown): EntryPort {
  const port = transferred as MessagePortMain;
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (event) => listener(event.data as Parameters<typeof listener>[0], []));
      port.start();
    },
    onClose: (listener) => {
      port.on('close', listener);
    },
    close: () => port.close(),
  };
}
