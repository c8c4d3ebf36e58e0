/**
 * An organisation moves on a whole laptop, real host and worker: the shares of the version before hand
 * its half over without a single file, and with the shares of the active version and the passphrase in
 * use the entries of before are wrapped anew.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { answersMove } from '../../shared/bundle/move.ts';
import { openHalf } from '../../shared/bundle/organisation-half.ts';
import { openOrganisationBundle } from '../../shared/bundle/organisation-bundle.ts';
import {
  sealOrganisationPackage,
  type SurveyEscrow,
} from '../../shared/bundle/organisation-package.ts';
import { answersOrganisation, entryDigest } from '../../shared/bundle/organisation.ts';
import { packageType, type OrganisationPackage } from '../../shared/bundle/package.ts';
import { openOrganisationKek, xorComponents } from '../../shared/checktick/index.ts';
import { organisationHalf } from '../../shared/checktick/organisation-half.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import {
  carryReceipt,
  makeTicket,
  openLaptop,
  packageFacts,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import { pairInForce, type InForce } from '../support/headless-rotate.ts';
import { kindsOf, logFiles, readLog } from '../support/headless-steps.ts';
import { ofTicket, packMove } from '../support/move-keys.ts';
import { ORGANISATION_FACTS } from '../support/organisation-documents.ts';
import { makeHalf, OWN_SURVEYS, OWN_WORDS, ownEntry } from '../support/organisation-moves.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';

const WORDS = new TextEncoder().encode(OWN_WORDS);
const keks = OWN_SURVEYS.map(() => randomBytes(32));
let laptop: Laptop;
/** Of v1, which the laptop made. */
let set: InForce;
let platformKey: Uint8Array;

beforeAll(async () => {
  laptop = await openLaptop();
  set = await pairInForce(laptop);
  const component = await componentFromMedia(laptop.people, set.manifest.body, {
    'custodian 2': join(laptop.rehearsalFolder, STICKS['custodian 2']),
    'custodian 4': join(laptop.rehearsalFolder, STICKS['custodian 4']),
  });
  platformKey = xorComponents(component, set.half);
}, 300_000);
afterAll(() => laptop.remove());

const otherVersion = (keyVersion: string, label: string): Promise<TestShareSet> =>
  makeShareSet({ mode: 'rehearsal', keyVersion, label, sync: laptop.sync });

