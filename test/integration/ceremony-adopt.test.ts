/**
 * Adopting an existing platform key through the real host, without a window: an empty laptop, a
 * ticket, the package that sync would seal to it, CheckTick's own shares, a new set, its receipt;
 * then a survey key that was stored before opens with the new shares.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Participant } from '../../scripts/rehearse/people.ts';
import { answersFound, decidedByRoster, type AdoptFound } from '../../shared/bundle/adopt.ts';
import { sealAdoptPackage, type AdoptSecrets } from '../../shared/bundle/adopt-package.ts';
import { bundleType, openBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import type { TicketDocument } from '../../shared/bundle/ticket.ts';
import type { PersonEvent } from '../../shared/ceremony/events.ts';
import { decodeEnvelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { parseRoster } from '../../shared/identity/roster.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { fact } from '../../shared/transcript/entry.ts';
import { entries } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  carryRecoverPackage,
  FACTS,
  makeTicket,
  openLaptop,
  packageFacts,
  PLAN,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { codeOf, kindsOf, PAIR, readLog } from '../support/headless-steps.ts';
import {
  legacyDeployment,
  storedKek,
  type LegacyDeployment,
} from '../support/legacy-deployment.ts';

const PROOF = { userId: FACTS.userId, surveyId: FACTS.surveyId };

function foundOf(change: Partial<AdoptFound['versions'][number]> = {}): AdoptFound {
  const same = { version: 'v1', state: 'active', compared: 'same', escrows: 3 } as const;
  return {
    vault: 'there',
    forms: ['upper-case'],
    versions: [{ ...same, proof: PROOF, ...change }],
  };
}

async function carryAdoptPackage(
  laptop: Laptop,
  { body, digest }: TicketDocument,
  found: AdoptFound,
  secrets: AdoptSecrets,
): Promise<void> {
  const { recipient: _, ...common } = packageFacts(laptop);
  const sealed = await sealAdoptPackage(
    {
      ...common,
      kind: 'adopt',
      keyVersion: 'v1',
      ticketId: body.ticketId,
      ticketDigest: digest,
      found,
    },
    body.recipient,
    secrets,
  );
  const document = await packageType.sign(sealed, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
}

/** On an empty laptop: nobody has an identity, and sync is trusted by its eight words alone. */
async function firstTicket(laptop: Laptop) {
  const { host, room, sync } = laptop;
  const id = await room.document('descriptor');
  const words = eightWords(hexToBytes(sync.descriptor.digest));
  const wrong = makeTicket(laptop, 'new', { kind: 'adopt', descriptor: { id, words: 'abandon' } });
  expect(await codeOf(wrong)).toBe('words-differ');
  laptop.people.forget();
  expect((await host.home()).trustedSyncs).toEqual([]);
  return makeTicket(laptop, 'new', { kind: 'adopt', descriptor: { id, words } });
}

async function start(laptop: Laptop, pocket: Participant, plan = PAIR): Promise<void> {
  const { host, room, people } = laptop;
  await host.start('adopt', 'rehearsal');
  await room.until(({ screen }) => screen === 'plan');
  await room.say({ type: 'plan', plan });
  // The operator has an identity since the ticket was made.
  await room.until(({ screen, turn }) => screen === 'identity' && turn?.role === 'operator');
  const volumeId = await room.stickOf('operator');
  await room.say({ type: 'identity', how: 'existing-usb', volumeId });
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  await room.until(({ screen }) => screen === 'legacy-split');
  const split = { threshold: 3, count: 4 };
  expect(await codeOf(room.say({ type: 'legacy-split', split }))).toBe('legacy-not-practice');
  await room.say({ type: 'legacy-split', split, practice: true });
}

async function give({ room, people }: Laptop, by: string, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    const participant = people.get(by);
    participant.hands = { legacy: [{ type: 'file', bytes: Buffer.from(text) }] };
    await room.say({ type: 'legacy-give', by, how: 'file' });
    await room.until((view) => view.busy === null && view.screen === 'legacy-shares');
    participant.hands = {};
  }
}

