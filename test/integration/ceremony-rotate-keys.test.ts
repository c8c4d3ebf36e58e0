/**
 * New shares of people who keep theirs with a YubiKey, through the real host and worker: the same OTP key
 * and the same FIDO2 key, and the same sticks, before and after. The keys are software that answers
 * report by report.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { carrySetupPackage, openLaptop, type Laptop } from '../support/headless-platform.ts';
import {
  agreePlan,
  bundleOf,
  closeWith,
  compareHalf,
  inForceBy,
  toPlan,
  type InForce,
} from '../support/headless-rotate.ts';
import { codeOf, PAIR, readLog } from '../support/headless-steps.ts';
import { KeyRack, type RackedKey } from '../support/key-rack.ts';
import { verifierIn } from '../support/software-key/slot-verifier.ts';

const OTP = 'custodian 2';
const FIDO = 'custodian 4';
const KEYS: Plan = {
  ...PAIR,
  custodians: [
    { name: OTP, medium: 'yubikey-otp' },
    { name: FIDO, medium: 'yubikey-fido2' },
  ],
};

let rack: KeyRack;
let laptop: Laptop;
let own: RackedKey;
let before: InForce;
let next: InForce;
let bundle: BundleDocument;
/** Of the secret in the slot, as the first ceremony left it. */
let verifier: string | undefined;

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  own = rack.add(11_111_111);
  const { people, host, room } = laptop;
  const hands = (key: RackedKey) => ({
    keys: { rack, own: key },
    // The key of the custodian before is still in its socket: it is not used, and taken out.
    onRefused: ({ code }: { readonly code: string }) => /^key-(taken|other)$/.test(code),
  });
  people.get(OTP).hands = hands(own);
  people.get(FIDO).hands = hands(rack.add(22_222_222));
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: KEYS });
  const setup = await bundleOf(laptop);
  await closeWith(laptop, setup);
  before = await inForceBy(laptop, setup);
  verifier = verifierIn(own.otp, 1);
}, 300_000);
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

const kindsOf = async (kind: string) =>
  entries(await readLog(laptop, bundle.body.ceremonyId)).filter(
    (entry) => fact(entry, 'kind') === kind,
  );

describe('new shares with the keys of before', { retry: 0 }, () => {
  test('each old share is given with its key, the OTP envelope anew, and each new one locked to the same', async () => {
    await agreePlan(laptop, await toPlan(laptop, before, 2), { ...KEYS, label: '2027 C' });
    bundle = await bundleOf(laptop);
    next = await inForceBy(laptop, bundle);
    const keys = next.manifest.body.shares.map(({ media }) => media[0]?.description ?? '');
    // Custodian 4 gave the old share last, and left the key in its socket: it locks nobody else's.
    expect(keys[0]).toContain('11111111');
    expect(laptop.people.get(OTP).person.refusals.at(-1)?.code).toBe('key-taken');
    expect(keys[1]).toContain('22222222');
    // The old share’s envelope was locked anew when it was given, and that is the old set’s matter.
    const renewed = await kindsOf('envelope-renewed');
    expect(renewed.map((entry) => fact(entry, 'index'))).toEqual([1]);
    const [split] = await kindsOf('component-split');
    expect(renewed[0]?.n).toBeLessThan(split?.n ?? 0);
    expect(verifierIn(own.otp, 1)).toBe(verifier);
  }, 300_000);

  test('afterwards the slot opens the new share, and is not erased with the old one', async () => {
    await closeWith(laptop, bundle);
    await compareHalf(laptop, next, 3);
    const { host, room } = laptop;
    await host.leave();
    const { setId, generation } = before.manifest.body;
    await host.start('destroy', 'rehearsal', { setId, generation });
    await room.until(({ screen }) => screen === 'destruction');
    await room.say({ type: 'destruction', witness: 'witness', backupsTried: true });
    const view = await room.until(({ screen }) => screen === 'destroy');
    if (view.screen !== 'destroy') throw new Error('Nobody destroys.');
    const slot = view.things.find(({ what }) => what === 'slot');
    expect(slot).toMatchObject({ slot: 2, notErased: 'in-use' });
    const id = slot?.id ?? '';
    expect(await codeOf(room.say({ type: 'erase-slot', id }))).toBe('destroy-slot-in-use');
    await room.say({ type: 'leave-slot', id, reason: 'it opens the new share as well' });
    const over = await room.until(({ screen }) => screen === 'destroyed');
    expect(over).toMatchObject({ left: [] });
    await host.leave();
    expect(verifierIn(own.otp, 1)).toBe(verifier);
    const { sets } = await host.home();
    expect(sets.find(({ label }) => label === '2027 C')).toMatchObject({
      standing: 'live',
      proved: 2,
    });
    expect(sets.find(({ label }) => label === PAIR.label)).toMatchObject({
      standing: 'superseded',
      remnants: { left: 0, shares: 0 },
    });
  }, 300_000);

  test('and both new shares are given with the keys once more', async () => {
    const { room, host } = laptop;
    await agreePlan(laptop, await toPlan(laptop, next, 3), { ...KEYS, label: '2028 D' });
    await room.until(({ screen }) => screen === 'renew-key');
    await room.say({ type: 'abandon', reason: 'enough seen' });
    await host.leave();
  }, 300_000);
});
