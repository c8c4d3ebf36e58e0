import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pluggedFido } from '../../../test/support/software-key/fido-plugged.ts';
import type { Clock } from '../yubikey-otp/hid/clock.ts';
import {
  type HidConnection,
  HidNoPermission,
  type HidTransport,
  HidUnavailable,
} from '../yubikey-otp/hid/transport.ts';
import { fidoCode, type FidoKey, listFidoKeys, openFidoKey } from './index.ts';
import { LIMITS } from './wait.ts';

const pin = new TextEncoder().encode('123456');
const userId = Uint8Array.of(1);

/** A clock that only moves when somebody waits. */
class WaitingClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
  }
}

const known = { vendorId: 0x1050, productId: 0x0407, usagePage: 0xf1d0, usage: 1, product: '' };

/** A thing that is no key: `answer` gives its reports, null for a wait in vain. */
function thing(answer: (written: readonly Uint8Array[], read: number) => Uint8Array | null) {
  const clock = new WaitingClock();
  const written: Uint8Array[] = [];
  let reads = 0;
  const never = (): never => {
    throw new Error('not a FIDO report');
  };
  const connection: HidConnection = {
    write: async (report) => void written.push(report.slice()),
    async read(milliseconds) {
      const report = answer(written, reads);
      reads += 1;
      if (report === null) await clock.sleep(milliseconds);
      return report;
    },
    sendFeature: never,
    getFeature: never,
    close: async () => undefined,
  };
  const transport: HidTransport = {
    list: async () => [{ ...known, path: 'thing' }],
    open: async () => connection,
  };
  return { open: () => openFidoKey(transport, 'thing', clock), reads: () => reads, written };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => fidoCode(error) ?? String(error),
  );

function packet(channel: number, ...bytes: readonly number[]): Uint8Array {
  const made = new Uint8Array(64);
  new DataView(made.buffer).setUint32(0, channel);
  made.set(bytes, 4);
  return made;
}

/** Answers INIT as a key does, and then `more`. */
function greeting(more: (written: readonly Uint8Array[], read: number) => Uint8Array | null) {
  return thing((written, read) => {
    const last = written.at(-1);
    if (read > 0 || last?.[4] !== 0x86) return more(written, read);
    const facts = [0, 0, 0, 9, 2, 5, 7, 4, 5];
    return packet(0xffffffff, 0x86, 0, 17, ...last.subarray(7, 15), ...facts);
  });
}

test('silence, and floods of other channels, of signs of life, of nothing: all end', async () => {
  const silent = thing(() => null);
  expect(await codeOf(silent.open())).toBe('fido-silent');
  const others = thing(() => packet(0x01020304, 0x90, 0, 1, 0));
  expect(await codeOf(others.open())).toBe('fido-silent');
  expect(others.reads()).toBeLessThanOrEqual(LIMITS.reads);
  for (const status of [0, 1, 2, 255]) {
    const alive = greeting(() => packet(9, 0xbb, 0, 1, status));
    expect(await codeOf(alive.open())).toBe(status === 2 ? 'fido-not-touched' : 'fido-silent');
    expect(alive.reads()).toBeLessThanOrEqual(LIMITS.reads + 1);
    // It is told to stop: CANCEL is the last that it hears.
    expect(alive.written.at(-1)?.[4]).toBe(0x91);
  }
});

test('a key that says busy for ever', async () => {
  const busy = greeting(() => packet(9, 0xbf, 0, 1, 6));
  expect(await codeOf(busy.open())).toBe('fido-busy');
  expect(busy.written.length).toBeLessThanOrEqual(2 + LIMITS.busy / LIMITS.pause);
});

test('greetings with another nonce are somebody else’s; odd ones are nonsense', async () => {
  const other = thing((_written, read) =>
    read < 5 ? packet(0xffffffff, 0x86, 0, 17, ...new Uint8Array(17).fill(1)) : null,
  );
  expect(await codeOf(other.open())).toBe('fido-silent');
  const short = thing(([first]) =>
    packet(0xffffffff, 0x86, 0, 16, ...(first ?? new Uint8Array(64)).subarray(7, 15), 0, 0, 0, 9),
  );
  expect(await codeOf(short.open())).toBe('fido-nonsense');
  for (const channel of [0x00, 0xff]) {
    const bad = thing(([first]) => {
      const nonce = (first ?? new Uint8Array(64)).subarray(7, 15);
      return packet(
        0xffffffff,
        0x86,
        0,
        17,
        ...nonce,
        ...Array<number>(4).fill(channel),
        2,
        5,
        7,
        4,
        5,
      );
    });
    expect(await codeOf(bad.open())).toBe('fido-nonsense');
  }
});

