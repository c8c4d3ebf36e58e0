/**
 * People whose identity a YubiKey makes, through the real host without a window: a Split in which the
 * operator enrols with one and a custodian uses the same key for share and identity, a ticket, and a
 * recovery on the roster alone. The keys are software that answers report by report.
 */
import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeBy } from '../../scripts/verify/judge.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { sealKekBlob, userRecoveryKey, vaultPaths } from '../../shared/checktick/index.ts';
import { keyIdentities, parseRoster, type RosterDocument } from '../../shared/identity/roster.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { encodeLog, entries } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  carrySetupPackage,
  FACTS,
  makeTicket,
  openLaptop,
  PLAN,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { readLog } from '../support/headless-steps.ts';
import { SOFTWARE_ROOT } from '../support/software-key/fido-applet.ts';
import { KeyRack, type KeyHands, type RackedKey } from '../support/key-rack.ts';

const PIN = '86420975';
const BOTH = 'custodian 4';
const KEY_PLAN: Plan = {
  ...PLAN,
  operator: { ...PLAN.operator, medium: 'yubikey-fido2' },
  custodians: PLAN.custodians.map((custodian) => ({
    ...custodian,
    medium: custodian.name === BOTH ? 'yubikey-fido2' : custodian.medium,
  })),
};

let rack: KeyRack;
let laptop: Laptop;
let operatorKey: RackedKey;
let bothKey: RackedKey;
let made: BundleDocument;
let manifest: ManifestDocument;
let roster: RosterDocument;

function holds(name: string, own: RackedKey, more: Partial<KeyHands> = {}): void {
  laptop.people.get(name).hands = {
    keys: { rack, own, pins: [PIN], ...more },
    // The key of the one before may still be in its socket.
    onRefused: ({ code }) => ['key-taken', 'key-other'].includes(code),
  };
}

beforeAll(async () => {
  rack = new KeyRack();
  laptop = await openLaptop(rack);
  operatorKey = rack.add(11_111_111, PIN);
  bothKey = rack.add(22_222_222, PIN);
  holds('operator', operatorKey);
  holds(BOTH, bothKey);
});
afterAll(async () => {
  await laptop.remove();
  rack.close();
});

async function onStick(kind: string, digest: string): Promise<Uint8Array> {
  const name = `conclave-${kind}-${digest.slice(0, 8)}.json`;
  return new Uint8Array(await readFile(join(laptop.rehearsalFolder, STICKS.sync, name)));
}

async function bundleOnStick(): Promise<BundleDocument> {
  const { view } = laptop.room;
  if (view.screen !== 'waiting') throw new Error(`The screen is ${view.screen}.`);
  return bundleType.parse(await onStick('bundle', view.bundleDigest), 'rehearsal');
}

const touches = (name: string) =>
  laptop.people
    .get(name)
    .person.tasks.flatMap((task) => (task.task === 'touch' ? [task.does] : []));

async function goOn(there: Parameters<Laptop['room']['until']>[0]): Promise<void> {
  const { room } = laptop;
  for (;;) {
    const view = await room.until(
      (now) => there(now) || (now.screen === 'identity' && now.turn?.name === BOTH),
    );
    if (view.screen !== 'identity') return;
    const how = view.purpose === 'share' ? 'new-key' : 'existing-key';
    await room.say({ type: 'identity', how });
  }
}

