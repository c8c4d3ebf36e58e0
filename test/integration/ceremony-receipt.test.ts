/**
 * After the bundle only its receipt ends a ceremony, through the real host, over restarts and cut
 * off logs.
 */
import { appendFile, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { makeBundle } from '../support/documents.ts';
import { makeShareSet } from '../support/share-sets.ts';
import { carryReceipt, openLaptop, type Laptop } from '../support/headless-platform.ts';
import { codeOf, kindsOf, logFiles, splitToWaiting } from '../support/headless-steps.ts';

let laptop: Laptop;
beforeEach(async () => {
  laptop = await openLaptop();
});
afterEach(() => laptop.remove());

describe('after the bundle', { retry: 0 }, () => {
  test('it waits for its receipt over restarts; a foreign one is refused, its own closes it', async () => {
    const bundle = await splitToWaiting(laptop);
    expect(await codeOf(laptop.room.say({ type: 'abandon', reason: 'too late for this' }))).toBe(
      'bundle-exists',
    );
    await laptop.restart();
    const { ceremonyId } = bundle.body;
    expect((await laptop.host.home()).ceremonies).toMatchObject([
      { ceremonyId, standing: 'waiting-for-receipt' },
    ]);
    await laptop.host.resume(ceremonyId);
    expect(laptop.room.view).toMatchObject({
      screen: 'waiting',
      bundleDigest: bundle.digest,
      words: eightWords(hexToBytes(bundle.digest)),
    });
    await laptop.host.leave();
    await laptop.restart();
    await laptop.host.resume(ceremonyId);

    const foreign = await makeBundle(await makeShareSet({ mode: 'rehearsal', sync: laptop.sync }));
    await carryReceipt(laptop, foreign.document);
    expect(await codeOf(laptop.room.until(({ screen }) => screen === 'closed'))).toBe(
      'receipt-of-another',
    );
    // The right nonce does not make it the right bundle.
    await carryReceipt(laptop, bundle, { bundleDigest: foreign.document.digest });
    expect(await codeOf(laptop.room.until(({ screen }) => screen === 'closed'))).toBe(
      'receipt-of-another',
    );

    await carryReceipt(laptop, bundle);
    await laptop.room.until(({ screen }) => screen === 'closed');
    await laptop.host.leave();
    await expect(laptop.host.resume(ceremonyId)).rejects.toMatchObject({ code: 'no-ceremony' });
    expect((await laptop.host.home()).sets).toMatchObject([{ standing: 'live' }]);
  });

  test('a final negative receipt, also after a restart, lists the media to destroy', async () => {
    const bundle = await splitToWaiting(laptop);
    await laptop.restart();
    await laptop.host.resume(bundle.body.ceremonyId);
    await carryReceipt(laptop, bundle, { outcome: 'objected', statement: 'Custodian 2 objected.' });
    const view = await laptop.room.until(({ screen }) => screen === 'closed');
    expect(view).toMatchObject({
      outcome: 'objected',
      statement: 'Custodian 2 objected.',
      media: [
        expect.stringMatching(/^custodian 2: share 1 of 2 on .*practice stick B/),
        expect.stringMatching(/^custodian 4: share 2 of 2 on .*practice stick C/),
      ],
    });
    await laptop.host.leave();
    const home = await laptop.host.home();
    expect(home.sets).toMatchObject([{ standing: 'void' }]);
    expect(home.ceremonies[0]?.destroy).toHaveLength(2);
  });

  test('a power cut between the bundle and its entry still waits, and can be saved again', async () => {
    const bundle = await splitToWaiting(laptop);
    await laptop.host.leave();
    const [path = ''] = await logFiles(laptop);
    const text = await readFile(path, 'utf8');
    const cut = text.slice(0, text.indexOf('"bundle-made"')).lastIndexOf('\n') + 1;
    await truncate(path, Buffer.byteLength(text.slice(0, cut)));
    await laptop.restart();
    await laptop.host.resume(bundle.body.ceremonyId);
    expect(laptop.room.view.screen).toBe('save-bundle');
    expect((await kindsOf(laptop)).at(-1)).toBe('bundle-made');
    await laptop.room.until(({ screen }) => screen === 'waiting');
    await carryReceipt(laptop, bundle);
    await laptop.room.until(({ screen }) => screen === 'closed');
  });

  test('half a line at the end of the log is dropped, and nothing else', async () => {
    const bundle = await splitToWaiting(laptop);
    await laptop.host.leave();
    const before = await kindsOf(laptop);
    const [path = ''] = await logFiles(laptop);
    await appendFile(path, '{"entry":{"n":');
    await laptop.restart();
    await laptop.host.resume(bundle.body.ceremonyId);
    await carryReceipt(laptop, bundle);
    await laptop.room.until(({ screen }) => screen === 'closed');
    expect(await kindsOf(laptop)).toEqual([...before, 'receipt-imported', 'ceremony-closed']);
  });

  test('a log that was changed is refused by its name, not repaired', async () => {
    const bundle = await splitToWaiting(laptop);
    await laptop.host.leave();
    const [path = ''] = await logFiles(laptop);
    await truncate(path, 400);
    await appendFile(path, '\n');
    await laptop.restart();
    await expect(laptop.host.home()).rejects.toMatchObject({
      code: 'laptop-storage',
      culprit: `${bundle.body.ceremonyId}.jsonl`,
    });
  });

  test('the log leaves on a stick as it stands, with the ledger in both forms', async () => {
    const bundle = await splitToWaiting(laptop);
    await laptop.host.leave();
    const keys = { holders: ['custodian 2', 'custodian 4', 'admin 3'], needed: 2 };
    await laptop.host.sayUnsealKeys({ mode: 'rehearsal', keys });
    await laptop.restart();
    expect((await laptop.host.home()).unsealKeys).toMatchObject([
      { mode: 'production', kept: null, unreadable: null },
      { mode: 'rehearsal', kept: keys, unreadable: null },
    ]);
    const volumeId = await laptop.room.stick('practice stick D');
    await laptop.host.exportLog({ ceremonyId: bundle.body.ceremonyId, volumeId });
    const folder = join(laptop.rehearsalFolder, 'practice stick D');
    const digits = bundle.body.ceremonyId.slice(0, 8);
    expect((await readdir(folder)).sort()).toEqual([
      `conclave-ledger-${digits}.json`,
      `conclave-ledger-${digits}.txt`,
      `conclave-log-${digits}.jsonl`,
    ]);
    const saved = (name: string) => readFile(join(folder, name), 'utf8');
    const [path = ''] = await logFiles(laptop);
    expect(await saved(`conclave-log-${digits}.jsonl`)).toBe(await readFile(path, 'utf8'));
    const ledger: unknown = JSON.parse(await saved(`conclave-ledger-${digits}.json`));
    expect(ledger).toMatchObject({
      mode: 'rehearsal',
      sets: [{ status: 'waiting-for-receipt' }],
      ceremonies: [{ ceremonyId: bundle.body.ceremonyId }],
      // Its other half comes into Vault when sync commits.
      unsealKeys: { ...keys, saidAt: expect.any(String) as string, samePeople: [] },
    });
    const words = await saved(`conclave-ledger-${digits}.txt`);
    expect(words).toMatch(/any \d of \d shares\. WAITS for its receipt/);
    expect(words).toContain('Vault is unsealed by any 2 of custodian 2, custodian 4, admin 3');
    expect(words).toMatch(
      /as somebody said it on the laptop on .*: no log tells, and nobody signed/,
    );
  });
});
