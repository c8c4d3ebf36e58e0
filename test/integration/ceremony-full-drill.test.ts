/**
 * A full drill through the real host and worker without a window: the ticket opens sync's half, two
 * shares give the platform key, and that opens the test escrow of the package.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundleType, type BundleDocument, type DrillBundle } from '../../shared/bundle/bundle.ts';
import { answersFullDrill } from '../../shared/bundle/full-drill.ts';
import type { FullDrillPackage } from '../../shared/bundle/package.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { verifyBundleFile } from '../../shared/transcript/verify-files.ts';
import { carryFullDrill } from '../support/headless-drill.ts';
import { openLaptop, type Laptop } from '../support/headless-platform.ts';
import {
  bundleOf,
  closeWith,
  pairInForce,
  toTicket,
  type InForce,
} from '../support/headless-rotate.ts';
import { codeOf, readLog } from '../support/headless-steps.ts';

let laptop: Laptop;
let set: InForce;
beforeEach(async () => {
  laptop = await openLaptop();
  set = await pairInForce(laptop);
}, 300_000);
afterEach(() => laptop.remove());

/** As sync makes it, and the ceremony up to the first share. @param escrowKey another than the set's */
async function toRound(escrowKey = set.manifest.body.escrowKey ?? ''): Promise<FullDrillPackage> {
  const { body, pocket } = await carryFullDrill(laptop, set, escrowKey);
  await laptop.host.start('drill', 'rehearsal');
  await toTicket(laptop, pocket);
  expect(await laptop.room.until(({ screen }) => screen === 'drill-facts')).toMatchObject({
    full: true,
    title: 'Full drill: open a test escrow',
  });
  await laptop.room.say({ type: 'agree' });
  return body;
}

const round = () => laptop.room.until(({ screen }) => screen === 'drill-round');
const isOver = ({ screen }: { readonly screen: string }) =>
  screen === 'test-escrow' || screen === 'drill-round';
async function gives(index: number): Promise<void> {
  await round();
  await laptop.room.say({ type: 'who', index });
  await laptop.room.until(isOver);
}

function drillOf({ body }: BundleDocument): DrillBundle {
  if (body.kind !== 'drill') throw new Error('A drill makes its own kind of bundle.');
  return body;
}

test('two shares open the test escrow; bundle and log say so, with their times', async () => {
  const source = await toRound();
  await gives(2);
  await gives(1);
  expect(laptop.room.view).toMatchObject({ screen: 'test-escrow', shares: [1, 2], restored: null });
  await laptop.room.say({ type: 'continue' });
  expect(laptop.room.view).toMatchObject({
    screen: 'test-escrow',
    restored: expect.stringMatching(/seconds? \(target: less than 15 minutes; met\)$/) as string,
  });
  const bundle = await bundleOf(laptop);
  const body = drillOf(bundle);
  expect(body).toMatchObject({
    proofs: [{ index: 1 }, { index: 2 }],
    failed: [],
    full: { opened: true },
  });
  expect(answersFullDrill(body, source, set.manifest.body)).toBe(true);
  const log = await readLog(laptop, body.ceremonyId);
  const of = (kind: string) => entries(log).filter((entry) => fact(entry, 'kind') === kind);
  expect(of('test-escrow-opened').map((entry) => fact(entry, 'restoreMs'))).toEqual([
    body.full?.opened === true ? body.full.restoreMs : null,
  ]);
  expect(of('full-drill-timed').map((entry) => fact(entry, 'wholeMs'))).toEqual([
    body.full?.wholeMs,
  ]);
  const told = narrateLog(log).join('\n');
  expect(told).toContain('then they are put together once, and open a test escrow');
  expect(told).toMatch(/From the beginning \(.*\) to the bundle: .*less than 4 hours; met/);
  const { manifest, roster } = set;
  const { missing } = verifyLog(log, { manifest, roster });
  expect(missing.join(' ')).not.toMatch(/test escrow|quorum|No bundle here|no roster names/);
  const file = verifyBundleFile(bundleType.toBytes(bundle), 'rehearsal', { manifest, roster });
  expect(file.standing).toBe('authenticated');
  // Home counts the shares as proved, by the nonce of sync.
  await closeWith(laptop, bundle, { epoch: 1 });
  expect((await laptop.host.home()).sets).toMatchObject([{ proved: 2, provedByNonce: true }]);
}, 300_000);

test('a test escrow that does not open is tried again, and then written down', async () => {
  // Sealed to another platform key.
  const wrong = await escrowPublicKey(randomBytes(64), { mode: 'rehearsal', keyVersion: 'v1' });
  await toRound(wrong);
  await gives(1);
  await gives(2);
  for (const _ of ['once', 'once more']) {
    expect(await codeOf(laptop.room.say({ type: 'continue' }))).toBe('sealed-not-openable');
    expect(laptop.room.view).toMatchObject({ screen: 'test-escrow', refused: 'not-opened' });
  }
  await laptop.room.say({ type: 'leave-test-escrow' });
  const body = drillOf(await bundleOf(laptop));
  expect(body).toMatchObject({
    proofs: [{ index: 1 }, { index: 2 }],
    full: { opened: false, why: 'not-opened' },
  });
  const told = narrateLog(await readLog(laptop, body.ceremonyId)).join('\n');
  expect(told).toContain('NOT opened: the platform key fits, and the test escrow did not open');
}, 300_000);

test('with one share it stays shut, and a half that is not the set’s ends it before a share is asked for', async () => {
  await toRound();
  await gives(2);
  await round();
  await laptop.room.say({ type: 'continue' });
  const body = drillOf(await bundleOf(laptop));
  expect(body).toMatchObject({
    proofs: [{ index: 2 }],
    full: { opened: false, why: 'too-few' },
  });
  await laptop.host.leave();
  const { half } = set;
  set = { ...set, half: new Uint8Array(half.length).fill(1) };
  expect(await codeOf(toRound())).toBe('package-component-wrong');
}, 300_000);
