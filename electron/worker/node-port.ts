/**
 * node:worker_threads' message ports as the worker speaks over them.
 * @module
 */
import type { MessagePort } from 'node:worker_threads';
import type { Port } from './protocol.ts';

/** A message and the ports beside it: worker_threads has no second argument for them. */
interface Envelope<Message> {
  readonly message: Message;
  readonly ports: readonly MessagePort[];
}

/** A port whose other end is wrapped by this function, too. Bytes arrive as copies. */
export function nodePort<In, Out>(port: MessagePort): Port<In, Out> {
  return {
    post(message, transfer = []) {
      const ports = transfer as readonly MessagePort[];
      const envelope: Envelope<Out> = { message, ports };
      port.postMessage(envelope, [...ports]);
    },
    onMessage(listener) {
      port.on('message', ({ message, ports }: Envelope<In>) => listener(message, ports));
    },
    onClose(listener) {
      port.on('close', listener);
    },
    close() {
      port.close();
    },
  };
}
