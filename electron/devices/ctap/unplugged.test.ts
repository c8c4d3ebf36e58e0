import { describe, expect, test } from 'vitest';
import { FIRMWARE_5_4, FIRMWARE_5_7 } from '../../../test/support/software-key/fido-profiles.ts';
import { type PluggedFido, pluggedFido } from '../../../test/support/software-key/fido-plugged.ts';
import { fidoCode, type FidoKey, type KnownCredential } from './index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const userId = Uint8Array.of(1);
const salt1 = new Uint8Array(32).fill(3);
const PIN = bytes('123456');

interface Scene {
  readonly plugged: PluggedFido;
  readonly known: readonly KnownCredential[];
}

/** Everything that goes over the wire, from opening the key on. */
type Operation = (fido: FidoKey, scene: Scene) => Promise<unknown>;

const operations: Record<string, Operation> = {
  'opening it': async (fido) => fido.info(),
  'its serial number': (fido) => fido.serial(),
  'the tries of its PIN': (fido) => fido.pinRetries(),
  'a new credential': (fido) => fido.makeCredential({ userId, pin: PIN }),
  'a secret': (fido, { known }) => fido.hmacSecret({ credentials: known, salt1, pin: PIN }),
  'a secret without PIN': (fido, { known }) =>
    fido.hmacSecret({ credentials: known, salt1, pin: null }),
  'a touch': (fido) => fido.select(),
};

async function scene(profile = FIRMWARE_5_7): Promise<Scene> {
  const plugged = pluggedFido(profile);
  const fido = await plugged.open();
  const known = [await fido.makeCredential({ userId, pin: PIN })];
  await fido.close();
  return { plugged, known };
}

async function attempt(at: Scene, operation: Operation): Promise<unknown> {
  const fido = await at.plugged.open();
  try {
    return await operation(fido, at);
  } finally {
    await fido.close();
  }
}

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => fidoCode(error) ?? String(error),
  );

describe.each([
  ['5.4', FIRMWARE_5_4],
  ['5.7', FIRMWARE_5_7],
])('firmware %s', (_name, profile) => {
  test.each(Object.entries(operations))(
    'taken out at every report of %s: named, repeated, no try of the PIN lost',
    async (_what, operation) => {
      const at = await scene(profile);
      const { plug } = at.plugged.key;
      const before = plug.reports;
      expect(await outcome(attempt(at, operation))).toBe('done');
      const reports = plug.reports - before;
      expect(reports).toBeGreaterThanOrEqual(4);
      for (let report = 0; report < reports; report += 1) {
        plug.comeOutAfter(report);
        expect(await outcome(attempt(at, operation)), `report ${report}`).toBe('fido-gone');
        expect(plug.isIn).toBe(false);
        plug.in();
        expect(at.plugged.applet.pin.left).toBe(8);
        expect(await outcome(attempt(at, operation)), `after report ${report}`).toBe('done');
      }
    },
  );

  test('taken out at every report of a wrong PIN: at most the one try that was sent', async () => {
    const operation: Operation = (fido) => fido.makeCredential({ userId, pin: bytes('wrong') });
    for (let report = 0; ; report += 1) {
      const at = await scene(profile);
      const { key, applet } = at.plugged;
      const spent = applet.pin.compared;
      key.plug.comeOutAfter(report);
      const code = await outcome(attempt(at, operation));
      expect(applet.pin.compared - spent).toBeLessThanOrEqual(1);
      expect(applet.pin.left).toBe(8 - (applet.pin.compared - spent));
      if (code === 'fido-pin-wrong') break;
      expect(code).toBe('fido-gone');
    }
  });

  test('taken out at every report of setting a PIN: it is set wholly or not at all', async () => {
    for (let report = 0; ; report += 1) {
      const plugged = pluggedFido(profile, null);
      const at = { plugged, known: [] };
      const operation: Operation = (fido) => fido.setPin(PIN);
      plugged.key.plug.comeOutAfter(report);
      const code = await outcome(attempt(at, operation));
      plugged.key.plug.in();
      const isSet = plugged.applet.pin.isSet;
      const again = await outcome(attempt(at, operation));
      expect(again).toBe(isSet ? 'fido-pin-set-already' : 'done');
      const use: Operation = (fido) => fido.makeCredential({ userId, pin: PIN });
      expect(await outcome(attempt(at, use))).toBe('done');
      if (code === 'done') break;
      expect(code).toBe('fido-gone');
    }
  });
});

test('put back in between two operations, the old handle says that it is gone', async () => {
  const at = await scene();
  const fido = await at.plugged.open();
  at.plugged.key.plug.out();
  at.plugged.key.plug.in();
  expect(await outcome(fido.serial())).toBe('fido-gone');
  await fido.close();
  expect(await outcome(attempt(at, (again) => again.serial()))).toBe('done');
});
