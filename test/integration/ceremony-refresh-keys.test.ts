/**
 * Refreshed shares of custodians with YubiKeys: the same keys open the new shares, from sticks of their
 * own, and the old envelopes open what they did. The keys are software that answers report by report.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assertRefreshFollows } from '../../shared/bundle/refresh.ts';
import { openNewSet, type NewSet } from '../../shared/bundle/rotate.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { decodeKeyEnvelope, type KeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { carrySetupPackage, openLaptop, PLAN, type Laptop } from '../support/headless-platform.ts';
import { carryPlainPackage } from '../support/headless-plain.ts';
import { refreshUntil, toRefreshFacts } from '../support/headless-refresh.ts';
import { bundleOf, closeWith, inForceBy } from '../support/headless-rotate.ts';
import { readLog } from '../support/headless-steps.ts';
import { KeyRack } from '../support/key-rack.ts';

const KEY_PLAN: Plan = {
  ...PLAN,
  custodians: PLAN.custodians.map((custodian, at) => ({
    ...custodian,
    medium: (['paper', 'paper', 'yubikey-otp', 'yubikey-fido2'] as const)[at] ?? 'paper',
  })),
};
const PIN = '86420975';
const FRESH = { 'custodian 3': 'practice stick E', 'custodian 4': 'practice stick B' } as const;

let rack: KeyRack;
let laptop: Laptop;
let before: NewSet;

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  const otp = rack.add(11_111_111);
  const own = rack.add(22_222_222, PIN);
  const backup = rack.add(33_333_333, PIN);
  laptop.people.get('custodian 3').hands = { keys: { rack, own: otp } };
  laptop.people.get('custodian 4').hands = {
    keys: { rack, own, backup, pins: [PIN] },
    onRefused: ({ code }) => code === 'key-taken',
  };
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: KEY_PLAN });
  const setup = await bundleOf(laptop);
  await closeWith(laptop, setup);
  before = await inForceBy(laptop, setup);
}, 300_000);
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

async function envelopeOn(stick: string): Promise<KeyEnvelope> {
  const folder = join(laptop.rehearsalFolder, stick);
  const file = (await readdir(folder)).find((one) => one.startsWith('conclave-yubikey-share-'));
  return decodeKeyEnvelope(new Uint8Array(await readFile(join(folder, file ?? ''))));
}

test('the same keys open the new shares; the slot that opens the old one is not overwritten', async () => {
  await carryPlainPackage(laptop, before, { kind: 'refresh' }, 1);
  await toRefreshFacts(laptop);
  await refreshUntil(laptop, { to: FRESH }, ({ screen }) => screen === 'waiting');
  const bundle = await bundleOf(laptop);
  if (bundle.body.kind !== 'refresh') throw new Error('It refreshes shares.');
  const next = openNewSet(bundle.body);
  assertRefreshFollows(next, before.manifest, before.roster);
  expect(next.manifest.body.shares.map(({ media }) => media[0]?.kind)).toEqual([
    'paper',
    'paper',
    'yubikey-otp',
    'yubikey-fido2',
  ]);
  for (const stick of Object.values(FRESH)) {
    expect(await envelopeOn(stick)).toMatchObject({ generation: 2 });
  }
  const log = await readLog(laptop, bundle.body.ceremonyId);
  const kinds = entries(log).map((entry) => fact(entry, 'kind'));
  expect(kinds).not.toContain('slot-programming');
  expect(kinds).toContain('slot-used');
  expect(kinds).toContain('envelope-renewed');
}, 300_000);
