/**
 * A change of the roster with YubiKeys, through the real host and worker without a window: a custodian
 * whose share and identity are on one key gives the share and signs; an operator comes whose identity
 * a key makes, and one leaves whose identity a key made. The keys are software that answers report by
 * report.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeBy } from '../../scripts/verify/judge.ts';
import { bundleType, type BundleDocument, type RosterBundle } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { openNewRoster } from '../../shared/bundle/roster-bundle.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { RosterPlan } from '../../shared/plan/roster-plan.ts';
import { encodeEnvelope, type Envelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { keyIdentities, parseRoster, type RosterDocument } from '../../shared/identity/roster.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { encodeLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  carrySetupPackage,
  openLaptop,
  packageFacts,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { kindsOf, PAIR, readLog } from '../support/headless-steps.ts';
import { KeyRack, type RackedKey } from '../support/key-rack.ts';
import { SOFTWARE_ROOT } from '../support/software-key/fido-applet.ts';

const PIN = '86420975';
/** Share and identity on the same key. */
const BOTH = 'custodian 2';
const KEY_PAIR: Plan = {
  ...PAIR,
  operator: { name: 'operator', medium: 'yubikey-fido2' },
  custodians: PAIR.custodians.map((custodian) => ({
    ...custodian,
    medium: custodian.name === BOTH ? 'yubikey-fido2' : custodian.medium,
  })),
};
const CHANGE: RosterPlan = {
  people: [
    { name: BOTH, roles: ['custodian'], medium: null },
    { name: 'custodian 4', roles: ['custodian'], medium: null },
    { name: 'operator 2', roles: ['operator'], medium: 'yubikey-fido2' },
    { name: 'witness', roles: ['witness'], medium: null },
  ],
  admins: null,
  page: 'A4',
};

let rack: KeyRack;
let laptop: Laptop;
let bothKey: RackedKey;
let oldKey: RackedKey;
let newKey: RackedKey;
let manifest: ManifestDocument;
let present: RosterDocument;
let bundle: BundleDocument & { readonly body: RosterBundle };

function holds(name: string, own: RackedKey): void {
  laptop.people.get(name).hands = {
    keys: { rack, own, pins: [PIN] },
    // The key of the one before may still be in its socket.
    onRefused: ({ code }) => ['key-taken', 'key-other'].includes(code),
  };
}

const touches = (name: string, from = 0) =>
  laptop.people
    .get(name)
    .person.tasks.slice(from)
    .flatMap((task) => (task.task === 'touch' ? [task.does] : []));

async function bundleOnStick(): Promise<BundleDocument> {
  const { view } = laptop.room;
  if (view.screen !== 'waiting') throw new Error(`The screen is ${view.screen}.`);
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(laptop.rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  oldKey = rack.add(11_111_111, PIN);
  bothKey = rack.add(22_222_222, PIN);
  newKey = rack.add(33_333_333, PIN);
  holds('operator', oldKey);
  holds(BOTH, bothKey);
  holds('operator 2', newKey);
  const { host, room } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: KEY_PAIR });
  await room.until(({ screen, turn }) => screen === 'identity' && turn?.name === BOTH);
  await room.say({ type: 'identity', how: 'new-key' });
  await room.until(({ screen }) => screen === 'waiting');
  const setup = await bundleOnStick();
  if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
  manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
  present = parseRoster(encodeJson(setup.body.roster), 'rehearsal', manifest.body);
  await carryReceipt(laptop, setup);
  await room.until(({ screen }) => screen === 'closed');
  await host.leave();
}, 300_000);
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

async function carryRosterPackage(): Promise<void> {
  const { recipient: _, ...facts } = packageFacts(laptop, 1);
  const plain = (envelope: Envelope) =>
    JSON.parse(new TextDecoder().decode(encodeEnvelope(envelope))) as never;
  const document = await packageType.sign(
    {
      ...facts,
      kind: 'roster',
      keyVersion: 'v1',
      manifest: plain(manifest.envelope),
      roster: plain(present.envelope),
      replacesAdmins: false,
    },
    [laptop.sync.signer],
  );
  await laptop.carry('package', document.digest, packageType.toBytes(document));
}

test('who comes makes an identity on a key; who stays gives the share and signs with one', async () => {
  const { host, room, people } = laptop;
  expect(keyIdentities(present.body).map(({ name }) => name)).toEqual([BOTH, 'operator']);
  await carryRosterPackage();
  await host.start('roster', 'rehearsal');
  await room.until(({ screen }) => screen === 'roster-plan');
  await room.say({ type: 'roster-plan', plan: CHANGE });
  const before = people.get(BOTH).person.tasks.length;
  await room.until(({ screen }) => screen === 'waiting');
  // The key of the one before was still in its socket: it is named with its owner, and not used.
  const refusals = (name: string) =>
    people.get(name).person.refusals.map(({ code, happened }) => `${code}: ${happened}`);
  expect(refusals('operator 2')).toContainEqual(
    expect.stringMatching(/^key-taken: .*\d{8} of (operator|custodian 2)/),
  );
  expect(touches(BOTH, before)).toEqual(['open', 'identity-again', 'sign']);
  expect(touches('operator 2')).toEqual([
    'make-credential',
    'identity',
    'identity-again',
    'identity-again',
    'sign',
    'sign',
  ]);
  const parsed = await bundleOnStick();
  if (parsed.body.kind !== 'roster') throw new Error('A roster bundle is made.');
  bundle = { ...parsed, body: parsed.body };
});

test('sync takes the bundle: who stays has the same credential, who comes one of his own', () => {
  const roster = openNewRoster(bundle.body, manifest.body, present);
  const credentialOf = (of: RosterDocument, name: string) =>
    of.body.people.find((person) => person.name === name)?.credential;
  expect(credentialOf(roster, BOTH)).toEqual(credentialOf(present, BOTH));
  expect(credentialOf(roster, BOTH)?.serial).toBe(22_222_222);
  expect(credentialOf(roster, 'operator 2')?.serial).toBe(33_333_333);
  expect(roster.body.people.map(({ name }) => name)).not.toContain('operator');
  const comes = roster.body.people.find(({ name }) => name === 'operator 2');
  expect(bundle.body.operator).toBe(comes?.publicKey);
  expect(bundle.envelope.signatures.map(({ keyid }) => keyid)).toContain(comes?.publicKey);
});

test('the log is authenticated, its new key is hardware by its maker, and no PIN is in it', async () => {
  const log = await readLog(laptop, bundle.body.ceremonyId);
  const judge = judgeBy([new X509Certificate(Buffer.from(SOFTWARE_ROOT))]);
  const { standing, attestations } = verifyLog(log, { manifest }, judge);
  expect(standing).toBe('authenticated');
  expect(attestations).toMatchObject([
    { who: 'YubiKey 33333333, identity of operator 2 (operator)', verdict: 'hardware' },
  ]);
  expect(Buffer.from(encodeLog(log)).toString('latin1')).not.toContain(PIN);
  const kinds = await kindsOf(laptop, bundle.body.ceremonyId);
  expect(kinds.filter((kind) => kind === 'identity-on-key')).toHaveLength(1);
  expect(kinds).not.toContain('envelope-renewed');
});
