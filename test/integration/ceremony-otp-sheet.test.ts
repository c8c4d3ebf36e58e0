/**
 * A custodian whose share is locked to an OTP key has its envelope on a sheet, through the real host
 * without a window: printed and read back in the split; in a recovery given, printed anew, proved,
 * and the old sheet destroyed before the witness.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleType, openBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import type { Plan } from '../../shared/ceremony/events.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { ENCRYPTED_KEK } from '../support/documents.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  makeTicket,
  openLaptop,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { PAIR, readLog } from '../support/headless-steps.ts';
import { KeyRack } from '../support/key-rack.ts';

const OTP = 'custodian 4';
const SHEET_PLAN: Plan = {
  ...PAIR,
  custodians: PAIR.custodians.map((one) =>
    one.name === OTP ? { ...one, medium: 'yubikey-otp' } : one,
  ),
};

let rack: KeyRack;
let laptop: Laptop;
let made: BundleDocument;
let printer: string;

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  laptop.people.get(OTP).hands = { keys: { rack, own: rack.add(11_111_111) } };
});
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

const onStick = (kind: string, digest: string) =>
  readFile(
    join(laptop.rehearsalFolder, STICKS.sync, `conclave-${kind}-${digest.slice(0, 8)}.json`),
  ).then((bytes) => new Uint8Array(bytes));

test('the envelope is printed, read back from its sheet, and named in the manifest', async () => {
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: SHEET_PLAN });
  await room.until((view) => view.screen === 'write' && view.turn?.name === OTP);
  printer = (await host.printers('rehearsal')).find(({ id }) => id === 'pdf-folder')?.id ?? '';
  await room.say({ type: 'choose-printer', id: printer });
  expect(room.view).toMatchObject({ screen: 'read-back', medium: 'yubikey-otp', onSheet: true });
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  made = bundleType.parse(await onStick('bundle', view.bundleDigest), 'rehearsal');
  const manifest = parseManifest(await onStick('manifest', made.body.manifestDigest), 'rehearsal');
  expect(manifest.body.shares[1]?.media).toEqual([
    {
      kind: 'yubikey-otp',
      description: expect.stringMatching(/11111111, envelope on A4 sheet 1$/) as string,
    },
  ]);
  await carryReceipt(laptop, made);
  await room.until(({ screen }) => screen === 'closed');
  await host.leave();
});

test('it is given from its sheet, made anew on sheet 2, and sheet 1 is destroyed', async () => {
  const { host, room, people, sync } = laptop;
  if (made.body.kind !== 'setup') throw new Error('A setup bundle carries the roster.');
  const manifest = parseManifest(await onStick('manifest', made.body.manifestDigest), 'rehearsal');
  const { ticket, pocket } = await makeTicket(laptop);
  await carryRecoverPackage(laptop, ticket, {
    manifest,
    roster: made.body.roster,
    vaultComponent: await openBundle(made.body, sync.recipient.privateKey),
    encryptedKek: ENCRYPTED_KEK,
  });
  await host.start('recover', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  await room.until(({ screen }) => screen === 'who');
  await room.say({ type: 'who', index: 2 });
  await room.until(({ screen }) => screen === 'share-in');
  expect(room.view).toMatchObject({ media: ['yubikey-otp'], keyOn: ['sheet'] });
  await room.say({ type: 'read', how: 'camera', sheet: 'key-share' });
  expect(room.view).toMatchObject({ screen: 'renew-print', good: 1, next: 2 });
  await room.say({ type: 'choose-printer', id: printer });
  expect(room.view).toMatchObject({ screen: 'renew-read', good: 1, sheet: 2 });
  // The old sheet is shown: it is not the new one, and it still counts.
  expect(await room.ask({ type: 'read', how: 'camera' })).toBeNull();
  expect(room.view).toMatchObject({ screen: 'renew-read', good: 1 });
  const { setId } = manifest.body;
  const name = `envelope-2-of-2-${setId.slice(0, 8)}-sheet-2.pdf`;
  await people.get(OTP).takeSheet(join(laptop.rehearsalFolder, name));
  await room.say({ type: 'read', how: 'camera' });
  expect(room.view).toMatchObject({ screen: 'renew-destroy', good: 2, isNew: true, sheets: [1] });
  expect(await room.ask({ type: 'sheets-destroyed', witness: OTP })).toMatchObject({
    code: 'renew-witness',
  });
  await room.say({ type: 'sheets-destroyed', witness: 'witness' });
  expect(room.view.screen).toBe('identity');
  const log = entries(await readLog(laptop, room.view.ceremonyId));
  const told = log.filter((entry) => /sheet|envelope/.test(String(fact(entry, 'kind'))));
  const leaves = ['kind', 'oldSheet', 'sheet', 'witness'];
  expect(told.map((entry) => leaves.map((path) => fact(entry, path)))).toEqual([
    ['envelope-printing', undefined, 2, undefined],
    ['envelope-renewed', 1, 2, undefined],
    ['sheets-destroyed', undefined, undefined, 'witness'],
  ]);
});
