/**
 * An owner without passphrase through a real worker thread: ticket, package, shares, a passphrase made
 * up and typed once more, entries sealed to sync; and what is refused on the way.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OrganisationBundle } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { openOrganisationBundle } from '../../shared/bundle/organisation-bundle.ts';
import {
  sealOrganisationPackage,
  type SurveyEscrow,
} from '../../shared/bundle/organisation-package.ts';
import { answersOrganisation, type OrganisationMoved } from '../../shared/bundle/organisation.ts';
import type { OrganisationPackage } from '../../shared/bundle/package.ts';
import { openOrganisationKek, readKekBlob } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { ScriptedPerson, type Hands } from '../support/entry-script.ts';
import { organisationsKek } from '../support/member-documents.ts';
import {
  HELPED,
  makeOrganisationPackage,
  NEW_WORDS,
  ORGANISATION_FACTS,
  packagedSurvey,
  surveyEscrow,
} from '../support/organisation-documents.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { giveTyped } from '../support/typed-share.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const NEW = utf8(NEW_WORDS);
let root: string;
let worker: TestWorker;
let set: TestShareSet;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-worker-'));
  worker = await startTestWorker('rehearsal');
  set = await makeShareSet({ mode: 'rehearsal' });
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

/** How each survey's escrow is made: rightly, unless a case changes it. */
type Change = Partial<Parameters<typeof surveyEscrow>[1]> & { readonly damaged?: true };

/** A ticket, its package with these escrows, opened; and the survey keys. */
async function openedPackage(
  changes: readonly Change[] = [],
  more: { readonly continues?: OrganisationPackage['continues']; readonly entry?: Uint8Array } = {},
) {
  const operator = new ScriptedPerson('operator');
  const path = join(root, 'OPERATOR');
  mkdirSync(path, { recursive: true });
  const place = { volumeId: `at:${path}`, rehearsalFolder: root, person: operator.name };
  const ticketId = 'c4'.repeat(16);
  const { recipient } = await worker.callWith(operator, {}, 'make-ticket', { ...place, ticketId });
  const { sealed: _, ...open } = (await makeOrganisationPackage(set)).document.body;
  const { mode, platformKey } = set;
  const { audience } = set.sync;
  const { escrowKey = '' } = set.manifest.body;
  const escrows: SurveyEscrow[] = [];
  const keks: Uint8Array[] = [];
  for (const [at, { hashed, ...survey }] of HELPED.entries()) {
    const kek = randomBytes(32);
    keks.push(kek);
    const hash = hashed ? { hashedKey: kek } : {};
    const { damaged, ...change } = changes[at] ?? {};
    const from = { mode, audience, platformKey, escrowKey };
    const { bytes, keyHash } = await surveyEscrow(from, { ...survey, ...hash, kek, ...change });
    if (damaged) bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    escrows.push({ bytes, keyHash });
  }
  const body = await sealOrganisationPackage(
    {
      ...open,
      ticketId,
      surveys: HELPED.flatMap((survey, at) => {
        const escrow = escrows[at];
        return escrow === undefined ? [] : [packagedSurvey(survey, escrow)];
      }),
      continues: more.continues ?? null,
    },
    recipient,
    { vaultComponent: set.vaultComponent, escrows, entry: more.entry ?? null },
  );
  const manifest = set.manifest.body;
  const opening = { body, manifest, ...place };
  expect(await worker.callWith(operator, {}, 'open-package', opening)).toEqual({ fits: true });
  return { body, manifest, keks };
}

async function wrap(
  {
    body,
    manifest,
  }: { readonly body: OrganisationPackage; readonly manifest: typeof set.manifest.body },
  hands: Hands,
) {
  const owner = new ScriptedPerson(ORGANISATION_FACTS.owner);
  const answer = worker.callWith(owner, hands, 'wrap-surveys', {
    body,
    manifest,
    owner: owner.name,
  });
  return { owner, answer };
}

