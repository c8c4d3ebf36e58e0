/**
 * A set of two whose second custodian locks the share to a YubiKey, at the real host without a
 * window: from the plan to the receipt, and to that custodian's share in a recovery.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import {
  parseManifest,
  type KeyMedium,
  type ManifestDocument,
} from '../../shared/sharing/manifest.ts';
import { ENCRYPTED_KEK } from './documents.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  makeTicket,
  openLaptop,
  STICKS,
  type Laptop,
} from './headless-platform.ts';
import { PAIR } from './headless-steps.ts';
import { KeyRack } from './key-rack.ts';

/** Share 2 of 2. */
export const KEY_HOLDER = 'custodian 4';

/**
 * Makes the laptop and the key before the tests of this file, and takes them away after them.
 * @param serial of the key that the holder has in hand
 * @param stickFaults of StickFaults: makes its sticks fail
 * @param stick label of the holder's, which is no folder and is mounted
 */
export function keyLaptop(
  medium: KeyMedium,
  serial: number,
  stickFaults?: SharedArrayBuffer,
  stick?: string,
) {
  let rack: KeyRack;
  let laptop: Laptop;
  beforeAll(async () => {
    rack = new KeyRack();
    laptop = await openLaptop(
      rack,
      stickFaults,
      stick === undefined ? {} : { [KEY_HOLDER]: stick },
    );
    laptop.people.get(KEY_HOLDER).hands = { keys: { rack, own: rack.add(serial) } };
  });
  afterAll(async () => {
    await laptop.remove();
    rack.close();
  });

  const onStick = (kind: string, digest: string) =>
    readFile(
      join(laptop.rehearsalFolder, STICKS.sync, `conclave-${kind}-${digest.slice(0, 8)}.json`),
    ).then((bytes) => new Uint8Array(bytes));
  const manifestOf = async ({ body }: BundleDocument): Promise<ManifestDocument> =>
    parseManifest(await onStick('manifest', body.manifestDigest), 'rehearsal');

  return {
    laptop: () => laptop,
    manifestOf,

    /** A split, up to the agreed plan. */
    begin: async (): Promise<void> => {
      const { host, room } = laptop;
      await carrySetupPackage(laptop);
      await host.start('split', 'rehearsal');
      await room.until(({ screen }) => screen === 'plan');
      const custodians = PAIR.custodians.map((one) =>
        one.name === KEY_HOLDER ? { ...one, medium } : one,
      );
      await room.say({ type: 'plan', plan: { ...PAIR, custodians } });
    },

    /** On to the bundle. */
    finish: async (): Promise<BundleDocument> => {
      const view = await laptop.room.until(({ screen }) => screen === 'waiting');
      if (view.screen !== 'waiting') throw new Error('It does not wait.');
      return bundleType.parse(await onStick('bundle', view.bundleDigest), 'rehearsal');
    },

    /** Sync's receipt comes home. */
    close: async (made: BundleDocument): Promise<void> => {
      const { host, room } = laptop;
      await carryReceipt(laptop, made);
      await room.until(({ screen }) => screen === 'closed');
      await host.leave();
    },

    /** A recovery, up to the custodian with the key, who is asked for the share. */
    recover: async (made: BundleDocument): Promise<void> => {
      const { host, room, people, sync } = laptop;
      if (made.body.kind !== 'setup') throw new Error('A setup bundle carries the roster.');
      const { ticket, pocket } = await makeTicket(laptop);
      await carryRecoverPackage(laptop, ticket, {
        manifest: await manifestOf(made),
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
    },
  };
}

/** The printer of a rehearsal: a folder. */
export async function pdfPrinter({ host }: Laptop): Promise<string> {
  return (await host.printers('rehearsal')).find(({ id }) => id === 'pdf-folder')?.id ?? '';
}
