/**
 * A mounted stick that goes dead as the new envelope of an OTP key takes the old one's name, through
 * the real host without a window: what it holds is believed only when it was seen out and in again,
 * whatever else is plugged in meanwhile, and whoever says that it was done.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { mountExt4, type TestVolume } from '../servers/volumes.ts';
import { StickFaults } from '../support/faulty-sticks.ts';
import { KEY_HOLDER, keyLaptop } from '../support/headless-key.ts';
import { readLog } from '../support/headless-steps.ts';
import { lookedAt, markRemovable, takeOut, type Looks } from '../support/removable.ts';

const LABEL = 'STICK-4';
const faults = new StickFaults();
let stick: TestVolume;
let looks: Looks;
beforeAll(async () => {
  stick = await mountExt4({ sizeMiB: 8, label: LABEL });
  looks = markRemovable([stick.device ?? '']);
});
afterAll(() => stick?.dispose());
const { laptop, begin, finish, close, recover } = keyLaptop(
  'yubikey-otp',
  11_111_113,
  faults.shared,
  LABEL,
);

const screen = () => laptop().host.view()?.screen;

async function split(): Promise<BundleDocument> {
  await begin();
  const made = finish();
  // Of the sticks of this ceremony the one that can be taken out.
  await expect
    .poll(() => laptop().host.view(), { timeout: 60_000 })
    .toMatchObject({ screen: 'replug', volumeLabel: LABEL });
  await takeOut(stick, looks);
  await stick.remount();
  return made;
}

async function envelopeOnStick(): Promise<string> {
  const [name = '', ...others] = (await readdir(stick.path)).filter((file) =>
    file.includes('conclave-yubikey-'),
  );
  expect(others).toEqual([]);
  return keyEnvelopeDigest(new Uint8Array(await readFile(join(stick.path, name))));
}

test('it is waited for, and then read: the new envelope is on it', async () => {
  const made = await split();
  await close(made);
  await recover(made);
  const { room, host } = laptop();
  const before = await envelopeOnStick();
  faults.goneRenamed();
  await room.say({ type: 'read', how: 'usb', volumeId: await room.stickOf(KEY_HOLDER) });
  expect(room.view).toMatchObject({ screen: 'renew-stick', holds: 'unknown' });
  faults.disarm();
  const after = await envelopeOnStick();
  expect(after).not.toBe(before);

  // It would answer now. That it was out somebody can say; the laptop goes by what it sees.
  await host.dispatch({ type: 'write-again' });
  expect(screen()).toBe('renew-replug');
  await lookedAt(looks, 4);
  expect(screen()).toBe('renew-replug');
  await room.say({ type: 'continue' });
  expect(room.view).toMatchObject({ screen: 'renew-stick', holds: 'unknown' });

  await host.dispatch({ type: 'write-again' });
  await takeOut(stick, looks);
  expect(screen()).toBe('renew-replug');
  const other = await mountExt4({ sizeMiB: 8, label: LABEL });
  try {
    await lookedAt(looks, 4);
    expect(screen()).toBe('renew-replug');
  } finally {
    await other.dispose();
  }
  await stick.remount();
  await expect.poll(screen).toBe('identity');
  expect(await envelopeOnStick()).toBe(after);

  const log = entries(await readLog(laptop(), room.view.ceremonyId));
  const told = log
    .filter((entry) => /^(share-accepted|envelope-)/.test(String(fact(entry, 'kind'))))
    .map((entry) => ['kind', 'before', 'after'].map((path) => fact(entry, path)));
  expect(told).toEqual([
    ['envelope-making', before, after],
    ['share-accepted', undefined, undefined],
    ['envelope-unknown', before, after],
    ['envelope-renewed', before, after],
  ]);
});
