/**
 * A custodian whose share is locked to a FIDO2 key has its envelope on a sheet: printed, read back
 * and, after the receipt, given from it in a recovery, through the real host without a window.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleType, openBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import type { Plan } from '../../shared/ceremony/events.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
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

const FIDO = 'custodian 4';
const SHEET_PLAN: Plan = {
  ...PAIR,
  custodians: PAIR.custodians.map((one) =>
    one.name === FIDO ? { ...one, medium: 'yubikey-fido2' } : one,
  ),
};

let rack: KeyRack;
let laptop: Laptop;
let made: BundleDocument;

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  laptop.people.get(FIDO).hands = { keys: { rack, own: rack.add(22_222_222) } };
});
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

const onStick = (kind: string, digest: string) =>
  readFile(
    join(laptop.rehearsalFolder, STICKS.sync, `conclave-${kind}-${digest.slice(0, 8)}.json`),
  ).then((bytes) => new Uint8Array(bytes));

test('the envelope is printed, read back from its sheet, and named in manifest and log', async () => {
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: SHEET_PLAN });
  await room.until((view) => view.screen === 'write' && view.turn?.name === FIDO);
  const folder = (await host.printers('rehearsal')).find(({ id }) => id === 'pdf-folder');
  await room.say({ type: 'choose-printer', id: folder?.id ?? '' });
  expect(room.view).toMatchObject({ screen: 'read-back', medium: 'yubikey-fido2', onSheet: true });
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  made = bundleType.parse(await onStick('bundle', view.bundleDigest), 'rehearsal');
  const manifest = parseManifest(await onStick('manifest', made.body.manifestDigest), 'rehearsal');
  expect(manifest.body.shares[1]?.media).toEqual([
    {
      kind: 'yubikey-fido2',
      description: expect.stringMatching(/22222222, envelope on A4 sheet 1$/) as string,
    },
  ]);
  const log = await readLog(laptop, made.body.ceremonyId);
  expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
  await carryReceipt(laptop, made);
  await room.until(({ screen }) => screen === 'closed');
  await host.leave();
});

test('it is given from its sheet, with key and PIN, and stays as it is', async () => {
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
  await room.say({ type: 'read', how: 'camera', sheet: 'key-share' });
  expect(room.view.screen).toBe('identity');
  const log = await readLog(laptop, room.view.ceremonyId);
  const of = (kind: string) => entries(log).filter((entry) => fact(entry, 'kind') === kind);
  expect(of('share-accepted').map((entry) => fact(entry, 'medium'))).toEqual(['yubikey-fido2']);
  expect(of('envelope-renewed')).toEqual([]);
});