async function bundleOf({ room, rehearsalFolder }: Laptop): Promise<BundleDocument> {
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It does not wait.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

/** What the bundle carries, read as sync reads it. */
function documentsOf({ body }: BundleDocument) {
  if (body.kind !== 'adopt') throw new Error('no adoption');
  const manifest = parseManifest(encodeJson(body.manifest), 'rehearsal');
  const roster = parseRoster(encodeJson(body.roster), 'rehearsal', manifest.body);
  decodeEnvelope(encodeJson(body.roster), 'roster');
  return { body, manifest, roster };
}

describe('a deployment whose Vault and row agree, with a stored survey key', () => {
  let laptop: Laptop;
  let key: LegacyDeployment;
  let made: BundleDocument;
  const kek = randomBytes(32);

  beforeAll(async () => {
    laptop = await openLaptop();
    key = legacyDeployment();
  });
  afterAll(() => laptop.remove());

  test('is adopted: a ticket, its shares in, proved, split anew, and a bundle without a secret', async () => {
    const { ticket, pocket } = await firstTicket(laptop);
    expect(ticket.body.kind).toBe('adopt');
    const components = [{ place: 'both' as const, bytes: key.vault }];
    const encryptedKeks = [await storedKek(key.platformKey, PROOF, kek)];
    await carryAdoptPackage(laptop, ticket, foundOf(), [
      { version: 'v1', components, encryptedKeks },
    ]);
    await start(laptop, pocket, PLAN);
    expect(laptop.room.view).toMatchObject({ screen: 'legacy-shares', given: [] });
    await give(laptop, 'custodian 1', key.shares[0] ?? '');
    await give(laptop, 'a former custodian', key.shares[3] ?? '', key.shares[1] ?? '');
    await laptop.room.say({ type: 'continue' });
    expect(await laptop.room.until(({ screen }) => screen === 'legacy-proof')).toMatchObject({
      judged: { standing: 'uncompared' },
      keys: [PROOF],
    });
    await laptop.room.say({ type: 'continue' });
    expect(await laptop.room.until(({ screen }) => screen === 'legacy-restored')).toMatchObject({
      from: 'legacy shares 1, 2, 4',
    });
    made = await bundleOf(laptop);
    const { body, manifest, roster } = documentsOf(made);
    expect(body).toMatchObject({
      keyVersion: 'v1',
      compared: 'same',
      component: 'both',
      proof: 'escrow',
      decided: null,
      legacy: { threshold: 3, count: 4 },
    });
    expect(answersFound(foundOf(), 'v1', body)).toBe(true);
    expect(roster.body.people.map(({ name }) => name)).toContain('operator');
    const { componentId, checks } = manifest.body;
    for (const [what, bytes, value] of [
      ['vault-component', key.vault, checks.vaultComponent],
      ['custodian-component', key.custodian, checks.custodianComponent],
      ['platform-key', key.platformKey, checks.platformKey],
    ] as const) {
      expect(checkValueFits(what, bytes, componentId, value)).toBe(true);
    }
  });

  test('the log says who gave what and what proved it, and verifies', async () => {
    const { manifest } = documentsOf(made);
    const log = await readLog(laptop, made.body.ceremonyId);
    expect(verifyLog(log, { manifest }).standing).toBe('authenticated');
    const told = narrateLog(log).join('\n');
    expect(told).toContain('a former custodian gave the legacy shares 2: a text file.');
    expect(told).toContain(
      `opened the stored survey key of user ${PROOF.userId} and survey ${PROOF.surveyId}`,
    );
    const text = JSON.stringify(log);
    for (const share of key.shares) expect(text).not.toContain(share.split('-')[2]?.slice(9, 40));
  });

  test('over a restart it waits for its receipt, which makes the set live', async () => {
    await laptop.restart();
    await laptop.host.resume(made.body.ceremonyId);
    expect(laptop.room.view).toMatchObject({ screen: 'waiting', bundleDigest: made.digest });
    await carryReceipt(laptop, made);
    await laptop.room.until(({ screen }) => screen === 'closed');
    await laptop.host.leave();
    const home = await laptop.host.home();
    expect(home.sets).toMatchObject([
      {
        label: '2026 A',
        standing: 'live',
        keyVersion: 'v1',
        legacy: 'any 3 of 4 legacy shares',
      },
    ]);
    expect(home.ceremonies).toMatchObject([
      { kind: 'adopt', title: 'Adoption of the platform key v1, set 2026 A', standing: 'closed' },
    ]);
  });

  test('a survey key that was stored before opens with three of the new shares', async () => {
    const { host, room, people, sync } = laptop;
    const { body, manifest } = documentsOf(made);
    const { ticket, pocket } = await makeTicket(laptop);
    await carryRecoverPackage(laptop, ticket, {
      manifest,
      roster: body.roster,
      vaultComponent: key.vault,
      encryptedKek: await storedKek(key.platformKey, PROOF, kek),
    });
    await host.start('recover', 'rehearsal');
    await room.until(({ screen }) => screen === 'ticket-key');
    people.expect(pocket);
    await room.until(({ screen }) => screen === 'waiting');
    const recovered = await bundleOf(laptop);
    expect(await openBundle(recovered.body, sync.recipient.privateKey)).toEqual(kek);
    await host.leave();
  });

  test('the legacy shares are destroyed one by one before a witness, and home says how many are left', async () => {
    const { host, room } = laptop;
    const setAtHome = async () => (await host.home()).sets.find(({ label }) => label === '2026 A');
    const set = await setAtHome();
    if (set === undefined) throw new Error('it is at home');
    expect(set.legacyLeft).toEqual({ left: 4, of: 4, threshold: 3 });
    const { setId, generation } = set;
    await host.start('destroy', 'rehearsal', { setId, generation, legacy: true });
    const { ceremonyId } = room.view;
    await room.until(({ screen }) => screen === 'destroyers');
    await room.say({ type: 'who', index: 1 });
    await room.until(({ screen }) => screen === 'destroyers');
    const stray = 'platform_custodian_component_v1.bin';
    const drawer = join(laptop.rehearsalFolder, 'an old folder');
    await mkdir(drawer);
    await writeFile(join(drawer, stray), key.custodian);
    const look = (folder: string) => room.say({ type: 'look-for-files', volumeId: null, folder });
    expect(await codeOf(look('relative'))).toBe('no-folder');
    await look(drawer);
    const found = await room.until(({ busy }) => busy === null);
    expect(found).toMatchObject({ looked: [{ files: [stray] }] });
    await room.say({ type: 'who', index: 3 });
    await room.say({ type: 'get-up', reason: 'nobody knows who has it' });
    await room.until(({ screen }) => screen === 'destroyers');
    await room.say({ type: 'continue' });
    expect(await room.until(({ screen }) => screen === 'destroyed')).toMatchObject({
      gone: [expect.stringContaining('legacy share 1')],
      legacy: expect.stringContaining('The 3 that are left still open this key') as string,
    });
    await host.leave();
    expect((await setAtHome())?.legacyLeft).toEqual({ left: 3, of: 4, threshold: 3 });
    expect((await setAtHome())?.legacy).toBe('any 3 of 4 legacy shares');
    const log = await readLog(laptop, ceremonyId);
    const told = narrateLog(log).join('\n');
    expect(told).toContain(`found: 1 ${stray}`);
    expect(told).toContain(
      'Legacy share 1, which custodian 1 had, was destroyed before everybody’s eyes',
    );
    expect(verifyLog(log).signers.map(({ who }) => who)).toContain('witness (witness)');
  });
});

describe('where people have to decide', () => {
  let laptop: Laptop;
  beforeEach(async () => {
    laptop = await openLaptop();
  });
  afterEach(() => laptop.remove());

  const decide = (place: 'row' | 'vault' | 'both'): PersonEvent => ({
    type: 'legacy-decide',
    place,
    by: ['custodian 2', 'witness'],
  });

  test('Vault and row differ: the one that opened the survey key, and two who answer for it', async () => {
    const key = legacyDeployment(32);
    const { ticket, pocket } = await firstTicket(laptop);
    const found = foundOf({ compared: 'differs' });
    const encryptedKeks = [await storedKek(key.platformKey, PROOF)];
    const components = [
      { place: 'row' as const, bytes: key.vault },
      { place: 'vault' as const, bytes: randomBytes(32) },
    ];
    await carryAdoptPackage(laptop, ticket, found, [{ version: 'v1', components, encryptedKeks }]);
    await start(laptop, pocket);
    // One wrong digit of four shares: named, and the others are enough.
    const [one = '', ...others] = key.shares;
    const wrong = `${one.slice(0, 60)}${one[60] === '7' ? '8' : '7'}${one.slice(61)}`;
    await give(laptop, 'custodian 2', wrong, ...others);
    await laptop.room.say({ type: 'continue' });
    expect(await laptop.room.until(({ screen }) => screen === 'legacy-proof')).toMatchObject({
      judged: { standing: 'wrong', suspects: [{ number: 1 }] },
    });
    await laptop.room.say({ type: 'continue' });
    await laptop.room.until(({ screen }) => screen === 'legacy-decision');
    expect(await codeOf(laptop.room.say(decide('vault')))).toBe('not-now');
    await laptop.room.say(decide('row'));
    const { body, roster } = documentsOf(await bundleOf(laptop));
    expect(body).toMatchObject({ compared: 'differs', component: 'row', proof: 'escrow' });
    expect(answersFound(found, 'v1', body)).toBe(true);
    expect(decidedByRoster(body, roster.body)).toBe(true);
    const log = narrateLog(await readLog(laptop)).join('\n');
    expect(log).toContain('custodian 2 and witness answer for it that the vault component of the');
    expect(log).toContain('I answer for the choice of the one that opened the stored survey key.');
  });

  test('shares of another key open nothing: the ceremony can only be ended, and is void', async () => {
    const key = legacyDeployment();
    const { ticket, pocket } = await firstTicket(laptop);
    const encryptedKeks = [await storedKek(key.platformKey, PROOF)];
    const components = [{ place: 'both' as const, bytes: key.vault }];
    await carryAdoptPackage(laptop, ticket, foundOf(), [
      { version: 'v1', components, encryptedKeks },
    ]);
    await start(laptop, pocket);
    await give(laptop, 'custodian 2', ...legacyDeployment().shares);
    await laptop.room.say({ type: 'continue' });
    await laptop.room.until(({ screen }) => screen === 'legacy-proof');
    expect(await codeOf(laptop.room.say({ type: 'continue' }))).toBe('legacy-not-proved');
    await laptop.room.say({ type: 'abandon', reason: 'these are not our shares' });
    expect(laptop.room.view).toMatchObject({ screen: 'void' });
    expect(await kindsOf(laptop)).toContain('declared-void');
    const log = await readLog(laptop);
    expect(entries(log).map((entry) => fact(entry, 'kind'))).not.toContain('key-restored');
  });
});