test('a set is split: the operator’s key signs seal and bundle, though a window was closed on the way', async () => {
  const { host, room, people } = laptop;
  await carrySetupPackage(laptop);
  await host.start('split', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan: KEY_PLAN });
  await goOn(({ screen, turn }) => screen === 'attest' && turn?.role === 'operator');
  // The seal is signed; the second signature, for the bundle, is given up once.
  let signatures = 0;
  holds('operator', operatorKey, {
    instead(task) {
      if (task.task !== 'touch' || task.does !== 'sign') return undefined;
      signatures += 1;
      return signatures === 2 ? { type: 'cancel' } : undefined;
    },
  });
  await room.say({ type: 'sign' });
  expect(room.view).toMatchObject({ screen: 'attest', onKey: true, refusal: null });
  expect(room.view.turn?.role).toBe('operator');
  holds('operator', operatorKey);
  await room.say({ type: 'sign' });
  await room.until(({ screen }) => screen === 'waiting');

  made = await bundleOnStick();
  manifest = parseManifest(await onStick('manifest', made.body.manifestDigest), 'rehearsal');
  if (made.body.kind !== 'setup') throw new Error('A setup bundle carries the roster.');
  roster = parseRoster(encodeJson(made.body.roster), 'rehearsal', manifest.body);
  expect(
    keyIdentities(roster.body).map(({ name, credential }) => [name, credential.serial]),
  ).toEqual([
    [BOTH, 22_222_222],
    ['operator', 11_111_111],
  ]);
  expect(made.envelope.signatures.map(({ keyid }) => keyid)).toContain(
    roster.body.people.find(({ name }) => name === 'operator')?.publicKey,
  );
  // Sealed once, to be opened once: the half for Vault is in it.
  expect((await openBundle(made.body, laptop.sync.recipient.privateKey)).length).toBe(64);
  const { person } = people.get(BOTH);
  expect(person.tasks.map(({ task }) => task)).not.toContain('show-words');
  expect(touches(BOTH)).toEqual(
    expect.arrayContaining(['identity', 'identity-again', 'lock', 'open', 'sign']),
  );
});

test('no file of theirs lies anywhere, no PIN in the log; the log is authenticated', async () => {
  for (const stick of ['operator', BOTH] as const) {
    const files = await readdir(join(laptop.rehearsalFolder, STICKS[stick])).catch(() => []);
    expect(files.filter((name) => name.includes('identity'))).toEqual([]);
  }
  const log = await readLog(laptop, made.body.ceremonyId);
  const judge = judgeBy([new X509Certificate(Buffer.from(SOFTWARE_ROOT))]);
  const verified = verifyLog(log, { manifest }, judge);
  expect(verified.standing).toBe('authenticated');
  // Both identities, and the share of the one who uses his key for both.
  expect(verified.attestations).toMatchObject([
    { who: 'YubiKey 11111111, identity of operator (operator)', verdict: 'hardware' },
    { who: `YubiKey 22222222, identity of ${BOTH} (custodian)`, verdict: 'hardware' },
    { who: `YubiKey 22222222, share 4 of ${BOTH}`, verdict: 'hardware' },
  ]);
  expect(Buffer.from(encodeLog(log)).toString('latin1')).not.toContain(PIN);
  const onKeys = entries(log).filter((entry) => fact(entry, 'kind') === 'identity-on-key');
  expect(onKeys.map((entry) => [fact(entry, 'name'), fact(entry, 'serial')])).toEqual([
    ['operator', 11_111_111],
    [BOTH, 22_222_222],
  ]);
  expect(narrateLog(log).join('\n')).toMatch(
    /of operator \(operator\) is made by a YubiKey.* 11111111/,
  );
});

test('a ticket is signed with the key that the roster of the kept log lists', async () => {
  const { host } = laptop;
  await carryReceipt(laptop, made);
  await laptop.room.until(({ screen }) => screen === 'closed');
  await host.leave();
  const before = touches('operator').length;
  const { ticket, pocket } = await makeTicket(laptop, 'key');
  expect(touches('operator').slice(before)).toEqual(['identity-again', 'sign']);
  expect(ticket.body.operator.publicKey).toBe(
    roster.body.people.find(({ name }) => name === 'operator')?.publicKey,
  );

  const kek = randomBytes(32);
  const { sync, room, people } = laptop;
  if (made.body.kind !== 'setup') throw new Error('A setup bundle carries the roster.');
  const path = vaultPaths.userSurveyRecoveryKek(FACTS.userId, FACTS.surveyId);
  await carryRecoverPackage(laptop, ticket, {
    manifest,
    roster: made.body.roster,
    vaultComponent: await openBundle(made.body, sync.recipient.privateKey),
    // Of another key: how far the identities go is seen before it is opened.
    encryptedKek: await sealKekBlob(
      await userRecoveryKey(randomBytes(64), FACTS.userId),
      path,
      kek,
    ),
  });
  await host.start('recover', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  await room.until(({ screen }) => screen === 'who');
  await room.say({ type: 'who', index: 4 });
  await room.until(({ screen }) => screen === 'identity');
  expect(room.view).toMatchObject({ prefersKey: true, mayUseKey: true });
  await room.until(({ screen }) => screen === 'who');
  expect(touches(BOTH).slice(-3)).toEqual(['open', 'identity-again', 'sign']);
});
