/**
 * An owner without passphrase on a whole laptop, real host and worker: shares and a passphrase that is
 * made up and typed again wrap the surveys' keys anew; the log names every survey, and the passphrase
 * is nowhere.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { componentFromMedia } from '../../scripts/rehearse/table-top.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { openOrganisationBundle } from '../../shared/bundle/organisation-bundle.ts';
import {
  sealOrganisationPackage,
  type SurveyEscrow,
} from '../../shared/bundle/organisation-package.ts';
import { answersOrganisation } from '../../shared/bundle/organisation.ts';
import { packageType, type OrganisationPackage } from '../../shared/bundle/package.ts';
import { openOrganisationKek, xorComponents } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
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
import { kindsOf, logFiles, readLog, splitToWaiting } from '../support/headless-steps.ts';
import {
  HELPED,
  LEFT,
  NEW_WORDS,
  ORGANISATION_FACTS,
  packagedSurvey,
  surveyEscrow,
} from '../support/organisation-documents.ts';

const NEW = new TextEncoder().encode(NEW_WORDS);
const keks = HELPED.map(() => randomBytes(32));
let laptop: Laptop;
let setup: BundleDocument;
let manifest: ManifestDocument;
let platformKey: Uint8Array;
let source: OrganisationPackage;

beforeAll(async () => {
  laptop = await openLaptop();
  setup = await splitToWaiting(laptop);
  if (setup.body.kind !== 'setup') throw new Error('A split makes a setup.');
  manifest = parseManifest(encodeJson(setup.body.manifest), 'rehearsal');
  await carryReceipt(laptop, setup);
  await laptop.room.until(({ screen }) => screen === 'closed');
  await laptop.host.leave();
  const vaultComponent = await openBundle(setup.body, laptop.sync.recipient.privateKey);
  const component = await componentFromMedia(laptop.people, manifest.body, {
    'custodian 2': join(laptop.rehearsalFolder, STICKS['custodian 2']),
    'custodian 4': join(laptop.rehearsalFolder, STICKS['custodian 4']),
  });
  platformKey = xorComponents(component, vaultComponent);

  const { ticket, pocket } = await makeTicket(laptop);
  const { escrowKey = '' } = manifest.body;
  const escrows: SurveyEscrow[] = [];
  for (const [at, { hashed, ...survey }] of HELPED.entries()) {
    const kek = keks[at] ?? randomBytes(32);
    // The last one holds another key than CheckTick's hash says.
    const hashedKey = at === HELPED.length - 1 ? randomBytes(32) : kek;
    const from = {
      mode: 'rehearsal',
      audience: laptop.sync.audience,
      platformKey,
      escrowKey,
    } as const;
    escrows.push(await surveyEscrow(from, { ...survey, kek, ...(hashed ? { hashedKey } : {}) }));
  }
  source = await sealOrganisationPackage(
    {
      ...packageFacts(laptop, 1),
      kind: 'migrate-organisation',
      ticketId: ticket.body.ticketId,
      ticketDigest: ticket.digest,
      facts: { ...ORGANISATION_FACTS, keyVersion: FACTS.keyVersion },
      surveys: HELPED.flatMap((survey, at) => {
        const escrow = escrows[at];
        return escrow === undefined ? [] : [packagedSurvey(survey, escrow)];
      }),
      left: [...LEFT],
      further: 0,
      continues: null,
      manifest: envelopeToJson(manifest.envelope),
      roster: setup.body.roster,
    },
    ticket.body.recipient,
    { vaultComponent, escrows, entry: null },
  );
  const document = await packageType.sign(source, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  await laptop.host.start('migrate-organisation', 'rehearsal');
  await laptop.room.until(({ screen }) => screen === 'ticket-key');
  laptop.people.expect(pocket);
}, 300_000);
afterAll(() => laptop.remove());

test('from the package to the receipt: what can be helped is wrapped and read back, the rest is named', async () => {
  const { room, people, host } = laptop;
  const owner = people.get(ORGANISATION_FACTS.owner);
  const shown = await room.until(({ screen }) => screen === 'organisation-facts');
  expect(shown).toMatchObject({ surveys: source.surveys, left: LEFT, passphrase: 'new' });
  await room.until(({ screen }) => screen === 'new-passphrase');
  const named = await room.ask({ type: 'owner', by: 'owner 2' });
  expect(named?.code).toBe('owner-other');

  owner.hands = { own: [NEW], passphrases: [NEW], cancelAt: 'passphrase' };
  expect(await room.say({ type: 'owner', by: 'owner 1' })).toMatchObject({
    screen: 'new-passphrase',
  });
  owner.hands = { own: [NEW], passphrases: [NEW] };
  const wrapped = await room.say({ type: 'owner', by: 'owner 1' });
  expect(wrapped).toMatchObject({
    screen: 'surveys-wrapped',
    moved: [{ surveyId: 31 }, { surveyId: 32 }],
    unopened: [{ surveyId: 33, teamId: 9, why: 'not-the-surveys' }],
  });

  const view = await room.until(({ screen }) => screen === 'waiting');
  if (view.screen !== 'waiting') throw new Error('It waits.');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = new Uint8Array(await readFile(join(laptop.stickFolder('sync'), name)));
  const bundle = bundleType.parse(bytes, 'rehearsal');
  if (bundle.body.kind !== 'migrate-organisation') throw new Error('another kind');
  expect(answersOrganisation(source, bundle.body)).toBe(true);
  const entries = await openOrganisationBundle(bundle.body, laptop.sync.recipient.privateKey);
  const { organisationId } = ORGANISATION_FACTS;
  for (const [at, { surveyId, teamId }] of bundle.body.moved.entries()) {
    const text = bytesToHex(entries[at] ?? NEW);
    const way = { organisationId, teamId, surveyId };
    expect(await openOrganisationKek(platformKey, way, NEW, text)).toEqual(keks[at]);
  }

  const { ceremonyId } = view;
  const kinds = await kindsOf(laptop, ceremonyId);
  expect(kinds.indexOf('vault-component-checked')).toBeLessThan(kinds.indexOf('share-accepted'));
  const verified = verifyLog(await readLog(laptop, ceremonyId), { manifest });
  expect(verified.standing).toBe('authenticated');
  const story = verified.facts.join('\n');
  expect(story).toContain('under a new passphrase, which owner 1 makes up');
  expect(story).toContain('survey 40 (team 9): no user’s escrow keeps its key');
  expect(story).toContain('survey 33 (team 9): the key in the user’s escrow is not the survey’s');
  for (const file of await logFiles(laptop)) {
    const text = await readFile(file, 'utf8');
    expect(text.includes(NEW_WORDS)).toBe(false);
    expect(text.includes(Buffer.from(NEW_WORDS).toString('base64'))).toBe(false);
  }

  // The laptop is switched off and on again while the bundle travels.
  await host.leave();
  await laptop.restart();
  await laptop.host.resume(ceremonyId);
  expect(laptop.room.view).toMatchObject({ screen: 'waiting', ceremony: 'migrate-organisation' });
  await carryReceipt(laptop, bundle, { statement: 'Two survey keys were written.' });
  const closed = await laptop.room.until(({ screen }) => screen === 'closed');
  expect(closed).toMatchObject({ outcome: 'committed' });
  await laptop.host.leave();
  const { ceremonies } = await laptop.host.home();
  expect(ceremonies.find((one) => one.ceremonyId === ceremonyId)).toMatchObject({
    kind: 'migrate-organisation',
    title: 'New passphrase of organisation 4',
  });
}, 300_000);
