/**
 * The power fails, or the worker is killed, right after the new envelope of an OTP key took the old
 * one's name on the stick, and before any line of the log says that it did: through the real host without
 * a window. The stick opens the share the next time, the log claims nothing that it does not know, and an
 * old copy of the file is over once the new one was given.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
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

async function fileOnStick(): Promise<string> {
  const stick = join(laptop().rehearsalFolder, STICKS[KEY_HOLDER]);
  const names = (await readdir(stick)).filter((file) => file.includes('conclave-yubikey-'));
  expect(names).toHaveLength(1);
  return join(stick, names[0] ?? '');
}

const envelopeOnStick = async () =>
  keyEnvelopeDigest(new Uint8Array(await readFile(await fileOnStick())));

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
  const oldCopy = await readFile(await fileOnStick());
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
  expect(await told(ceremonyId)).toEqual([['envelope-making', before, renewed]]);
  expect(await envelopeOnStick()).toBe(renewed);

  // Another day: the very stick opens, and is made anew as if nothing had been.
  await laptop().restart();
  await recover(made);
  const next = laptop().room;
  const volumeId = await next.stickOf(KEY_HOLDER);
  await next.say({ type: 'read', how: 'usb', volumeId });
  expect(next.view.screen).toBe('identity');
  const newest = await envelopeOnStick();
  expect(await told(next.view.ceremonyId)).toEqual([
    ['envelope-making', renewed, newest],
    ['share-accepted', undefined, undefined],
    ['envelope-renewed', renewed, newest],
  ]);

  // The copy of before that day is over, though no log says that it was ever replaced.
  await laptop().restart();
  await recover(made);
  const last = laptop().room;
  const file = await fileOnStick();
  const good = await readFile(file);
  await writeFile(file, oldCopy);
  const stickId = await last.stickOf(KEY_HOLDER);
  expect(await last.ask({ type: 'read', how: 'usb', volumeId: stickId })).toMatchObject({
    code: 'key-envelope-replaced',
  });
  await writeFile(file, good);
  await laptop().restart();
});
