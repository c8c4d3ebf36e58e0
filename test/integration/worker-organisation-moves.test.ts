/**
 * An organisation that moves through a real worker thread: the half is sealed with the shares of before,
 * and the owner's passphrase moves the entries with the shares of the active version.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HandedOver } from '../../shared/bundle/organisation-half.ts';
import { openHalf } from '../../shared/bundle/organisation-half.ts';
import {
  sealOrganisationPackage,
  type SurveyEscrow,
} from '../../shared/bundle/organisation-package.ts';
import { answersOrganisation, entryDigest } from '../../shared/bundle/organisation.ts';
import { openOrganisationBundle } from '../../shared/bundle/organisation-bundle.ts';
import type { OrganisationPackage } from '../../shared/bundle/package.ts';
import { openOrganisationKek } from '../../shared/checktick/index.ts';
import { organisationHalf } from '../../shared/checktick/organisation-half.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { ScriptedPerson, type Hands } from '../support/entry-script.ts';
import { makeMovePackage } from '../support/move-documents.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import { ORGANISATION_FACTS } from '../support/organisation-documents.ts';
import {
  makeHalf,
  makeMovingBundle,
  makeMovingPackage,
  OWN_SURVEYS,
  OWN_WORDS,
  ownEntry,
} from '../support/organisation-moves.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { giveTyped } from '../support/typed-share.ts';
import { makeNextVersion } from '../support/version-documents.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const TICKET = 'c4'.repeat(16);
let root: string;
let worker: TestWorker;
let set: TestShareSet;
let next: TestShareSet;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-worker-'));
  worker = await startTestWorker('rehearsal');
  set = await makeShareSet({ mode: 'rehearsal' });
  next = await makeNextVersion(set);
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

async function ticket() {
  const operator = new ScriptedPerson('operator');
  const path = join(root, 'OPERATOR');
  mkdirSync(path, { recursive: true });
  const place = { volumeId: `at:${path}`, rehearsalFolder: root, person: operator.name };
  const { recipient } = await worker.callWith(operator, {}, 'make-ticket', {
    ...place,
    ticketId: TICKET,
  });
  return { operator, place, recipient };
}

/** What is wrong with the entries, by their places. */
interface Wrong {
  readonly damaged?: readonly number[];
  readonly anothers?: readonly number[];
  readonly half?: HandedOver;
}

async function openedPackage({ damaged = [], anothers = [], half }: Wrong = {}) {
  const { operator, place, recipient } = await ticket();
  const made = await makeMovingPackage(set, next, half === undefined ? {} : { half });
  const { sealed: _, ...open } = made.document.body;
  const escrows: SurveyEscrow[] = [];
  for (const [at, survey] of OWN_SURVEYS.entries()) {
    const kek = made.keks[at] ?? randomBytes(32);
    const { bytes, keyHash } = await ownEntry(
      set.platformKey,
      survey,
      anothers.includes(at) ? randomBytes(32) : kek,
    );
    const hash = made.secrets.escrows[at]?.keyHash ?? keyHash;
    if (damaged.includes(at)) bytes[20] = (bytes[20] ?? 0) ^ 1;
    escrows.push({ bytes, keyHash: hash });
  }
  const body = await sealOrganisationPackage(
    {
      ...open,
      ticketId: TICKET,
      surveys: open.surveys.map((survey, at) => ({
        ...survey,
        escrow: {
          kind: 'organisation',
          digest: entryDigest(escrows[at]?.bytes ?? new Uint8Array()),
        },
      })),
    },
    recipient,
    { vaultComponent: next.vaultComponent, escrows, entry: null },
  );
  const manifest = next.manifest.body;
  const opening = { body, manifest, ...place };
  expect(await worker.callWith(operator, {}, 'open-package', opening)).toEqual({ fits: true });
  return { body, manifest, made };
}

function wrap(
  { body, manifest }: { body: OrganisationPackage; manifest: typeof next.manifest.body },
  hands: Hands,
) {
  const owner = new ScriptedPerson(ORGANISATION_FACTS.owner);
  const input = { body, manifest, owner: owner.name };
  return { owner, answer: worker.callWith(owner, hands, 'wrap-surveys', input) };
}

