/**
 * An adoption whose new shares go onto YubiKeys, through a real worker and the drivers: the key that the
 * legacy shares give, split anew, is the one that key, envelope and words give back.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { decodeKeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import type { KeyMedium } from '../../shared/sharing/manifest.ts';
import { adoptSittings, TWO } from '../support/adopt-sittings.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { KeyRack, type RackedKey } from '../support/key-rack.ts';
import { holds } from '../support/leaks.ts';
import { legacyDeployment } from '../support/legacy-deployment.ts';

const rack = new KeyRack();
afterAll(() => rack.close());
afterEach(() => rack.empty());
const { root, worker, openSame, judge, giveAll } = adoptSittings(rack);

const SET = 'ab'.repeat(16);
const CEREMONY = 'ce'.repeat(16);

/** One custodian from the empty stick to the share that was read back from it. */
async function kept(index: number, medium: KeyMedium, own: RackedKey) {
  const person = new ScriptedPerson(`custodian ${index}`);
  const path = join(root(), `STICK-${index}`);
  mkdirSync(path);
  const volume = { volumeId: `at:${path}`, rehearsalFolder: root() };
  const hands = { keys: { rack, own } };
  const turn = { name: person.name, role: 'custodian', index } as const;
  rack.allOut();
  await worker().call('begin-seat', { turn });
  await worker().callWith(person, {}, 'new-identity', {});
  const { records, keys } = await worker().callWith(person, hands, 'write-key', {
    medium,
    ...volume,
    withIdentity: true,
    ceremonyId: CEREMONY,
    liveSlots: [],
  });
  const { shareKey } = await worker().callWith(person, hands, 'read-back', {
    how: 'usb',
    key: medium,
    ...volume,
    withIdentity: true,
    sheetNumber: null,
  });
  await worker().call('end-seat', {});
  const [record] = records;
  const envelope = decodeKeyEnvelope(
    new Uint8Array(readFileSync(join(path, record?.fileName ?? ''))),
  );
  return { keys, shareKey, envelope };
}

it('gives the adopted key back from an OTP key and a FIDO2 key', async () => {
  const legacy = legacyDeployment();
  await openSame(legacy);
  await giveAll(legacy.shares.slice(0, 3));
  await judge();
  expect(await worker().call('prove-legacy', {})).toMatchObject({ wrong: null });
  const { componentId, checks } = await worker().call('restore-legacy', {
    place: 'both',
    answers: TWO,
  });
  const plan = { setId: SET, generation: 1, threshold: 2, count: 2 };
  const { shares } = await worker().call('split', plan);

  const otp = rack.add(61_000_001);
  const one = await kept(1, 'yubikey-otp', otp);
  const two = await kept(2, 'yubikey-fido2', rack.add(61_000_002));
  expect([one.shareKey, two.shareKey]).toEqual(shares.map(({ publicKey }) => publicKey));
  expect(one.keys).toMatchObject([{ serial: 61_000_001, slot: { programmed: true } }]);
  expect(two.keys).toMatchObject([{ serial: 61_000_002, slot: null }]);
  const facts = { setId: SET, count: 2, ceremonyId: CEREMONY };
  expect(one.envelope).toMatchObject({ ...facts, index: 1, method: 'otp-hmac' });
  expect(two.envelope).toMatchObject({ ...facts, index: 2, method: 'fido2' });

  // What was read back from key and stick is the platform key of the deployment.
  expect(await worker().call('prove-quorum', { threshold: 2 })).toEqual({ indexes: [1, 2] });
  const fits = checkValueFits;
  expect(
    fits('custodian-component', legacy.custodian, componentId, checks.custodianComponent),
  ).toBe(true);
  for (const secret of [legacy.custodian, legacy.vault, legacy.platformKey]) {
    expect(holds(worker().sent, secret)).toBe(false);
  }
});