/** What main gives to be sealed. */
function bundleBody(
  { audience, nonce, epoch, facts }: OrganisationPackage,
  said: Omit<OrganisationMoved, 'facts'>,
): Omit<OrganisationBundle, 'sealed'> {
  return {
    kind: 'migrate-organisation',
    mode: 'rehearsal',
    audience,
    nonce,
    epoch,
    packageDigest: 'd4'.repeat(32),
    ceremonyId: 'e5'.repeat(16),
    operator: set.cast.operator.signer.keyid,
    createdAt: '2026-05-03T09:30:00Z',
    transcript: { entries: 1, head: 'f6'.repeat(32) },
    manifestDigest: set.manifest.digest,
    rosterDigest: set.roster.digest,
    facts,
    ...said,
  };
}

/** The entries as sync gets them, by survey; each opened by CheckTick's formulas. */
async function entriesOf(
  body: OrganisationPackage,
  said: Omit<OrganisationMoved, 'facts'>,
  words: Uint8Array,
): Promise<ReadonlyMap<number, string>> {
  const sealing = { body: bundleBody(body, said), recipient: set.sync.recipient.publicKey };
  const sealed = (await worker.call('seal-organisation', sealing)).body;
  await expect(openBundle(sealed, set.sync.recipient.privateKey)).rejects.toThrow();
  const entries = await openOrganisationBundle(sealed, set.sync.recipient.privateKey);
  const { organisationId } = body.facts;
  const keks = new Map<number, string>();
  for (const [at, { surveyId, teamId }] of said.moved.entries()) {
    const text = bytesToHex(entries[at] ?? new Uint8Array());
    const way = { organisationId, teamId, surveyId };
    keks.set(surveyId, bytesToHex(await openOrganisationKek(set.platformKey, way, words, text)));
  }
  return keks;
}

test('every survey with an escrow of either kind is wrapped under what was typed twice, and nothing else comes out', async () => {
  const opened = await openedPackage();
  const { body, manifest, keks } = opened;
  const early = await wrap(opened, { own: [NEW], passphrases: [NEW] });
  expect(await codeOf(early.answer)).toBe('too-few-shares');
  expect(early.owner.tasks).toEqual([]);
  await giveTyped(worker, set, 1, 2, 4);

  const { owner, answer } = await wrap(opened, {
    own: [utf8('Moosbeere & Quarz 7'), NEW],
    passphrases: [utf8(NEW_WORDS.toLowerCase()), utf8(` ${NEW_WORDS}`), NEW],
    onRefused: () => true,
  });
  const { moved, unopened, indexes } = await answer;
  // Nineteen characters; then no other spelling than the very one that CheckTick is going to get.
  expect(owner.refusals.map(({ code }) => code)).toEqual([
    'passphrase-short',
    'passphrase-not-the-new',
    'passphrase-not-the-new',
  ]);
  expect(owner.tasks.map(({ task }) => task)).toEqual([
    'show-words',
    'own-passphrase',
    'passphrase',
  ]);
  expect(owner.tasks[1]).toMatchObject({ shortest: 20 });
  expect([indexes, unopened]).toEqual([[1, 2, 4], []]);
  expect(moved.map(({ surveyId, surveyKey }) => [surveyId, surveyKey])).toEqual([
    [31, 'fits'],
    [32, 'not-compared'],
    [33, 'fits'],
  ]);
  const again = await worker.call('wrap-surveys', { body, manifest, owner: 'owner 1' });
  expect(again).toEqual({ moved, unopened, indexes });

  const said = { passphrase: 'new' as const, moved, unopened };
  expect(answersOrganisation(body, { facts: body.facts, ...said })).toBe(true);
  const expected = HELPED.map(({ surveyId }, at) => [surveyId, bytesToHex(keks[at] ?? NEW)]);
  expect([...(await entriesOf(body, said, NEW))]).toEqual(expected);

  const sent = JSON.stringify(worker.sent);
  for (const canary of [...keks, set.platformKey, set.vaultComponent, set.component, NEW]) {
    const bytes = Buffer.from(canary);
    for (const text of [bytes.toString('hex'), bytes.toString('base64').slice(0, 40)]) {
      expect(sent.includes(text)).toBe(false);
    }
    expect(sent.includes(bytes.join(','))).toBe(false);
  }
  expect(sent.includes(NEW_WORDS)).toBe(false);
}, 120_000);

