/**
 * The envelope of an OTP key on a stick, through the real host without a window: in a recovery it
 * cannot be made anew at first. The share counts, the log says what the stick holds, and a second try
 * works.
 */
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleType, openBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import type { Plan } from '../../shared/ceremony/events.ts';
import { keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
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
const PLAN: Plan = {
  ...PAIR,
  custodians: PAIR.custodians.map((one) =>
    one.name === OTP ? { ...one, medium: 'yubikey-otp' } : one,
  ),
};

let rack: KeyRack;
let laptop: Laptop;

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  laptop.people.get(OTP).hands = { keys: { rack, own: rack.add(11_111_111) } };
});
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

const carried = (kind: string, digest: string) =>
  readFile(
    join(laptop.rehearsalFolder, STICKS.sync, `conclave-${kind}-${digest.slice(0, 8)}.json`),
  ).then((bytes) => new Uint8Array(bytes));

async function split(): Promise<BundleDocument> {
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: PLAN });
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  const made = bundleType.parse(await carried('bundle', view.bundleDigest), 'rehearsal');
  await carryReceipt(laptop, made);
  await room.until(({ screen }) => screen === 'closed');
  await host.leave();
  return made;
}

/** Up to the custodian with the key, who is asked for the share. */
async function recover(made: BundleDocument): Promise<void> {
  const { host, room, people, sync } = laptop;
  if (made.body.kind !== 'setup') throw new Error('A setup bundle carries the roster.');
  const { ticket, pocket } = await makeTicket(laptop);
  await carryRecoverPackage(laptop, ticket, {
    manifest: parseManifest(await carried('manifest', made.body.manifestDigest), 'rehearsal'),
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
}

test('the share is given, the stick holds the old envelope, and a second try makes it anew', async () => {
  const { room } = laptop;
  await recover(await split());
  const stick = join(laptop.rehearsalFolder, STICKS[OTP]);
  const name = (await readdir(stick)).find((file) => file.startsWith('conclave-yubikey-')) ?? '';
  const digest = async () => keyEnvelopeDigest(new Uint8Array(await readFile(join(stick, name))));
  const before = await digest();
  // A folder where a half-written file would be removed.
  const obstacle = join(stick, `.${name}.00000000.part`);
  await mkdir(obstacle);
  await room.say({ type: 'read', how: 'usb', volumeId: await room.stickOf(OTP) });
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
  const told = entries(await readLog(laptop, room.view.ceremonyId)).filter((entry) =>
    /^(share-accepted|envelope-)/.test(String(fact(entry, 'kind'))),
  );
  const leaves = ['kind', 'envelope', 'before', 'after'];
  expect(told.map((entry) => leaves.map((path) => fact(entry, path)))).toEqual([
    ['share-accepted', undefined, undefined, undefined],
    ['envelope-kept', before, undefined, undefined],
    ['envelope-renewed', undefined, before, after],
  ]);
});
