/**
 * Bad input at the laptop, through the real host and the real worker: each is refused by name in
 * three sentences, nothing is lost, and the right thing is taken right afterwards.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { packageType, type PackageDocument } from '../../shared/bundle/package.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import { entries } from '../../shared/transcript/log.ts';
import {
  carryReceipt,
  carrySetupPackage,
  openLaptop,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { codeOf, kindsOf, PAIR, readLog, startSplit } from '../support/headless-steps.ts';
import { mountExt4, mountFat, type TestVolume } from '../servers/volumes.ts';

/** 1 GB that takes no room: a file with a hole. */
const GIGABYTE = 2 ** 30;

let laptop: Laptop;
beforeEach(async () => {
  laptop = await openLaptop();
});
afterEach(() => laptop.remove());

const onStick = (stick: string, name: string) => join(laptop.rehearsalFolder, stick, name);

/** Three whole sentences, none of them an error's text. */
function expectSentences(note: RefusalNote | null): asserts note is RefusalNote {
  if (note === null) throw new Error('It was taken.');
  for (const sentence of [note.happened, note.means, note.next]) {
    expect(sentence).toMatch(/\S \S.*[.”]$/su);
    expect(sentence).not.toMatch(/Error|undefined|\bat .*:\d+/);
  }
}

type Choosable = 'descriptor' | 'package' | 'receipt';

async function choose(kind: Choosable): Promise<RefusalNote | null> {
  return laptop.room.ask({ type: 'choose-document', id: await laptop.room.document(kind) });
}

/** Puts each bad file in the place of the good one; says how it was refused. */
async function refusedInstead(kind: Choosable, path: string): Promise<string[]> {
  const good = new Uint8Array(await readFile(path));
  const codes: string[] = [];
  const expectRefused = async () => {
    const before = laptop.room.view.screen;
    const note = await choose(kind);
    expectSentences(note);
    expect(laptop.room.view.screen).toBe(before);
    codes.push(note.code);
  };
  await writeFile(path, new Uint8Array());
  await expectRefused();
  await writeFile(path, good.subarray(0, good.length >> 1));
  await expectRefused();
  const turned = good.slice();
  // Another letter in the signature: still base64, no longer signed.
  turned[good.length - 40] = turned[good.length - 40] === 0x41 ? 0x42 : 0x41;
  await writeFile(path, turned);
  await expectRefused();
  await truncate(path, GIGABYTE);
  const before = process.memoryUsage().rss;
  await expectRefused();
  // Judged by its size: not read.
  expect(process.memoryUsage().rss - before).toBeLessThan(GIGABYTE / 4);
  await writeFile(path, good);
  return codes;
}

describe('empty, cut, changed and gigantic files', () => {
  const BAD = ['file-empty', 'document-damaged', 'signature-wrong', 'file-too-large'];

  test('in the place of descriptor, package and receipt; then the right ones', async () => {
    const { room, host } = laptop;
    const { digest } = await carrySetupPackage(laptop);
    await host.start('split', 'rehearsal');
    const descriptor = laptop.sync.descriptor.digest.slice(0, 8);
    const path = onStick(STICKS.sync, `conclave-descriptor-${descriptor}.json`);
    expect(await refusedInstead('descriptor', path)).toEqual(BAD);
    expect((await host.home()).trustedSyncs).toEqual([]);

    await room.until(({ screen }) => screen === 'package');
    const source = onStick(STICKS.sync, `conclave-package-${digest.slice(0, 8)}.json`);
    expect(await refusedInstead('package', source)).toEqual(BAD);
    await room.until(({ screen }) => screen === 'plan');
    await room.say({ type: 'plan', plan: PAIR });
    const view = await room.until(({ screen }) => screen === 'waiting');
    if (view.screen !== 'waiting') throw new Error('It does not wait.');
    const saved = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
    const bundle = bundleType.parse(
      new Uint8Array(await readFile(onStick(STICKS.sync, saved))),
      'rehearsal',
    );
    await carryReceipt(laptop, bundle);
    const receipts = readdirSync(join(laptop.rehearsalFolder, STICKS.sync)).filter((name) =>
      name.startsWith('conclave-receipt-'),
    );
    const before = entries(await readLog(laptop, bundle.body.ceremonyId)).length;
    expect(await refusedInstead('receipt', onStick(STICKS.sync, receipts[0] ?? ''))).toEqual(BAD);
    // A refusal is a fact too: the log only grows, and is whole.
    const after = entries(await readLog(laptop, bundle.body.ceremonyId)).length;
    expect(after).toBeGreaterThanOrEqual(before);
    await room.until(({ screen }) => screen === 'closed');
  });
});