test('generated words do as well, and a window that is closed loses nothing', async () => {
  const opened = await openedPackage();
  await giveTyped(worker, set, 1, 2, 3);
  for (const cancelAt of ['show-words', 'passphrase'] as const) {
    const { answer } = await wrap(opened, { cancelAt });
    await expect(answer).rejects.toThrow();
  }
  const { owner, answer } = await wrap(opened, {});
  const { moved, unopened } = await answer;
  expect(owner.words.length).toBeGreaterThanOrEqual(20);
  const said = { passphrase: 'new' as const, moved, unopened };
  expect((await entriesOf(opened.body, said, owner.words)).size).toBe(3);
}, 120_000);

test('a survey whose escrow is damaged, another’s, or of another key is named and left alone', async () => {
  const opened = await openedPackage([
    { damaged: true },
    {},
    // Rightly sealed, by somebody who does not have the survey's key.
    { hashedKey: randomBytes(32) },
  ]);
  await giveTyped(worker, set, 2, 3, 4);
  const { answer } = await wrap(opened, { own: [NEW], passphrases: [NEW] });
  const { moved, unopened } = await answer;
  expect(moved.map(({ surveyId }) => surveyId)).toEqual([32]);
  expect(unopened).toEqual([
    { surveyId: 31, teamId: 9, why: 'not-opened' },
    { surveyId: 33, teamId: 9, why: 'not-the-surveys' },
  ]);
  const said = { passphrase: 'new' as const, moved, unopened };
  expect(answersOrganisation(opened.body, { facts: opened.body.facts, ...said })).toBe(true);
  expect((await entriesOf(opened.body, said, NEW)).get(32)).toBe(bytesToHex(opened.keks[1] ?? NEW));
}, 120_000);

test('where nothing opens there is nothing to seal', async () => {
  const other = { userId: 99 };
  const opened = await openedPackage([other, other, other]);
  await giveTyped(worker, set, 1, 2, 3);
  const { answer } = await wrap(opened, { own: [NEW], passphrases: [NEW] });
  expect(await codeOf(answer)).toBe('no-survey-opened');
  const body = bundleBody(opened.body, { passphrase: 'new', moved: [], unopened: [] });
  const sealing = { body, recipient: set.sync.recipient.publicKey };
  expect(await codeOf(worker.call('seal-organisation', sealing))).toBe('worker-out-of-order');
}, 120_000);

test('what an earlier ceremony began goes on under its passphrase, and under no other', async () => {
  const continues = { surveyId: 30, teamId: 9 };
  const { organisationId } = ORGANISATION_FACTS;
  const way = { organisationId, teamId: continues.teamId };
  const source = { kek: randomBytes(32), way, words: NEW_WORDS, surveyId: continues.surveyId };
  const entry = readKekBlob(await organisationsKek(set.platformKey, source));
  const opened = await openedPackage([], { continues, entry });
  await giveTyped(worker, set, 1, 2, 3);
  const { owner, answer } = await wrap(opened, {
    passphrases: [utf8('Kran Violett 7 zaehlt Quarz'), NEW],
    onRefused: () => true,
  });
  const { moved, unopened } = await answer;
  expect(owner.refusals.map(({ code }) => code)[0]).toBe('owner-passphrase-wrong');
  expect(new Set(owner.tasks.map(({ task }) => task))).toEqual(new Set(['passphrase']));
  const said = { passphrase: 'continued' as const, moved, unopened };
  expect(answersOrganisation(opened.body, { facts: opened.body.facts, ...said })).toBe(true);
  expect((await entriesOf(opened.body, said, NEW)).size).toBe(3);
}, 120_000);
