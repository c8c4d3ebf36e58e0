/**
 * A line between two processes: messages as V8 writes them, each behind its length in four bytes.
 * @module
 */
import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';
import type { KeyLine } from '../support/remote-keys.ts';

export function socketLine(socket: Socket): KeyLine {
  let take: (message: unknown) => void = () => undefined;
  let come = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    come = Buffer.concat([come, chunk]);
    while (come.length >= 4) {
      const end = 4 + come.readUInt32BE(0);
      if (come.length < end) return;
      const message: unknown = deserialize(come.subarray(4, end));
      come = come.subarray(end);
      take(message);
    }
  });
  return {
    post(message) {
      const bytes = serialize(message);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      socket.write(Buffer.concat([length, bytes]));
    },
    listen: (listener) => {
      take = listener;
    },
  };
}
