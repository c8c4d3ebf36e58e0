/**
 * The oldest share set there is, of test/golden, in a recovery with today's worker: a sheet that
 * was printed then is typed in, a share that was written then is read from a stick, sync sends what
 * CheckTick stored under that platform key, and the survey key comes out, signed by the old quorum.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sealAge } from '../../electron/media/age.ts';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { sealRecoverPackage } from '../../shared/bundle/recover-package.ts';
import { sealKekBlob, userRecoveryKey, vaultPaths } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { preAuthEncoding, verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { parseRoster } from '../../shared/identity/roster.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { makeRecoverPackage, RECOVER_FACTS } from '../support/documents.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { type Expected, goldenFile, goldenJson } from '../support/golden.ts';
import { NO_LOGS } from '../support/no-logs.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

const MODE = 'rehearsal';
const WORDS = Buffer.from('absorb cradle fabric hollow market zebra');
const { secrets } = goldenJson(MODE, 'expected.json') as Expected;
let root: string;
let worker: TestWorker;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'conclave-golden-'));
  worker = await startTestWorker(MODE);
});
afterEach(() => {
  worker.stop();
  rmSync(root, { recursive: true, force: true });
});

/** What lies in the tree, with a sync of today: the old one's private keys were kept by nobody. */
async function oldestSet(): Promise<TestShareSet> {
  const manifest = parseManifest(goldenFile(MODE, 'share-set.json'), MODE);
  return {
    ...(await makeShareSet({ mode: MODE })),
    manifest,
    roster: parseRoster(goldenFile(MODE, 'roster.json'), MODE, manifest.body),
    wires: [1, 2, 3, 4].map((index) => goldenFile(MODE, `share-${index}.cbor`)),
    component: hexToBytes(secrets.component),
    vaultComponent: hexToBytes(secrets.vaultComponent),
    platformKey: hexToBytes(secrets.platformKey),
  };
}

function stick(name: string) {
  const path = join(root, name);
  mkdirSync(path);
  return { path, place: { volumeId: `at:${path}`, rehearsalFolder: root } };
}

it('the oldest share set completes a recovery', async () => {
  const set = await oldestSet();
  const manifest = set.manifest.body;
  const [sheet] = goldenJson(MODE, 'sheets.json') as { share: number; lines: string[] }[];
  expect(sheet?.share).toBe(2);

  const { place } = stick('OPERATOR');
  const ticketId = 'c4'.repeat(16);
  const operator = new ScriptedPerson('operator');
  const asking = { ...place, ticketId, person: operator.name };
  const { recipient } = await worker.callWith(operator, {}, 'make-ticket', asking);

  const kek = randomBytes(32);
  const { userId, surveyId } = RECOVER_FACTS;
  const userKey = await userRecoveryKey(set.platformKey, userId);
  const stored = await sealKekBlob(
    userKey,
    vaultPaths.userSurveyRecoveryKek(userId, surveyId),
    kek,
  );
  const { sealed: _, ...asked } = (await makeRecoverPackage(set)).document.body;
  const body = await sealRecoverPackage({ ...asked, ticketId }, recipient, {
    vaultComponent: set.vaultComponent,
    encryptedKek: stored,
    emails: null,
  });
  const opening = { body, manifest, ...place, person: operator.name };
  expect(await worker.callWith(operator, {}, 'open-package', opening)).toEqual({ fits: true });

  const question = (index: number) => ({
    person: `custodian ${index}`,
    manifest,
    known: { void: [], superseded: [] },
    envelopes: NO_LOGS,
    index,
    ways: ['camera', 'typed'] as const,
    ceremonyId: 'ce'.repeat(16),
  });
  const typed = { how: 'typed', volumeId: null, rehearsalFolder: null } as const;
  const wireOf = (index: number) => set.wires[index - 1] ?? new Uint8Array();
  for (const [index, lines] of [
    [2, sheet?.lines ?? []],
    [4, toTypedLines('share', wireOf(4))],
  ] as const) {
    const person = new ScriptedPerson(`custodian ${index}`);
    const input = { ...typed, ...question(index) };
    const answer = await worker.callWith(person, { way: 'typed', lines }, 'accept-share', input);
    expect(answer).toEqual({ index, medium: 'paper', renewal: null });
  }
  const usb = stick('STICK-1');
  const name = `conclave-share-1-of-4-${manifest.setId.slice(0, 8)}-${MODE}.age`;
  writeFileSync(join(usb.path, name), await sealAge(wireOf(1), WORDS, { workFactor: 2 }));
  const input = { how: 'usb', ...usb.place, ...question(1) } as const;
  const hands = { passphrases: [WORDS] };
  expect(
    await worker.callWith(new ScriptedPerson('custodian 1'), hands, 'accept-share', input),
  ).toEqual({ index: 1, medium: 'usb', renewal: null });

  expect(await worker.call('open-kek', { body, manifest })).toMatchObject({ indexes: [1, 2, 4] });
  const sealing = {
    body: {
      kind: 'recover',
      mode: MODE,
      audience: body.audience,
      nonce: body.nonce,
      epoch: body.epoch,
      packageDigest: 'd4'.repeat(32),
      ceremonyId: 'e5'.repeat(16),
      operator: set.cast.operator.signer.keyid,
      createdAt: '2026-05-03T09:30:00Z',
      transcript: { entries: 1, head: 'f6'.repeat(32) },
      manifestDigest: set.manifest.digest,
      rosterDigest: set.roster.digest,
      facts: body.facts,
    },
    recipient: set.sync.recipient.publicKey,
  } as const;
  const { body: bundle } = await worker.call('seal-recover', sealing);
  expect(await openBundle(bundle, set.sync.recipient.privateKey)).toEqual(kek);

  const payload = Buffer.from(JSON.stringify(bundle));
  const message = preAuthEncoding(bundleType.payloadType(MODE), payload);
  const { signatures } = await worker.call('sign-quorum', { messages: [message] });
  const keys = [2, 4, 1].map(
    // In the order in which they came in.
    (index) => manifest.shares.find((share) => share.index === index)?.publicKey,
  );
  expect(signatures.map(({ keyid }) => keyid)).toEqual(keys);
  for (const { keyid, sigs } of signatures) {
    expect(verifyEd25519(sigs[0] ?? new Uint8Array(), message, keyid)).toBe(true);
  }
});