test('messages of impossible length, without beginning, out of order, to something else', async () => {
  const answers: [string, readonly number[]][] = [
    ['longer than any', [0x90, 0xff, 0xff]],
    ['without a beginning', [0x00, 1, 2]],
    ['of another command', [0x86, 0, 17]],
    ['without a status', [0x90, 0, 0]],
    ['an error without a code', [0xbf, 0, 0]],
    ['an error that is none', [0xbf, 0, 1, 0x77]],
    ['a sign of life that says nothing', [0xbb, 0, 0]],
    ['not CBOR', [0x90, 0, 2, 0, 0xff]],
    ['not a map', [0x90, 0, 2, 0, 0x01]],
    ['an empty map', [0x90, 0, 2, 0, 0xa0]],
    ['nothing but yes', [0x90, 0, 1, 0]],
  ];
  for (const [name, bytes] of answers) {
    const odd = greeting(() => packet(9, ...bytes));
    expect(await codeOf(odd.open()), name).toBe('fido-nonsense');
  }
  let sequence = 0;
  const disorder = greeting(() => {
    sequence += 1;
    return sequence === 1 ? packet(9, 0x90, 1, 0, 0) : packet(9, sequence === 2 ? 0 : 5);
  });
  expect(await codeOf(disorder.open())).toBe('fido-nonsense');
  const stops = greeting((_written, read) => (read === 1 ? packet(9, 0x90, 1, 0, 0) : null));
  expect(await codeOf(stops.open())).toBe('fido-silent');
});

test('random reports of any length end in a refusal of this library', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 40 }), async (all) => {
      const random = thing((_written, read) => all[read] ?? null);
      expect(await codeOf(random.open())).toMatch(/^fido-/);
    }),
    { numRuns: 150 },
  );
});

test('random reports on the right channel end in a refusal of this library', async () => {
  const body = fc.uint8Array({ minLength: 60, maxLength: 60 });
  const kind = fc.constantFrom(0x90, 0xbf, 0xbb, 0x86, 0x00, 0x01, 0x7f);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(kind, body), { maxLength: 40 }), async (all) => {
      const random = greeting((_written, read) => {
        const next = all[read - 1];
        return next === undefined ? null : packet(9, next[0], 0, ...next[1].subarray(2));
      });
      expect(await codeOf(random.open())).toMatch(/^fido-/);
    }),
    { numRuns: 150 },
  );
});

/** What a line does to one of the reports that come from a real key. */
type Damage = (report: Uint8Array) => Uint8Array | null;

test('one report damaged, lost or cut short at any place of any operation', async () => {
  const operations: ((fido: FidoKey) => Promise<unknown>)[] = [
    (fido) => fido.makeCredential({ userId, pin }),
    async (fido) => {
      const made = await fido.makeCredential({ userId, pin });
      return fido.hmacSecret({ credentials: [made], salt1: new Uint8Array(32), pin });
    },
    (fido) => fido.serial(),
    (fido) => fido.select(),
  ];
  const damage: fc.Arbitrary<Damage> = fc.oneof(
    fc.constant(() => null),
    fc.nat(63).map(
      (length): Damage =>
        (bytes) =>
          bytes.slice(0, length),
    ),
    fc.tuple(fc.nat(63), fc.integer({ min: 1, max: 255 })).map(
      ([place, mask]): Damage =>
        (bytes) =>
          Uint8Array.from(bytes, (byte, i) => (i === place ? byte ^ mask : byte)),
    ),
    fc.uint8Array({ minLength: 64, maxLength: 64 }).map(
      (bytes): Damage =>
        () =>
          bytes,
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...operations),
      fc.nat(60),
      damage,
      async (operation, place, damaged) => {
        const { transport, clock, applet } = pluggedFido();
        let reads = 0;
        let isDamaging = true;
        const line: HidTransport = {
          list: () => transport.list(),
          async open(path) {
            const connection = await transport.open(path);
            const read = async (milliseconds: number): Promise<Uint8Array | null> => {
              const bytes = await connection.read(milliseconds);
              if (bytes === null) return null;
              reads += 1;
              return isDamaging && reads - 1 === place ? damaged(bytes) : bytes;
            };
            return Object.assign(Object.create(null) as HidConnection, connection, { read });
          },
        };
        const [found] = await listFidoKeys(line);
        const attempt = async () => {
          const fido = await openFidoKey(line, found?.path ?? '', clock);
          try {
            await operation(fido);
          } finally {
            // The same handle goes on: the channel is cleared first.
            if (place < reads) await fido.pinRetries().catch(() => undefined);
          }
        };
        expect(await codeOf(attempt())).toMatch(/^(done|fido-.*)$/);
        expect(applet.pin.left).toBe(8);
        isDamaging = false;
        expect(await codeOf(attempt())).toBe('done');
      },
    ),
    { numRuns: 150 },
  );
});

test('a stack that fails in a way of its own', async () => {
  const failing = thing(() => {
    throw new TypeError('could not read from HID device');
  });
  expect(await codeOf(failing.open())).toBe('fido-unreachable');
  const transport: HidTransport = {
    list: async () => [],
    open: () => Promise.reject(new TypeError('cannot open device')),
  };
  expect(await codeOf(openFidoKey(transport, 'x'))).toBe('fido-unreachable');
});

test('no HID stack, no permission, and a listing that fails: each in words', async () => {
  for (const [error, code] of [
    [new HidUnavailable('libusb-1.0.so.0 is missing.'), 'fido-unavailable'],
    [new HidNoPermission(''), 'fido-no-permission'],
  ] as const) {
    const transport: HidTransport = {
      list: () => Promise.reject(error),
      open: () => Promise.reject(error),
    };
    expect(await codeOf(listFidoKeys(transport))).toBe(code);
    expect(await codeOf(openFidoKey(transport, 'x'))).toBe(code);
  }
});
