/**
 * The power fails, or the worker is killed, right after the new envelope of an OTP key took the old
 * one's name on the stick, and before any line of the log says so: through the real host without a
 * window. The stick opens the share the next time, and the log claims nothing that it does not know.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { StickFaults } from '../support/faulty-sticks.ts';
import { KEY_HOLDER, keyLaptop } from '../support/headless-key.ts';
import { STICKS } from '../support/headless-platform.ts';
import { readLog } from '../support/headless-steps.ts';

const faults = new StickFaults();
const { laptop, begin, finish, close, recover } = keyLaptop(
  'yubikey-otp',
  11_111_112,
  faults.shared,
);
let made: BundleDocument;
beforeAll(async () => {
  await begin();
  made = await finish();
  await close(made);
});

async function envelopeOnStick(): Promise<string> {
  const stick = join(laptop().rehearsalFolder, STICKS[KEY_HOLDER]);
  const names = (await readdir(stick)).filter((file) => file.includes('conclave-yubikey-'));
  expect(names).toHaveLength(1);
  return keyEnvelopeDigest(new Uint8Array(await readFile(join(stick, names[0] ?? ''))));
}

/** What the log of a ceremony says of a share that was given, and of its envelope. */
async function told(ceremonyId: string): Promise<unknown[][]> {
  const all = entries(await readLog(laptop(), ceremonyId));
  const own = all.filter((entry) =>
    /^(share-accepted|envelope-)/.test(String(fact(entry, 'kind'))),
  );
  return own.map((entry) => ['kind', 'before', 'after'].map((path) => fact(entry, path)));
}

test.each([
  ['the laptop', () => laptop().restart()],
  ['the worker', async () => laptop().crashWorker()],
] as const)('%s dies between the rename and the log', async (_, die) => {
  await recover(made);
  const { room } = laptop();
  const { ceremonyId } = room.view;
  const before = await envelopeOnStick();
  faults.stopRenamed();
  const given = room
    .say({ type: 'read', how: 'usb', volumeId: await room.stickOf(KEY_HOLDER) })
    .catch(() => undefined);
  await expect.poll(() => faults.hasRenamed()).toBe(true);
  const renewed = await envelopeOnStick();
  expect(renewed).not.toBe(before);
  await die();
  faults.disarm();
  if (laptop().room === room) await given;
  await laptop().host.home();
  expect(await told(ceremonyId)).toEqual([]);
  expect(await envelopeOnStick()).toBe(renewed);

  // Another day: the very stick opens, and is made anew as if nothing had been.
  await laptop().restart();
  await recover(made);
  const next = laptop().room;
  const volumeId = await next.stickOf(KEY_HOLDER);
  await next.say({ type: 'read', how: 'usb', volumeId });
  expect(next.view.screen).toBe('identity');
  expect(await told(next.view.ceremonyId)).toEqual([
    ['share-accepted', undefined, undefined],
    ['envelope-renewed', renewed, await envelopeOnStick()],
  ]);
  await laptop().restart();
});
