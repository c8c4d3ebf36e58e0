import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromHex,
  pluggedOtp,
  toHex,
  VECTORS,
} from '../../../test/support/software-key/plugged-otp.ts';
import type { HidTransport } from './hid/transport.ts';
import { OtpError, type OtpKey } from './index.ts';

const SERIAL = 12_345_678;
const [[OLD, CHALLENGE, RESPONSE], [NEW]] = VECTORS;
const challenge = new TextEncoder().encode(CHALLENGE);

const OPERATIONS: Readonly<Record<string, (key: OtpKey) => Promise<unknown>>> = {
  serial: (key) => key.serial(),
  info: (key) => key.info(),
  slots: (key) => key.slots(),
  response: async (key) => toHex(await key.challengeResponse(2, challenge)),
  program: (key) =>
    key.program(2, fromHex(NEW), { touch: false, overwrite: { typedSerial: SERIAL } }),
  erase: (key) => key.erase(2, { typedSerial: SERIAL }),
};
const names = Object.keys(OPERATIONS);

/** Stands between driver and key, and changes what the driver reads. */
function between(change: (report: Uint8Array, count: number) => Uint8Array) {
  let count = 0;
  const through = (transport: HidTransport): HidTransport => ({
    ...transport,
    open: async (path) => {
      const connection = await transport.open(path);
      return {
        ...connection,
        getFeature: async () => change(await connection.getFeature(), count++),
      };
    },
  });
  return { through, read: () => count };
}

async function outcome(
  name: string,
  change: (report: Uint8Array, count: number) => Uint8Array,
  touch = false,
) {
  const plugged = pluggedOtp();
  const prepared = await plugged.open();
  await prepared.program(2, fromHex(OLD), { touch });
  const old = plugged.otp.memory.at(1);
  const { through, read } = between(change);
  const key = await plugged.open(through);
  const began = plugged.clock.now();
  const result = await (OPERATIONS[name]?.(key) ?? Promise.reject(new Error(name))).then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { result, old, plugged, read: read(), took: plugged.clock.now() - began };
}

/** Whatever comes, it ends, soon, and with a name. */
function expectNamed({ result, read, took }: Awaited<ReturnType<typeof outcome>>): void {
  if ('error' in result) expect(result.error).toBeInstanceOf(OtpError);
  // Eight tries at most, each at most 20 s of blinking asked ten times a second.
  expect(read).toBeLessThan(8 * 300);
  expect(took).toBeLessThan(8 * 22_000);
}

describe('a key that talks nonsense', () => {
  const flags = fc.constantFrom(0, 0x40, 0x41, 0x42, 0x43, 0x20, 0x2f, 0x80, 0x89, 0xff);
  const report = fc
    .tuple(fc.uint8Array({ minLength: 7, maxLength: 7 }), fc.oneof(flags, fc.nat(255)))
    .map(([data, last]) => Uint8Array.of(...data, last));
  const piece = fc.oneof({ weight: 9, arbitrary: report }, fc.uint8Array({ maxLength: 80 }));

  it('at random, cut or too long, gets a name each time, and no end without one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(piece, { minLength: 1, maxLength: 40 }),
        async (name, pieces) => {
          const nonsense = (_: Uint8Array, count: number) =>
            pieces[count % pieces.length]?.slice() ?? new Uint8Array();
          expectNamed(await outcome(name, nonsense));
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each(['0080', '002f', '0040', '0041', '0000', '00ff', '00bf', '0020'])(
    'for ever, always with …%s, is given up',
    async (end) => {
      const same = fromHex(`050403010200${end}`);
      for (const name of names) {
        const seen = await outcome(name, () => same.slice());
        expectNamed(seen);
        if (end !== '0000') expect(seen.result).toHaveProperty('error');
      }
    },
  );

  it('once it has the whole command, for ever busy or blinking, is given up', async () => {
    // The challenge goes out in three reports, each after one that was read.
    for (const [end, after] of [
      [0x80, 5000],
      [0x2f, 20_000],
      [0x45, 0],
    ] as const) {
      const seen = await outcome('response', (given, count) =>
        count < 3 ? given : Uint8Array.of(...given.subarray(0, 7), end),
      );
      expectNamed(seen);
      expect(seen.result).toMatchObject({ error: { code: 'otp-protocol' } });
      expect(seen.took).toBeGreaterThanOrEqual(after);
      expect(seen.took).toBeLessThanOrEqual(after + 200);
    }
  });

  it('when the slot is read again after a write is not believed', async () => {
    const { read } = await outcome('program', (given) => given);
    for (const [place, flip] of [
      [4, 1],
      [5, 2],
      [5, 8],
    ] as const) {
      const seen = await outcome('program', (given, count) =>
        given.map((byte, i) => (count === read - 1 && i === place ? byte ^ flip : byte)),
      );
      expect(seen.result).toMatchObject({ error: { code: 'otp-protocol' } });
    }
  });

  it('in one byte of one report never gives a wrong response, nor half a slot', async () => {
    const change = fc.record({
      name: fc.constantFrom(...names),
      at: fc.nat(24),
      place: fc.nat(7),
      flip: fc.integer({ min: 1, max: 255 }),
      touch: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ name, at, place, flip, touch }) => {
        const seen = await outcome(
          name,
          (given, count) =>
            given.map((byte, i) => (count === at && i === place ? byte ^ flip : byte)),
          touch,
        );
        expectNamed(seen);
        const { result, old, plugged } = seen;
        if (name === 'response' && 'value' in result) expect(result.value).toBe(RESPONSE);
        if (name === 'serial' && 'value' in result) expect([SERIAL, null]).toContain(result.value);
        const held = plugged.otp.memory.at(1);
        const key = held === null ? '' : toHex(held.slice(22, 38)) + toHex(held.slice(16, 20));
        if (name === 'program') expect([OLD, NEW]).toContain(key);
        else if (name === 'erase') expect(['', OLD]).toContain(key);
        else expect(held).toEqual(old);
        if (name === 'program' && 'value' in result) expect(key).toBe(NEW);
        if (name === 'erase' && 'value' in result) expect(key).toBe('');
      }),
      { numRuns: 600 },
    );
  });
});
