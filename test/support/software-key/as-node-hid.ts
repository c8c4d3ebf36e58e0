/**
 * node-hid as it behaves on Linux, on software keys: report ids, Buffers, plain errors.
 * @module
 */
import type { NodeHid } from '../../../electron/devices/yubikey-otp/hid/node-hid.ts';
import type { HidTransport } from '../../../electron/devices/yubikey-otp/hid/transport.ts';

/** Bytes of a feature report with its id. */
const FEATURE = 9;

/** @param opens false for a system that lets nobody open a key */
export function nodeHidOf(transport: HidTransport, opens = true): NodeHid {
  const plain = (): never => {
    throw new TypeError('could not get feature report from device');
  };
  return {
    devicesAsync: async () =>
      (await transport.list()).map((place) => ({ ...place, release: 0x543, interface: 0 })),
    HIDAsync: {
      async open(where) {
        if (!opens) throw new TypeError(`cannot open device with path ${where}`);
        const connection = await transport.open(where).catch(plain);
        return {
          close: () => connection.close(),
          write: async (data) => {
            await connection.write(Uint8Array.from(data).slice(1)).catch(plain);
            return data.length;
          },
          read: async (milliseconds = 0) => {
            const report = await connection.read(milliseconds).catch(plain);
            return report === null ? undefined : Buffer.from(report);
          },
          sendFeatureReport: async (data) => {
            if (data.length !== FEATURE || data[0] !== 0)
              throw new Error('not report 0 of 8 bytes');
            await connection.sendFeature(Uint8Array.from(data).slice(1)).catch(plain);
            return data.length;
          },
          getFeatureReport: async (id, length) => {
            if (length !== FEATURE || id !== 0) throw new Error('not report 0 of 8 bytes');
            return Buffer.from([id, ...(await connection.getFeature().catch(plain))]);
          },
        };
      },
    },
  };
}
