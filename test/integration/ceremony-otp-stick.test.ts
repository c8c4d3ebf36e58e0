/**
 * The envelope of an OTP key on a stick, through the real host without a window: in a recovery it
 * cannot be made anew at first. The share counts, the log says what the stick holds, and a second try
 * works.
 */
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { KEY_HOLDER, keyLaptop } from '../support/headless-key.ts';
import { STICKS } from '../support/headless-platform.ts';
import { readLog } from '../support/headless-steps.ts';

const { laptop, begin, finish, close, recover } = keyLaptop('yubikey-otp', 11_111_111);

test('the share is given, the stick holds the old envelope, and a second try makes it anew', async () => {
  const { room, rehearsalFolder } = laptop();
  await begin();
  const made = await finish();
  await close(made);
  await recover(made);
  const stick = join(rehearsalFolder, STICKS[KEY_HOLDER]);
  const name = (await readdir(stick)).find((file) => file.startsWith('conclave-yubikey-')) ?? '';
  const digest = async () => keyEnvelopeDigest(new Uint8Array(await readFile(join(stick, name))));
  const before = await digest();
  // A folder where a half-written file would be removed.
  const obstacle = join(stick, `.${name}.00000000.part`);
  await mkdir(obstacle);
  await room.say({ type: 'read', how: 'usb', volumeId: await room.stickOf(KEY_HOLDER) });
  expect(room.view).toMatchObject({
    screen: 'renew-stick',
    holds: 'old',
    happened: expect.stringContaining('is not an ordinary file.') as string,
  });
  expect(await digest()).toBe(before);
  await rmdir(obstacle);
  await room.say({ type: 'write-again' });
  expect(room.view.screen).toBe('identity');
  const after = await digest();
  expect(after).not.toBe(before);
  const told = entries(await readLog(laptop(), room.view.ceremonyId)).filter((entry) =>
    /^(share-accepted|envelope-)/.test(String(fact(entry, 'kind'))),
  );
  const leaves = ['kind', 'envelope', 'before', 'after'];
  expect(told.map((entry) => leaves.map((path) => fact(entry, path)))).toEqual([
    ['share-accepted', before, undefined, undefined],
    ['envelope-kept', before, undefined, undefined],
    ['envelope-making', undefined, before, after],
    ['envelope-renewed', undefined, before, after],
  ]);
});
