import { describe, expect, test } from 'vitest';
import { JumpingClock } from '../../../test/support/software-key/clock.ts';
import {
  FIRMWARE_5_4,
  FIRMWARE_5_7,
  type FidoProfile,
} from '../../../test/support/software-key/fido-profiles.ts';
import { FidoMachine } from '../../../test/support/software-key/fido.ts';
import { SoftwareKey } from '../../../test/support/software-key/key.ts';
import { transportOf } from '../../../test/support/software-key/transport.ts';
import { fidoCode, listFidoKeys, openFidoKey, touchedFirst } from './index.ts';

async function twoKeys(profiles: readonly FidoProfile[]) {
  const clock = new JumpingClock();
  const keys = profiles.map((profile, at) => {
    const key = new SoftwareKey({ clock, serial: 100 + at, firmware: profile.firmware });
    key.add(new FidoMachine(key, profile));
    key.finger.waits();
    return key;
  });
  const transport = transportOf(keys);
  const listed = await listFidoKeys(transport);
  const fidos = await Promise.all(listed.map(({ path }) => openFidoKey(transport, path, clock)));
  return { clock, keys, fidos };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => fidoCode(error) ?? String(error),
  );

describe.each([
  ['both with selection', [FIRMWARE_5_7, FIRMWARE_5_7]],
  ['one without selection', [FIRMWARE_5_4, FIRMWARE_5_7]],
])('%s', (_name, profiles) => {
  test.each([0, 1])('the one that is touched is known, and the other stops (%i)', async (which) => {
    const { clock, keys, fidos } = await twoKeys(profiles);
    clock.in(3_000, () => keys[which]?.finger.press(clock.now()));
    let blinks = 0;
    const touched = await touchedFirst(fidos, { onTouch: () => void (blinks += 1) });
    expect(await touched.serial()).toBe(100 + which);
    expect(blinks).toBe(1);
    // A finger that comes later finds nobody waiting: the other key answers at once.
    const other = fidos[1 - which];
    expect(await other?.pinRetries()).toEqual({ left: 8, replug: false });
  });

  test('nobody touches, somebody cancels, one is taken out', async () => {
    const { clock, keys, fidos } = await twoKeys(profiles);
    expect(await codeOf(touchedFirst(fidos))).toBe('fido-not-touched');
    const stop = new AbortController();
    clock.in(1_000, () => stop.abort());
    expect(await codeOf(touchedFirst(fidos, { signal: stop.signal }))).toBe('fido-cancelled');
    expect(await codeOf(touchedFirst(fidos, { signal: stop.signal }))).toBe('fido-cancelled');
    clock.in(1_000, () => keys[0]?.plug.out());
    expect(await codeOf(touchedFirst(fidos))).toBe('fido-gone');
    expect(await fidos[1]?.serial()).toBe(101);
  });
});