test('the shares of before seal the half for the version that is active, and for no other', async () => {
  const { operator, place, recipient } = await ticket();
  const asks = await makeMovePackage(set, next, [], { change: { handsOver: true } });
  const { sealed: _, ...open } = asks.document.body;
  const body = await sealRotatePackage(
    { ...open, ticketId: TICKET },
    recipient,
    set.vaultComponent,
  );
  const manifest = set.manifest.body;
  await worker.callWith(operator, {}, 'open-package', { body, manifest, ...place });
  const { mode } = set;
  const { audience } = set.sync;
  const { nonce } = body;
  const where = { mode, audience, from: 'v1', to: 'v2', ceremonyId: 'ce'.repeat(16), nonce };
  const half = { place: where, escrowKey: next.manifest.body.escrowKey ?? '' };
  expect(await codeOf(worker.call('prove-move', { nonce, manifest, half }))).toBe('too-few-shares');
  await giveTyped(worker, set, 1, 2, 4);
  expect(await worker.call('prove-move', { nonce, manifest, half: null })).toEqual({
    indexes: [1, 2, 4],
    organisationHalf: null,
  });
  const { organisationHalf: sealed } = await worker.call('prove-move', { nonce, manifest, half });
  if (sealed === null) throw new Error('it was asked for');
  const key = escrowPrivateKey(next.platformKey, { mode, keyVersion: 'v2' });
  const opened = await openHalf(where, key, sealed);
  expect(opened).toEqual(organisationHalf(set.platformKey));
  const sent = JSON.stringify(worker.sent);
  for (const canary of [opened, set.platformKey, set.component]) {
    expect(sent.includes(bytesToHex(canary))).toBe(false);
    expect(sent.includes(Buffer.from(canary).join(','))).toBe(false);
  }
}, 120_000);

test('the owner’s passphrase moves every entry, is typed once, and nothing else comes out', async () => {
  const opened = await openedPackage();
  const { body, made } = opened;
  await giveTyped(worker, next, 1, 2, 3);
  const { owner, answer } = wrap(opened, {
    passphrases: [utf8('Der Kiosk am Bahnhof'), utf8(` ${OWN_WORDS}`)],
    onRefused: () => true,
  });
  const { moved, unopened, indexes } = await answer;
  expect(owner.refusals.map(({ code }) => code)).toEqual(['passphrase-opens-none']);
  expect(new Set(owner.tasks.map(({ task }) => task))).toEqual(new Set(['passphrase']));
  expect([indexes, unopened]).toEqual([[1, 2, 3], []]);
  const { document } = await makeMovingBundle(set, next, { ...made, document: made.document });
  const { facts } = body;
  const said = { facts, passphrase: 'kept' as const, movedFrom: 'v1', moved, unopened };
  expect(answersOrganisation(body, said)).toBe(true);
  const { sealed: _, ...open } = document.body;
  const { body: bundle } = await worker.call('seal-organisation', {
    body: { ...open, nonce: body.nonce, moved, unopened },
    recipient: next.sync.recipient.publicKey,
  });
  const entries = await openOrganisationBundle(bundle, next.sync.recipient.privateKey);
  for (const [at, { surveyId, teamId }] of moved.entries()) {
    const way = { organisationId: facts.organisationId, teamId, surveyId };
    const text = bytesToHex(entries[at] ?? new Uint8Array());
    expect(await openOrganisationKek(next.platformKey, way, utf8(OWN_WORDS), text)).toEqual(
      made.keks[at],
    );
  }
  const sent = JSON.stringify(worker.sent);
  const half = organisationHalf(set.platformKey);
  for (const canary of [...made.keks, half, next.platformKey, utf8(OWN_WORDS)]) {
    expect(sent.includes(bytesToHex(canary))).toBe(false);
    expect(sent.includes(Buffer.from(canary).join(','))).toBe(false);
  }
}, 120_000);

test('an entry that is damaged, or holds another key, is named and left alone', async () => {
  const opened = await openedPackage({ anothers: [0] });
  await giveTyped(worker, next, 1, 2, 3);
  const { moved, unopened } = await wrap(opened, { passphrases: [utf8(OWN_WORDS)] }).answer;
  expect(moved.map(({ surveyId }) => surveyId)).toEqual([52]);
  expect(unopened).toEqual([{ surveyId: 51, teamId: 9, why: 'entry-not-the-surveys' }]);
}, 120_000);

test('the first entry damaged: the passphrase is tried on the next', async () => {
  const opened = await openedPackage({ damaged: [0] });
  await giveTyped(worker, next, 1, 2, 3);
  const { moved, unopened } = await wrap(opened, { passphrases: [utf8(OWN_WORDS)] }).answer;
  expect(moved.map(({ surveyId }) => surveyId)).toEqual([52]);
  expect(unopened).toEqual([{ surveyId: 51, teamId: 9, why: 'entry-not-opened' }]);
}, 120_000);

test('a half of another platform key opens nothing, one for another version not at all', async () => {
  const other = await makeShareSet({ mode: 'rehearsal' });
  const wrong = await makeHalf({ ...set, platformKey: other.platformKey }, next);
  const opened = await openedPackage({ half: wrong });
  await giveTyped(worker, next, 1, 2, 3);
  const { owner, answer } = wrap(opened, {
    passphrases: [utf8(OWN_WORDS)],
    onRefused: () => false,
  });
  await expect(answer).rejects.toThrow();
  expect(owner.refusals.map(({ code }) => code)).toEqual(['passphrase-opens-none']);
}, 120_000);
