/**
 * Documents that do not fit are refused by name, through the real host; a laptop that continues
 * from sync’s chain knows what was superseded.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderShareSheet } from '../../electron/media/paper/sheet.ts';
import { encodeChain } from '../../shared/transcript/chain.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { sharePublicKey } from '../../shared/sharing/share-key.ts';
import { ENCRYPTED_KEK } from '../support/documents.ts';
import { makeManifest, makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  makeTicket,
  openLaptop,
  packageFacts,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { codeOf, kindsOf, splitToWaiting, startSplit } from '../support/headless-steps.ts';
import { randomId } from '../support/people.ts';

let laptop: Laptop;
beforeEach(async () => {
  laptop = await openLaptop();
});
afterEach(() => laptop.remove());

describe('documents that do not fit', () => {
  const choose = async (kind: 'descriptor' | 'package') =>
    laptop.room.ask({ type: 'choose-document', id: await laptop.room.document(kind) });

  async function atPackage(ceremony: 'split' | 'recover' = 'split'): Promise<void> {
    await laptop.host.start(ceremony, 'rehearsal');
    await laptop.room.until(({ screen }) => screen === 'package');
  }

  test('a package of another kind', async () => {
    await carrySetupPackage(laptop);
    await atPackage('recover');
    expect((await choose('package'))?.code).toBe('package-other-kind');
    expect(laptop.room.view.screen).toBe('package');
  });

  test('a package from before the newest change of trust', async () => {
    const bundle = await splitToWaiting(laptop);
    await carryReceipt(laptop, bundle, { epoch: 5 });
    await laptop.room.until(({ screen }) => screen === 'closed');
    await laptop.host.leave();
    await carrySetupPackage(laptop, 4);
    await atPackage();
    expect((await choose('package'))?.code).toBe('package-old-epoch');
    await carrySetupPackage(laptop, 5);
    expect(await choose('package')).toBeNull();
  });

  test('a package that another ceremony used', async () => {
    await splitToWaiting(laptop);
    await laptop.host.leave();
    await atPackage();
    expect((await choose('package'))?.code).toBe('package-used');
  });

  test('a package of the other mode, of another sync, and one that was changed', async () => {
    const body = { ...packageFacts(laptop), kind: 'setup' as const, keyVersion: 'v1' };
    const production = await packageType.sign({ ...body, mode: 'production' }, [
      laptop.sync.signer,
    ]);
    const stranger = await packageType.sign({ ...body, audience: randomId() }, [
      laptop.sync.signer,
    ]);
    const right = await carrySetupPackage(laptop);
    await atPackage();
    await laptop.carry('package', production.digest, packageType.toBytes(production));
    expect((await choose('package'))?.code).toBe('document-other-mode');
    await laptop.carry('package', stranger.digest, packageType.toBytes(stranger));
    expect((await choose('package'))?.code).toMatch(/signature-missing|audience/);
    const bytes = packageType.toBytes(right);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await laptop.carry('package', right.digest, bytes);
    expect(await choose('package')).not.toBeNull();
    expect(laptop.room.view.screen).toBe('package');
  });

  test('a descriptor whose words differ is not trusted; once typed it is known by itself', async () => {
    await laptop.host.start('split', 'rehearsal');
    await choose('descriptor');
    const wrong = eightWords(hexToBytes('00'.repeat(32)));
    expect((await laptop.room.ask({ type: 'words', words: wrong }))?.code).toBe('words-differ');
    expect((await laptop.host.home()).trustedSyncs).toEqual([]);
    await laptop.room.until(({ screen }) => screen === 'package');
    expect((await laptop.host.home()).trustedSyncs).toHaveLength(1);
    await laptop.restart();
    await laptop.host.start('split', 'rehearsal');
    await choose('descriptor');
    expect(laptop.room.view.screen).toBe('package');
  });

  test('a stick that was pulled out meanwhile', async () => {
    await carrySetupPackage(laptop);
    await atPackage();
    const id = await laptop.room.document('package');
    await rm(join(laptop.rehearsalFolder, STICKS.sync), { recursive: true });
    expect((await laptop.room.ask({ type: 'choose-document', id }))?.code).toMatch(/gone/);
  });

  test('production is refused without the installed app', async () => {
    await expect(laptop.host.start('split', 'production')).rejects.toMatchObject({
      code: 'production-refused',
    });
    expect(laptop.host.view()).toBeNull();
  });

  test('two starts at once open one ceremony', async () => {
    const started = await Promise.allSettled([
      laptop.host.start('split', 'rehearsal'),
      laptop.host.home(),
      laptop.host.start('recover', 'rehearsal'),
      laptop.host.home(),
    ]);
    expect(started.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await kindsOf(laptop)).toEqual(['ceremony-opened']);
  });
});

describe('a laptop that continues from sync’s chain', () => {
  test('knows what was superseded, after the eight words were typed', async () => {
    const { host, room, people, sync } = laptop;
    const old = await makeShareSet({ mode: 'rehearsal', sync, label: '2024 A' });
    const fresh = await makeShareSet({ mode: 'rehearsal', sync, label: '2026 A', cast: old.cast });
    const manifest = await makeManifest(
      fresh,
      { label: '2026 A' },
      { previous: old.manifest.digest },
    );
    const roster = envelopeToJson(fresh.roster.envelope);
    const chain = encodeChain({
      mode: 'rehearsal',
      descriptor: envelopeToJson(sync.descriptor.envelope),
      manifests: [old.manifest, manifest].map(({ envelope }) => envelopeToJson(envelope)),
      rosters: [roster],
      receipts: [],
    });
    await laptop.carry('chain', 'c4a10000', chain);
    const [found] = await host.findDocuments({ kind: 'chain', mode: 'rehearsal' });
    const opened = await host.openChain({ documentId: found?.id ?? '', mode: 'rehearsal' });
    expect(opened).toMatchObject({ digest: sync.descriptor.digest, sets: 2 });
    const { digest } = opened;
    const wrong = eightWords(hexToBytes('00'.repeat(32)));
    await expect(
      host.trustChain({ digest, words: wrong, mode: 'rehearsal' }),
    ).rejects.toMatchObject({ code: 'words-differ' });
    expect((await host.home()).sets).toEqual([]);
    await host.trustChain({ digest, words: eightWords(hexToBytes(digest)), mode: 'rehearsal' });
    const standings = (await host.home()).sets.map(
      ({ label, standing }) => `${label}: ${standing}`,
    );
    expect(standings.sort()).toEqual(['2024 A: superseded', '2026 A: live']);

    // The operator's identity and a ticket; then custodian 1 brings the sheet of before.
    await startSplit(laptop);
    await room.until(({ screen }) => screen === 'make-key');
    await room.say({ type: 'abandon', reason: 'only the identities were wanted' });
    await host.leave();
    const { ticket, pocket } = await makeTicket(laptop);
    await carryRecoverPackage(laptop, ticket, {
      manifest,
      roster,
      vaultComponent: fresh.vaultComponent,
      encryptedKek: ENCRYPTED_KEK,
    });
    await host.start('recover', 'rehearsal');
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    await room.until(({ screen }) => screen === 'who');
    await room.say({ type: 'who', index: 1 });
    people.get('custodian 1').sheets.share = await sheetOf(old, 0);
    const refused = await codeOf(room.until(({ screen }) => screen === 'identity'));
    expect(refused).toBe('share-superseded');
    expect(room.view.refusal).toMatchObject({
      happened: expect.stringContaining('2024 A'),
      next: expect.stringContaining('2026 A'),
    });
    // Refused, not burnt: the right sheet is taken in the same sitting.
    people.get('custodian 1').sheets.share = await sheetOf(fresh, 1);
    expect(await codeOf(room.until(({ screen }) => screen === 'identity'))).toBe(
      'share-wrong-custodian',
    );
    people.get('custodian 1').sheets.share = await sheetOf(fresh, 0);
    await room.until(({ screen }) => screen === 'identity');
  });
});

/** A share's sheet as it came out of the printer. */
async function sheetOf(set: TestShareSet, at: number): Promise<Uint8Array> {
  const share = set.shares[at];
  const wire = set.wires[at];
  if (share === undefined || wire === undefined) throw new Error('There is no such share.');
  const { label, keyVersion, ceremonyId } = set.manifest.body;
  const { mode, setId, generation, threshold, count, index } = share;
  return renderShareSheet(
    {
      mode,
      setId,
      generation,
      threshold,
      count,
      index,
      sheet: 1,
      keyVersion,
      ceremonyId,
      setLabel: label,
      custodian: `custodian ${index}`,
      date: '2026-05-03',
      fingerprint: sharePublicKey(share),
    },
    wire,
    'A4',
  );
}
