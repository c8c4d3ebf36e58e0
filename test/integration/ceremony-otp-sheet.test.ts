/**
 * A custodian whose share is locked to an OTP key has its envelope on a sheet, through the real host
 * without a window: printed and read back in the split; in a recovery given, printed anew, proved,
 * and the old sheet destroyed before the witness.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { KEY_HOLDER, keyLaptop, pdfPrinter } from '../support/headless-key.ts';
import { readLog } from '../support/headless-steps.ts';

const { laptop, begin, finish, manifestOf, close, recover } = keyLaptop('yubikey-otp', 11_111_111);

let made: BundleDocument;

test('the envelope is printed, read back from its sheet, and named in the manifest', async () => {
  const { room } = laptop();
  await begin();
  await room.until((view) => view.screen === 'write' && view.turn?.name === KEY_HOLDER);
  await room.say({ type: 'choose-printer', id: await pdfPrinter(laptop()) });
  expect(room.view).toMatchObject({ screen: 'read-back', medium: 'yubikey-otp', onSheet: true });
  made = await finish();
  const manifest = await manifestOf(made);
  expect(manifest.body.shares[1]?.media).toEqual([
    {
      kind: 'yubikey-otp',
      description: expect.stringMatching(/11111111, envelope on A4 sheet 1$/) as string,
    },
  ]);
  await close(made);
});

test('it is given from its sheet, made anew on sheet 2, and sheet 1 is destroyed', async () => {
  const { room, people, rehearsalFolder } = laptop();
  await recover(made);
  expect(room.view).toMatchObject({ media: ['yubikey-otp'], keyOn: ['sheet'] });
  await room.say({ type: 'read', how: 'camera', sheet: 'key-share' });
  expect(room.view).toMatchObject({ screen: 'renew-print', good: 1, next: 2 });
  await room.say({ type: 'choose-printer', id: await pdfPrinter(laptop()) });
  expect(room.view).toMatchObject({ screen: 'renew-read', good: 1, sheet: 2 });
  // The old sheet is shown: it is not the new one, and it still counts.
  expect(await room.ask({ type: 'read', how: 'camera' })).toBeNull();
  expect(room.view).toMatchObject({ screen: 'renew-read', good: 1 });
  const { setId } = (await manifestOf(made)).body;
  const name = `envelope-2-of-2-${setId.slice(0, 8)}-sheet-2.pdf`;
  await people.get(KEY_HOLDER).takeSheet(join(rehearsalFolder, name));
  await room.say({ type: 'read', how: 'camera' });
  expect(room.view).toMatchObject({ screen: 'renew-destroy', good: 2, isNew: true, sheets: [1] });
  expect(await room.ask({ type: 'sheets-destroyed', witness: KEY_HOLDER })).toMatchObject({
    code: 'renew-witness',
  });
  await room.say({ type: 'sheets-destroyed', witness: 'witness' });
  expect(room.view.screen).toBe('identity');
  const log = entries(await readLog(laptop(), room.view.ceremonyId));
  const told = log.filter((entry) => /sheet|envelope/.test(String(fact(entry, 'kind'))));
  const leaves = ['kind', 'oldSheet', 'sheet', 'witness'];
  expect(told.map((entry) => leaves.map((path) => fact(entry, path)))).toEqual([
    ['envelope-printing', undefined, 2, undefined],
    ['envelope-renewed', 1, 2, undefined],
    ['sheets-destroyed', undefined, undefined, 'witness'],
  ]);
});

test('the old sheet that was said to be destroyed is refused before the key blinks', async () => {
  const { host, room, people, rehearsalFolder } = laptop();
  await room.say({ type: 'abandon', reason: 'the sheets were what this one was about' });
  await host.leave();
  await recover(made);
  expect(room.view).toMatchObject({ screen: 'share-in', remembers: true, witnesses: ['witness'] });
  const holder = people.get(KEY_HOLDER);
  const { setId } = (await manifestOf(made)).body;
  const old = join(rehearsalFolder, `envelope-2-of-2-${setId.slice(0, 8)}.pdf`);
  await holder.takeSheet(old);
  const { blinks } = holder.person;
  expect(await room.ask({ type: 'read', how: 'camera', sheet: 'key-share' })).toMatchObject({
    code: 'key-envelope-replaced',
    culprit: 'sheet 1',
    happened: expect.stringMatching(
      /^This is sheet 1, of .*, which was replaced on .*\. Custodian 4 and witness said on .* that it was destroyed\.$/,
    ) as string,
    means: expect.stringMatching(/^Sheet 2 counts, since /) as string,
  });
  expect(room.view.screen).toBe('share-in');
  expect(holder.person.blinks).toBe(blinks);
});

test('it opens the share by the custodian’s choice before a witness, and the log says so first', async () => {
  const { room, people } = laptop();
  const holder = people.get(KEY_HOLDER);
  const reason = 'Sheet 2 burnt in the safe.';
  expect(await room.ask({ type: 'use-replaced', reason, witness: KEY_HOLDER })).toMatchObject({
    code: 'renew-witness',
  });
  const from = holder.person.tasks.length;
  await room.say({ type: 'use-replaced', reason, witness: 'witness' });
  // Sheet 2 is said to be burnt, and may turn up: its number is not given again.
  expect(room.view).toMatchObject({ screen: 'renew-print', good: 1, next: 3 });
  // The sheet is not shown again.
  expect(holder.person.tasks.slice(from).map(({ task }) => task)).toEqual(['touch', 'passphrase']);
  const log = entries(await readLog(laptop(), room.view.ceremonyId));
  const told = log.filter((entry) => /^share-|over|replaced/.test(String(fact(entry, 'kind'))));
  const leaves = ['kind', 'code', 'standing', 'sheet', 'liveSheet', 'reason', 'witness'];
  expect(told.map((entry) => leaves.map((path) => fact(entry, path)))).toEqual([
    ['share-refused', 'key-envelope-replaced', ...Array<undefined>(5).fill(undefined)],
    ['replaced-envelope-used', undefined, 'replaced', 1, 2, reason, 'witness'],
    ['share-accepted', undefined, 'replaced', 1, undefined, undefined, undefined],
  ]);
});
