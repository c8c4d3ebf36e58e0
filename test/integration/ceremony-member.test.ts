/**
 * The recovery of an organisation's survey on a whole laptop, real host and worker: shares and the
 * owner's passphrase together open the one key; what could never open is refused before any share.
 */
import { pbkdf2Sync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { sealMemberPackage } from '../../shared/bundle/member-package.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  FACTS,
  makeTicket,
  openLaptop,
  packageFacts,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { codeOf, kindsOf, logFiles, readLog, splitToWaiting } from '../support/headless-steps.ts';
import { organisationsKek, OWNERS_WORDS, saidOfEntry, TEAM } from '../support/member-documents.ts';

let laptop: Laptop;
let setup: BundleDocument;
let manifest: ManifestDocument;
let vaultComponent: Uint8Array;
let encryptedKek: string;
const kek = randomBytes(32);
const utf8 = (text: string) => new TextEncoder().encode(text);

beforeAll(async () => {
  laptop = await openLaptop();
  setup = await splitToWaiting(laptop);
  if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
  manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
  await carryReceipt(laptop, setup);
  await laptop.room.until(({ screen }) => screen === 'closed');
  await laptop.host.leave();
  vaultComponent = await openBundle(setup.body, laptop.sync.recipient.privateKey);
  const component = await componentFromMedia(laptop.people, manifest.body, {
    'custodian 2': join(laptop.rehearsalFolder, STICKS['custodian 2']),
    'custodian 4': join(laptop.rehearsalFolder, STICKS['custodian 4']),
  });
  const platformKey = xorComponents(component, vaultComponent);
  encryptedKek = await organisationsKek(platformKey, { kek, surveyId: FACTS.surveyId });
}, 300_000);
afterAll(() => laptop.remove());

/** A ticket, a package with this in it, and the ceremony up to the ticket's stick. */
async function atTicket(
  secrets: {
    vaultComponent?: Uint8Array;
    encryptedKek?: string;
    /** Whose hash CheckTick keeps. */
    hashed?: Uint8Array;
  } = {},
) {
  if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
  const { ticket, pocket } = await makeTicket(laptop);
  const { body, digest } = ticket;
  const { hashed, ...brought } = secrets;
  const salt = randomBytes(16);
  const keyHash =
    hashed === undefined
      ? undefined
      : { salt, hash: new Uint8Array(pbkdf2Sync(hashed, salt, 200_000, 32, 'sha256')) };
  const sealed = await sealMemberPackage(
    {
      ...packageFacts(laptop, 1),
      kind: 'recover-member',
      ticketId: body.ticketId,
      ticketDigest: digest,
      facts: FACTS,
      organisation: TEAM,
      ...(keyHash === undefined ? {} : { escrow: saidOfEntry(encryptedKek, keyHash) }),
      manifest: envelopeToJson(manifest.envelope),
      roster: setup.body.roster,
    },
    body.recipient,
    { vaultComponent, encryptedKek, keyHash, ...brought },
  );
  const document = await packageType.sign(sealed, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  await laptop.host.start('recover-member', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'ticket-key');
  laptop.people.expect(pocket);
}

async function end(): Promise<void> {
  await laptop.room.say({ type: 'abandon', reason: 'the package is not the right one' });
  await laptop.host.leave();
}

test('a package of the other kind of recovery is refused, and says so', async () => {
  await atTicket();
  laptop.people.forget();
  await end();
  await laptop.host.start('recover', 'rehearsal');
  await expect(codeOf(laptop.room.until(({ screen }) => screen === 'environment'))).resolves.toBe(
    'package-other-kind',
  );
  await end();
}, 300_000);

test('a wrong vault component, and an entry that nothing could open, are refused before any share', async () => {
  const short = encryptedKek.slice(2);
  for (const [secrets, code] of [
    [{ vaultComponent: randomBytes(64) }, 'package-component-wrong'],
    [{ encryptedKek: short }, 'blob-length'],
  ] as const) {
    await atTicket(secrets);
    expect(await codeOf(laptop.room.until(({ screen }) => screen === 'facts'))).toBe(code);
    expect(laptop.room.view.screen).toBe('ticket-key');
    laptop.people.forget();
    await end();
  }
}, 300_000);

test('a key that is not the survey’s by CheckTick’s hash makes no bundle', async () => {
  const { room, people } = laptop;
  await atTicket({ hashed: randomBytes(32) });
  await room.until(({ screen }) => screen === 'owner');
  people.get('owner 1').hands = { passphrases: [utf8(OWNERS_WORDS)] };
  const said = room.ask({ type: 'owner', by: 'owner 1' });
  await expect(said).resolves.toMatchObject({ code: 'kek-not-the-surveys' });
  expect(room.view.screen).toBe('owner');
  await end();
}, 300_000);

test('shares and the owner’s passphrase open the one key, and the passphrase is nowhere', async () => {
  const { room, people, host } = laptop;
  await atTicket({ hashed: kek });
  const owner = people.get('owner 1');
  const before = owner.person.refusals.length;
  const facts = await room.until(({ screen }) => screen === 'facts');
  expect(facts).toMatchObject({ organisation: TEAM, vaultPath: `surveys/${FACTS.surveyId}/kek` });
  await room.until(({ screen }) => screen === 'owner');

  owner.hands = { cancelAt: 'passphrase' };
  expect(await room.say({ type: 'owner', by: 'owner 1' })).toMatchObject({ screen: 'owner' });
  owner.hands = {
    passphrases: [utf8(OWNERS_WORDS.toUpperCase()), utf8(OWNERS_WORDS.normalize('NFD'))],
    onRefused: () => true,
  };
  const next = await room.say({ type: 'owner', by: 'owner 1' });
  expect(next.screen).not.toBe('owner');
  const refusals = owner.person.refusals.slice(before);
  expect(refusals.map(({ code }) => code)).toEqual(['owner-passphrase-wrong']);
  expect(owner.person.tasks.at(-1)).toMatchObject({ task: 'passphrase', organisation: true });

  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It waits.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = new Uint8Array(await readFile(join(laptop.stickFolder('sync'), name)));
  const bundle = bundleType.parse(bytes, 'rehearsal');
  expect(bundle.body).toMatchObject({
    kind: 'recover-member',
    facts: FACTS,
    organisation: TEAM,
    escrow: { kind: 'organisation', surveyKey: 'fits' },
  });
  expect(await openBundle(bundle.body, laptop.sync.recipient.privateKey)).toEqual(kek);

  const { ceremonyId } = view;
  const kinds = await kindsOf(laptop, ceremonyId);
  expect(kinds.indexOf('vault-component-checked')).toBeLessThan(kinds.indexOf('share-accepted'));
  const verified = verifyLog(await readLog(laptop, ceremonyId), { manifest });
  expect(verified.standing).toBe('authenticated');
  expect(verified.facts.join('\n')).toContain(
    'with the passphrase of organisation 4, which owner 1 typed',
  );
  expect(verified.facts.join('\n')).toContain('against CheckTick’s hash of the survey’s key: fits');
  expect(verified.missing.filter((line) => line.includes('stored key'))).toEqual([]);
  for (const file of await logFiles(laptop)) {
    const text = await readFile(file, 'utf8');
    for (const words of [OWNERS_WORDS, OWNERS_WORDS.normalize('NFD'), OWNERS_WORDS.toUpperCase()]) {
      expect(text.includes(words)).toBe(false);
      expect(text.includes(Buffer.from(words).toString('base64'))).toBe(false);
    }
  }

  // The laptop is switched off and on again while the bundle travels.
  await host.leave();
  await laptop.restart();
  await laptop.host.resume(ceremonyId);
  expect(laptop.room.view).toMatchObject({ screen: 'waiting', ceremony: 'recover-member' });
  await carryReceipt(laptop, bundle, { statement: 'Survey 31 was recovered for user 7.' });
  const closed = await laptop.room.until(({ screen }) => screen === 'closed');
  expect(closed).toMatchObject({ outcome: 'committed' });
  await laptop.host.leave();
  const { ceremonies } = await laptop.host.home();
  expect(ceremonies.find((one) => one.ceremonyId === ceremonyId)).toMatchObject({
    kind: 'recover-member',
    title: `Recovery of survey ${FACTS.surveyId} for user ${FACTS.userId}, organisation 4`,
  });
  const sticks = await readdir(laptop.stickFolder('sync'));
  expect(sticks.some((file) => file.startsWith('conclave-log-'))).toBe(true);
}, 300_000);