describe('a full disk', () => {
  let volume: TestVolume | undefined;
  afterEach(async () => {
    await volume?.dispose();
    volume = undefined;
  });

  test.each([
    ['FAT', mountFat],
    ['ext4', mountExt4],
  ])('a full %s stick does not take the bundle; another one does', async (_kind, mount) => {
    volume = await mount({ sizeMiB: 4, label: 'FULL' });
    await volume.fill();
    const { room, host } = laptop;
    await startSplit(laptop);
    await room.until(({ screen }) => screen === 'save-bundle');
    const { path } = volume;
    const full = (await host.volumes('rehearsal')).find(
      ({ id, label }) => label === 'FULL' || id.includes(path),
    );
    expect(full).toBeDefined();
    const note = await room.ask({ type: 'choose-volume', id: full?.id ?? '' });
    expectSentences(note);
    expect(note.code).toMatch(/^(usb-full|file-disk-full)$/);
    expect(readdirSync(path).filter((name) => name.startsWith('conclave'))).toEqual([]);
    expect(room.view.screen).toBe('save-bundle');

    const view = await room.until(({ screen }) => screen === 'waiting');
    if (view.screen !== 'waiting') throw new Error('It does not wait.');
    const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
    const bytes = new Uint8Array(await readFile(onStick(STICKS.sync, name)));
    expect(bundleType.parse(bytes, 'rehearsal').digest).toBe(view.bundleDigest);
  });

  test('a laptop whose disk is full records nothing, says so, and goes on when there is room', async () => {
    volume = await mountExt4({ sizeMiB: 4, label: 'LAPTOP' });
    mkdirSync(laptop.dataFolder, { recursive: true });
    execFileSync('mount', ['--bind', volume.path, laptop.dataFolder]);
    try {
      await laptop.restart();
      const { room, host } = laptop;
      await carrySetupPackage(laptop);
      await host.start('split', 'rehearsal');
      await room.until(({ screen }) => screen === 'package');
      const before = await kindsOf(laptop);
      await volume.fill();
      // What fits into the last block of the log is still recorded; then no entry is.
      const codes: string[] = [];
      for (let tries = 0; tries < 200 && codes.length === 0; tries += 1) {
        const code = await codeOf(
          room.ask({ type: 'exception', text: `note ${tries}` }).then((note) => {
            if (note !== null) throw Object.assign(new Error(note.happened), { code: note.code });
          }),
        );
        if (code !== 'taken') codes.push(code);
      }
      expect(codes).toEqual(['file-disk-full']);
      const during = await kindsOf(laptop);
      expect(during.slice(0, before.length)).toEqual(before);

      execFileSync('rm', [join(volume.path, 'filler')]);
      await room.until(({ screen }) => screen === 'plan');
      expect((await kindsOf(laptop)).slice(0, during.length)).toEqual(during);
    } finally {
      await laptop.host.shutdown();
      execFileSync('umount', ['--lazy', laptop.dataFolder]);
    }
  });
});

test('a package that has expired by the laptop’s clock is only warned about: sync decides', async () => {
  const { room, host, sync } = laptop;
  const right: PackageDocument = await carrySetupPackage(laptop);
  const old = await packageType.sign(
    { ...right.body, issuedAt: '2020-01-01T00:00:00Z', expiresAt: '2020-01-08T00:00:00Z' },
    [sync.signer],
  );
  await laptop.carry('package', old.digest, packageType.toBytes(old));
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'package');
  expect(await choose('package')).toBeNull();
  await room.say({ type: 'plan', plan: PAIR });
  const view = await room.until(({ screen }) => screen === 'clock');
  expect(view).toMatchObject({ packageExpiresAt: '2020-01-08T00:00:00Z' });
});