async function readBundle(digest: string): Promise<BundleDocument> {
  const name = `conclave-bundle-${digest.slice(0, 8)}.json`;
  const bytes = await readFile(join(laptop.stickFolder('sync'), name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

async function expectNowhere(secrets: readonly Uint8Array[]): Promise<void> {
  for (const file of await logFiles(laptop)) {
    const text = await readFile(file, 'utf8');
    for (const secret of secrets) {
      expect(text.includes(bytesToHex(secret))).toBe(false);
      expect(text.includes(Buffer.from(secret).toString('base64'))).toBe(false);
    }
  }
}

test('the half of v1 is handed over to v2, without a file', async () => {
  const next = await otherVersion('v2', '2028 B');
  const made = await makeTicket(laptop, 'usb', { kind: 'migrate-escrows' });
  const { body } = await packMove(
    packageFacts(laptop, 1),
    ofTicket(made.ticket),
    { ...set, roster: envelopeToJson(set.roster.envelope), vaultComponent: set.half },
    next.manifest,
    [],
    { handsOver: true },
  );
  const document = await packageType.sign(body, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  const { room } = laptop;
  await laptop.host.start('migrate-escrows', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  laptop.people.expect(made.pocket);
  await room.until(({ screen }) => screen === 'move-files');
  const facts = await room.say({ type: 'choose-volume', id: await room.stickOf('sync') });
  expect(facts).toMatchObject({ screen: 'move-facts', handsOver: true, files: { of: 0 } });
  await room.until(({ screen }) => screen === 'move-keys');
  const read = await room.say({ type: 'continue' });
  expect(read).toMatchObject({ screen: 'keys-moved', handsOver: true, counts: { moved: 0 } });
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It waits.');
  const bundle = await readBundle(view.bundleDigest);
  if (bundle.body.kind !== 'migrate-escrows') throw new Error('another kind');
  expect(answersMove(body, bundle.body)).toBe(true);
  const { organisationHalf: sealed, audience, nonce, ceremonyId } = bundle.body;
  if (sealed === undefined) throw new Error('it brings one');
  const key = escrowPrivateKey(next.platformKey, { mode: 'rehearsal', keyVersion: 'v2' });
  const place = { mode: 'rehearsal', audience, from: 'v1', to: 'v2', ceremonyId, nonce } as const;
  const half = organisationHalf(platformKey);
  expect(await openHalf(place, key, sealed)).toEqual(half);

  const log = await readLog(laptop, view.ceremonyId);
  const { standing, facts: story, missing } = verifyLog(log, { manifest: set.manifest });
  expect(standing).toBe('authenticated');
  expect(missing.filter((line) => /half/.test(line))).toEqual([]);
  expect(story.join('\n')).toContain('was sealed to the escrow key of v2');
  await expectNowhere([half, platformKey, set.half]);
  await carryReceipt(laptop, bundle, { statement: 'The half was handed over.' });
  await room.until(({ screen }) => screen === 'closed');
  await laptop.host.leave();
}, 300_000);

test('an organisation of v0 moves to v1: the passphrase in use, typed once, opens and wraps', async () => {
  const before = await otherVersion('v0', '2024 Z');
  const half = await makeHalf(before, {
    ...before,
    manifest: set.manifest,
  });
  const { ticket, pocket } = await makeTicket(laptop);
  const escrows: SurveyEscrow[] = [];
  for (const [at, survey] of OWN_SURVEYS.entries()) {
    escrows.push(await ownEntry(before.platformKey, survey, keks[at] ?? randomBytes(32)));
  }
  const source: OrganisationPackage = await sealOrganisationPackage(
    {
      ...packageFacts(laptop, 2),
      kind: 'migrate-organisation',
      ticketId: ticket.body.ticketId,
      ticketDigest: ticket.digest,
      facts: { ...ORGANISATION_FACTS, keyVersion: set.manifest.body.keyVersion },
      surveys: OWN_SURVEYS.map(({ surveyId, teamId, hashed }, at) => ({
        surveyId,
        teamId,
        surveyName: `Survey ${surveyId}`,
        userId: null,
        escrow: {
          kind: 'organisation',
          digest: entryDigest(escrows[at]?.bytes ?? new Uint8Array()),
        },
        keyHash: hashed ? 'sealed' : 'none',
        entry: 'cd'.repeat(32),
      })),
      left: [],
      further: 0,
      continues: null,
      moves: half,
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(set.roster.envelope),
    },
    ticket.body.recipient,
    { vaultComponent: set.half, escrows, entry: null },
  );
  const document = await packageType.sign(source, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  const { room, people } = laptop;
  await laptop.host.start('migrate-organisation', 'rehearsal');
  await room.until(({ screen }) => screen === 'ticket-key');
  people.expect(pocket);
  const shown = await room.until(({ screen }) => screen === 'organisation-facts');
  expect(shown).toMatchObject({
    title: 'Move an organisation to another key version',
    passphrase: 'kept',
    movesFrom: 'v0',
  });
  await room.until(({ screen }) => screen === 'new-passphrase');
  people.get(ORGANISATION_FACTS.owner).hands = { passphrases: [WORDS] };
  const wrapped = await room.say({ type: 'owner', by: ORGANISATION_FACTS.owner });
  expect(wrapped).toMatchObject({
    screen: 'surveys-wrapped',
    moved: [
      { surveyId: 51, userId: null },
      { surveyId: 52, userId: null },
    ],
    unopened: [],
  });
  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It waits.');
  const bundle = await readBundle(view.bundleDigest);
  if (bundle.body.kind !== 'migrate-organisation') throw new Error('another kind');
  expect(answersOrganisation(source, bundle.body)).toBe(true);
  const entries = await openOrganisationBundle(bundle.body, laptop.sync.recipient.privateKey);
  const { organisationId } = ORGANISATION_FACTS;
  for (const [at, { surveyId, teamId }] of bundle.body.moved.entries()) {
    const way = { organisationId, teamId, surveyId };
    const text = bytesToHex(entries[at] ?? WORDS);
    expect(await openOrganisationKek(platformKey, way, WORDS, text)).toEqual(keks[at]);
  }
  const { ceremonyId } = view;
  const kinds = await kindsOf(laptop, ceremonyId);
  expect(kinds.indexOf('vault-component-checked')).toBeLessThan(kinds.indexOf('share-accepted'));
  const verified = verifyLog(await readLog(laptop, ceremonyId), { manifest: set.manifest });
  expect(verified.standing).toBe('authenticated');
  expect(verified.facts.join('\n')).toContain('it moves from key version v0');
  await expectNowhere([...keks, platformKey, organisationHalf(before.platformKey), WORDS]);

  // The laptop is switched off and on again while the bundle travels.
  await laptop.host.leave();
  await laptop.restart();
  await laptop.host.resume(ceremonyId);
  expect(laptop.room.view).toMatchObject({ screen: 'waiting', ceremony: 'migrate-organisation' });
  await carryReceipt(laptop, bundle, { statement: 'Two survey keys were written.' });
  await laptop.room.until(({ screen }) => screen === 'closed');
  await laptop.host.leave();
  const { ceremonies } = await laptop.host.home();
  expect(ceremonies.find((one) => one.ceremonyId === ceremonyId)).toMatchObject({
    kind: 'migrate-organisation',
    title: 'Move organisation 4 from key version v0 to v1',
  });
}, 300_000);
