/**
 * A recovery on a whole laptop, real host and worker, whose escrowed address differs from the
 * account's: the room stops, and nothing leaves; the room goes on with a reason, and sync is told.
 * And one of a sealed escrow: with another key in it nothing goes on, with the survey's it does.
 */
import { pbkdf2Sync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import type { PackageEmails, StoredKey } from '../../shared/bundle/recover-package.ts';
import type { ViewOf } from '../../shared/ceremony/view.ts';
import {
  sealEscrowEmail,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  FACTS,
  makeTicket,
  openLaptop,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { codeOf, kindsOf, readLog, splitToWaiting } from '../support/headless-steps.ts';

const ESCROWED = 'escrowed-7@example.org';
const ACCOUNT = 'somebody-else@example.org';

let laptop: Laptop;
let setup: BundleDocument;
let manifest: ManifestDocument;
const kek = randomBytes(32);

beforeAll(async () => {
  laptop = await openLaptop();
  setup = await splitToWaiting(laptop);
  if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
  manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
  await carryReceipt(laptop, setup);
  await laptop.room.until(({ screen }) => screen === 'closed');
  await laptop.host.leave();
}, 300_000);
afterAll(() => laptop.remove());

const bundles = async () =>
  (await readdir(laptop.stickFolder('sync'))).filter((name) => name.startsWith('conclave-bundle-'));

/** What was stored under the platform key, and what is compared. */
type Stored = (platformKey: Uint8Array) => Promise<StoredKey & { readonly emails: PackageEmails }>;

/** Ticket, package, the custodians' shares: up to the ticket's key. */
async function begun(stored: Stored): Promise<void> {
  const { people, room, host, sync } = laptop;
  if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
  const { ticket, pocket } = await makeTicket(laptop);
  const vaultComponent = await openBundle(setup.body, sync.recipient.privateKey);
  const component = await componentFromMedia(people, manifest.body, {
    'custodian 2': join(laptop.rehearsalFolder, STICKS['custodian 2']),
    'custodian 4': join(laptop.rehearsalFolder, STICKS['custodian 4']),
  });
  const platformKey = xorComponents(component, vaultComponent);
  const { roster } = setup.body;
  const given = { manifest, roster, vaultComponent, ...(await stored(platformKey)) };
  await carryRecoverPackage(laptop, ticket, given);
  await host.start('recover', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
}

/** Two shares, the survey's key: up to the comparison. */
async function compared(): Promise<ViewOf<'escrowed-email'>> {
  await begun(async (platformKey) => {
    const path = vaultPaths.userSurveyRecoveryKek(FACTS.userId, FACTS.surveyId);
    const userKey = await userRecoveryKey(platformKey, FACTS.userId);
    const escrowed = await sealEscrowEmail(platformKey, FACTS.userId, ESCROWED);
    return {
      encryptedKek: await sealKekBlob(userKey, path, kek),
      emails: { escrowed, account: ACCOUNT, stated: null },
    };
  });
  const view = await laptop.room.until(({ screen }) => screen === 'escrowed-email');
  if (view.screen !== 'escrowed-email') throw new Error('The address is compared.');
  return view;
}

test('it is shown that they differ, and going on without a reason is refused', async () => {
  const { outcome, addresses } = await compared();
  expect(outcome).toBe('differs');
  expect(addresses).toMatchObject({
    escrowed: ESCROWED,
    account: { address: ACCOUNT, comparison: 'differs' },
    stated: { comparison: 'none' },
  });
  const { room } = laptop;
  expect(await codeOf(room.say({ type: 'escrowed-email', decision: 'go-on' }))).toBe(
    'email-reason',
  );
  expect(room.view.screen).toBe('escrowed-email');
}, 300_000);

test('the room stops: void, no bundle on any stick, how it compared in the log and no address', async () => {
  const { room, host } = laptop;
  const before = await bundles();
  const view = await room.say({
    type: 'escrowed-email',
    decision: 'stop',
    reason: 'The person does not know the address of that time.',
  });
  expect(view).toMatchObject({ screen: 'void', media: [] });
  expect(view.screen === 'void' && view.reason).toContain('does not know the address');
  expect(await bundles()).toEqual(before);
  const { ceremonyId } = view;
  const kinds = await kindsOf(laptop, ceremonyId);
  expect(kinds.slice(-2)).toEqual(['escrowed-email-compared', 'declared-void']);
  const log = await readLog(laptop, ceremonyId);
  const [said] = entries(log).filter((entry) => fact(entry, 'kind') === 'escrowed-email-compared');
  if (said === undefined) throw new Error('It is written down.');
  expect(['outcome', 'account', 'decision'].map((name) => fact(said, name))).toEqual([
    'differs',
    'differs',
    'stop',
  ]);
  const text = JSON.stringify(log);
  for (const address of [ESCROWED, ACCOUNT]) expect(text).not.toContain(address);
  await host.leave();
  const { ceremonies } = await host.home();
  expect(ceremonies.find((one) => one.ceremonyId === ceremonyId)).toMatchObject({
    standing: 'void',
  });
}, 300_000);

test('another time it goes on with a reason, which the bundle carries to sync', async () => {
  await compared();
  const { room } = laptop;
  const reason = 'Called on the number of the directory of the hospital.';
  await room.say({ type: 'escrowed-email', decision: 'go-on', reason });
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It waits.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = new Uint8Array(await readFile(join(laptop.stickFolder('sync'), name)));
  const { body } = bundleType.parse(bytes, 'rehearsal');
  if (body.kind !== 'recover') throw new Error('A recovery makes a recover bundle.');
  expect(body.escrowedEmail).toMatchObject({ outcome: 'differs', account: 'differs', reason });
  expect(await openBundle(body, laptop.sync.recipient.privateKey)).toEqual(kek);
  const verified = verifyLog(await readLog(laptop, body.ceremonyId), { manifest });
  expect(verified.standing).toBe('authenticated');
  expect(verified.facts.join('\n')).toContain(reason);
}, 300_000);

/** Sealed with what everybody may know; CheckTick's hash is of the survey's key. */
const sealedEscrow = (inside: Uint8Array) => async () => {
  const { escrowKey = '', keyVersion } = manifest.body;
  const { userId, surveyId } = FACTS;
  const { audience } = laptop.sync;
  const place = { mode: 'rehearsal', audience, keyVersion, userId, surveyId } as const;
  const salt = randomBytes(16);
  const hash = new Uint8Array(pbkdf2Sync(kek, salt, 200_000, 32, 'sha256'));
  return {
    sealedEscrow: { bytes: await sealEscrow(escrowKey, place, inside), keyHash: { salt, hash } },
    emails: { escrowed: null, account: ACCOUNT, stated: null },
  };
};

test('a sealed escrow with another key than the survey’s: nothing goes on, and there is no bundle', async () => {
  const { room, host } = laptop;
  await host.leave();
  const before = await bundles();
  await begun(sealedEscrow(randomBytes(32)));
  await room.until(({ screen }) => screen === 'recover');
  for (const _ of [1, 2]) {
    expect(await codeOf(room.say({ type: 'continue' }))).toBe('kek-not-the-surveys');
    expect(room.view.screen).toBe('recover');
  }
  const reason = 'The key in the escrow is not the one of the survey.';
  const view = await room.say({ type: 'abandon', reason });
  expect(view).toMatchObject({ screen: 'void', media: [] });
  expect(await bundles()).toEqual(before);
  const kinds = await kindsOf(laptop, view.ceremonyId);
  expect(kinds).not.toContain('kek-opened');
  expect(kinds.at(-1)).toBe('declared-void');
  await host.leave();
}, 300_000);

test('a sealed escrow with the survey’s key: entry, bundle and verifier name the one that was opened', async () => {
  const { room } = laptop;
  await begun(sealedEscrow(kek));
  await room.until(({ screen }) => screen === 'escrowed-email');
  await room.say({ type: 'escrowed-email', decision: 'go-on' });
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It waits.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = new Uint8Array(await readFile(join(laptop.stickFolder('sync'), name)));
  const { body } = bundleType.parse(bytes, 'rehearsal');
  if (body.kind !== 'recover') throw new Error('A recovery makes a recover bundle.');
  expect(body.escrow).toMatchObject({ kind: 'sealed', surveyKey: 'fits' });
  expect(await openBundle(body, laptop.sync.recipient.privateKey)).toEqual(kek);
  const verified = verifyLog(await readLog(laptop, body.ceremonyId), { manifest });
  expect(verified.standing).toBe('authenticated');
  expect(verified.missing.join()).not.toContain('escrow');
  expect(verified.facts.join('\n')).toContain('against CheckTick’s hash of the survey’s key: fits');
}, 300_000);
