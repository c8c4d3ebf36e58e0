/**
 * Recover through a real worker thread: ticket, package, shares, survey key, sealed bundle. The
 * package is made by the shared code that sync uses, the stored key by shared/checktick.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealAge } from '../../electron/media/age.ts';
import type { RecoverBundle } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import type { EscrowedEmail } from '../../shared/bundle/escrowed-email.ts';
import { generateRecipient } from '../../shared/sealing/hpke.ts';
import type { RecoverPackage } from '../../shared/bundle/package.ts';
import {
  sealRecoverPackage,
  type PackageEmails,
  type SealedEscrow,
  type StoredKey,
} from '../../shared/bundle/recover-package.ts';
import {
  sealEscrowEmail,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { preAuthEncoding, verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import {
  makeRecoverPackage,
  makeSealedEscrow,
  RECOVER_FACTS,
  saidOf,
} from '../support/documents.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { NO_LOGS } from '../support/no-logs.ts';
import { makeShareSet, type TestShareSet } from '../support/share-sets.ts';
import { ScriptedPerson } from '../support/entry-script.ts';
import { codeOf, startTestWorker, type TestWorker } from '../support/worker.ts';

const WORDS = Buffer.from('absorb cradle fabric hollow market zebra');
const NOTHING_KNOWN = { void: [], superseded: [] };
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

function stick(name: string) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return { path, place: { volumeId: `at:${path}`, rehearsalFolder: root } };
}

/** Six words shown, typed back; the private half lies on the stick. */
async function makeTicket() {
  const operator = new ScriptedPerson('operator');
  const { path, place } = stick('OPERATOR');
  const ticketId = 'c4'.repeat(16);
  const input = { ...place, ticketId, person: operator.name };
  const { recipient, record } = await worker.callWith(operator, {}, 'make-ticket', input);
  expect(record.fileName).toBe('conclave-ticket-c4c4c4c4.age');
  return { operator, path, place, ticketId, recipient };
}

type Sealed = StoredKey & {
  readonly vaultComponent?: Uint8Array;
  readonly emails?: PackageEmails;
  readonly says?: EscrowedEmail;
};

/** What sync would hand out for the ticket. */
async function packageFor(
  { ticketId, recipient }: { ticketId: string; recipient: string },
  { vaultComponent = set.vaultComponent, emails, says, ...stored }: Sealed,
): Promise<RecoverPackage> {
  const { sealed: _, ...body } = (await makeRecoverPackage(set)).document.body;
  const said = {
    ...(says === undefined ? {} : { escrowedEmail: says }),
    ...(stored.sealedEscrow === undefined ? {} : { escrow: saidOf(stored.sealedEscrow) }),
  };
  return sealRecoverPackage({ ...body, ticketId, ...said }, recipient, {
    vaultComponent,
    ...stored,
    emails: emails ?? null,
  });
}

async function storedKek(kek: Uint8Array, userId = RECOVER_FACTS.userId): Promise<string> {
  const { surveyId } = RECOVER_FACTS;
  const userKey = await userRecoveryKey(set.platformKey, userId);
  return sealKekBlob(userKey, vaultPaths.userSurveyRecoveryKek(userId, surveyId), kek);
}

/** What main gives to be sealed. */
function recoverBody({
  audience,
  nonce,
  epoch,
  facts,
}: RecoverPackage): Omit<RecoverBundle, 'sealed'> {
  return {
    kind: 'recover',
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
  };
}

function shareQuestion(index: number) {
  return {
    person: `custodian ${index}`,
    manifest: set.manifest.body,
    known: NOTHING_KNOWN,
    envelopes: NO_LOGS,
    index,
    ways: ['camera', 'typed'] as const,
    ceremonyId: 'ce'.repeat(16),
  };
}

async function giveTyped(index: number, wireOf = index): Promise<unknown> {
  const lines = toTypedLines('share', set.wires[wireOf - 1] ?? new Uint8Array());
  const input = {
    how: 'typed',
    volumeId: null,
    rehearsalFolder: null,
    ...shareQuestion(index),
  } as const;
  const person = new ScriptedPerson(`custodian ${index}`);
  return worker.callWith(person, { way: 'typed', lines }, 'accept-share', input);
}

async function giveStick(index: number, holds = index) {
  const { path, place } = stick(`STICK-${index}`);
  const file = await sealAge(set.wires[holds - 1] ?? new Uint8Array(), WORDS, { workFactor: 2 });
  const prefix = set.manifest.body.setId.slice(0, 8);
  writeFileSync(join(path, `conclave-share-${index}-of-4-${prefix}-rehearsal.age`), file);
  const person = new ScriptedPerson(`custodian ${index}`);
  const input = { how: 'usb', ...place, ...shareQuestion(index) } as const;
  return worker.callWith(person, { passphrases: [WORDS] }, 'accept-share', input);
}

describe('a recovery', () => {
  it('opens the survey key with three shares, seals it to sync, and lets nothing else out', async () => {
    const kek = randomBytes(32);
    const ticket = await makeTicket();
    const body = await packageFor(ticket, { encryptedKek: await storedKek(kek) });
    const manifest = set.manifest.body;
    const opening = { body, manifest, ...ticket.place, person: 'operator' };
    expect(await worker.callWith(ticket.operator, {}, 'open-package', opening)).toEqual({
      fits: true,
    });

    expect(await giveTyped(4)).toEqual({ index: 4, medium: 'paper', renewal: null });
    expect(await giveStick(2)).toEqual({ index: 2, medium: 'usb', renewal: null });
    expect(await codeOf(worker.call('open-kek', { body, manifest }))).toBe('too-few-shares');
    expect(await codeOf(giveTyped(1, 2))).toBe('share-wrong-custodian');
    expect(await codeOf(giveStick(3, 2))).toBe('share-wrong-custodian');
    // Main may ask again for what it could not write down; it stays one share.
    expect(await giveTyped(2)).toEqual({ index: 2, medium: 'paper', renewal: null });
    expect(await codeOf(worker.call('open-kek', { body, manifest }))).toBe('too-few-shares');
    expect(await giveTyped(1)).toEqual({ index: 1, medium: 'paper', renewal: null });
    const answer = { indexes: [1, 2, 4], email: { standing: 'not-asked' }, escrow: null };
    expect(await worker.call('open-kek', { body, manifest })).toEqual(answer);
    // The same for this answer, although the package's secret is gone by now.
    expect(await worker.call('open-kek', { body, manifest })).toEqual(answer);

    const sealing = { body: recoverBody(body), recipient: set.sync.recipient.publicKey };
    const { body: sealed } = await worker.call('seal-recover', sealing);
    const secret = await openBundle(sealed, set.sync.recipient.privateKey);
    expect(Buffer.from(secret).equals(kek)).toBe(true);
    expect(await codeOf(worker.call('seal-recover', sealing))).toBe('worker-out-of-order');

    const message = preAuthEncoding('bundle', Uint8Array.of(7));
    const { signatures } = await worker.call('sign-quorum', { messages: [message] });
    const keys = manifest.shares.map(({ publicKey }) => publicKey);
    expect(signatures).toHaveLength(3);
    for (const { keyid, sigs } of signatures) {
      expect(keys).toContain(keyid);
      expect(verifyEd25519(sigs[0] ?? new Uint8Array(), message, keyid)).toBe(true);
    }

    const said = JSON.stringify(worker.sent);
    const canaries = [
      kek,
      set.vaultComponent,
      set.component,
      set.platformKey,
      ...set.shares.map(({ y }) => y),
    ];
    for (const canary of canaries) {
      const bytes = Buffer.from(canary);
      for (const text of [
        bytes.toString('hex'),
        bytes.toString('base64').slice(0, 40),
        bytes.join(','),
      ]) {
        expect(said.includes(text)).toBe(false);
      }
    }
    expect(said.includes(ticket.operator.words.toString())).toBe(false);
    expect(said.includes(keys[0] ?? '')).toBe(true);
  });

  it('opens the escrowed address with the survey key, says it for the screen alone, and stops nothing', async () => {
    const { userId } = RECOVER_FACTS;
    const address = 'user.seven@example.org';
    const sealed = (id: number, key = set.platformKey) => sealEscrowEmail(key, id, address);
    const good = await sealed(userId);
    const damaged = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
    const others = { account: 'account.seven@example.org', stated: 'told.seven@example.org' };
    const opened = { standing: 'opened', escrowed: address, ...others };
    const cases: [string | null, EscrowedEmail, object][] = [
      [good, 'sealed', opened],
      [` ${good.toUpperCase()}\n`, 'sealed', opened],
      [damaged, 'sealed', { standing: 'not-openable' }],
      [await sealed(userId + 1), 'sealed', { standing: 'not-openable' }],
      [await sealed(userId, randomBytes(64)), 'sealed', { standing: 'not-openable' }],
      ['no hex at all', 'sealed', { standing: 'not-openable' }],
      [null, 'none', { standing: 'none' }],
      [null, 'missing', { standing: 'missing' }],
    ];
    const kek = randomBytes(32);
    const encryptedKek = await storedKek(kek);
    const manifest = set.manifest.body;
    const ticket = await makeTicket();
    for (const [escrowed, says, email] of cases) {
      const body = await packageFor(ticket, {
        encryptedKek,
        emails: { escrowed, ...others },
        says,
      });
      const opening = { body, manifest, ...ticket.place, person: 'operator' };
      await worker.callWith(ticket.operator, {}, 'open-package', opening);
      for (const index of [1, 2, 3]) await giveTyped(index);
      // Nothing of it comes out before the survey key is open.
      const before = JSON.stringify(worker.sent).split('@example.org').length;
      const answer = { indexes: [1, 2, 3], email, escrow: null };
      expect(await worker.call('open-kek', { body, manifest })).toEqual(answer);
      expect(await worker.call('open-kek', { body, manifest })).toEqual(answer);
      const said = 'escrowed' in email ? 6 : 0;
      expect(JSON.stringify(worker.sent).split('@example.org')).toHaveLength(before + said);
    }
  }, 120_000);

  it('opens a sealed escrow, says whose key it is as far as that can be known, and takes no other', async () => {
    const manifest = set.manifest.body;
    const ticket = await makeTicket();
    const kek = randomBytes(32);
    const salt = randomBytes(16);
    const { userId, surveyId } = RECOVER_FACTS;
    const others = { account: 'account.seven@example.org', stated: null };
    const opens = async (sealedEscrow: SealedEscrow, escrowed: string | null = null) => {
      const says = escrowed === null ? 'none' : 'sealed';
      const emails = { escrowed, ...others };
      const body = await packageFor(ticket, { sealedEscrow, emails, says });
      const opening = { body, manifest, ...ticket.place, person: 'operator' };
      await worker.callWith(ticket.operator, {}, 'open-package', opening);
      for (const index of [1, 2, 3]) await giveTyped(index);
      return { body, answer: worker.call('open-kek', { body, manifest }) };
    };
    const sealed = (change: Parameters<typeof makeSealedEscrow>[2] = {}) =>
      makeSealedEscrow(set, kek, { salt, ...change });
    const wrong: [SealedEscrow, string][] = [
      [await sealed({ binding: { surveyId: surveyId + 1 } }), 'escrow-other-place'],
      [await sealed({ binding: { userId: userId + 1 } }), 'escrow-other-place'],
      [await sealed({ binding: { keyVersion: 'v2' } }), 'escrow-other-place'],
      [await sealed({ binding: { audience: 'ee'.repeat(16) } }), 'escrow-other-place'],
      [await sealed({ binding: { mode: 'production' } }), 'escrow-other-mode'],
      [await sealed({ escrowKey: (await generateRecipient()).publicKey }), 'escrow-not-openable'],
      // Rightly sealed, for the right survey, by somebody who does not have its key.
      [await sealed({ hashed: randomBytes(32) }), 'kek-not-the-surveys'],
    ];
    for (const [sealedEscrow, code] of wrong) {
      const { body, answer } = await opens(sealedEscrow);
      expect(await codeOf(answer)).toBe(code);
      // Nothing is kept of it: there is no key to be sealed.
      const publicPart = recoverBody(body);
      const sealing = { body: publicPart, recipient: set.sync.recipient.publicKey };
      expect(await codeOf(worker.call('seal-recover', sealing))).toBe('worker-out-of-order');
    }
    const unknown = await makeSealedEscrow(set, kek);
    const told = { kind: 'sealed', digest: saidOf(unknown).digest };
    const answer = { indexes: [1, 2, 3], email: { standing: 'none' } };
    expect(await (await opens(unknown)).answer).toEqual({
      ...answer,
      escrow: { ...told, surveyKey: 'not-compared' },
    });
    const { body, answer: good } = await opens(await sealed());
    const fits = { ...answer, escrow: { ...told, surveyKey: 'fits' } };
    expect(await good).toEqual(fits);
    expect(await worker.call('open-kek', { body, manifest })).toEqual(fits);
    const sealing = { body: recoverBody(body), recipient: set.sync.recipient.publicKey };
    const { body: bundle } = await worker.call('seal-recover', sealing);
    expect(await openBundle(bundle, set.sync.recipient.privateKey)).toEqual(kek);
    // An address beside it, as CheckTick seals one, is opened as ever.
    const address = await sealEscrowEmail(set.platformKey, userId, 'user.seven@example.org');
    expect(await (await opens(await sealed(), address)).answer).toMatchObject({
      email: { standing: 'opened', escrowed: 'user.seven@example.org' },
    });
    const said = JSON.stringify(worker.sent);
    const escrowSeed = escrowPrivateKey(set.platformKey, { mode: 'rehearsal', keyVersion: 'v1' });
    for (const canary of [kek, escrowSeed, set.platformKey, set.vaultComponent]) {
      const bytes = Buffer.from(canary);
      for (const text of [bytes.toString('hex'), bytes.toString('base64').slice(0, 40)]) {
        expect(said.includes(text)).toBe(false);
      }
    }
  }, 120_000);

  it('refuses a wrong vault component before any share, and a key that does not open', async () => {
    const ticket = await makeTicket();
    const manifest = set.manifest.body;
    const open = (body: RecoverPackage) =>
      worker.callWith(ticket.operator, {}, 'open-package', {
        body,
        manifest,
        ...ticket.place,
        person: 'operator',
      });
    const encryptedKek = await storedKek(randomBytes(32), RECOVER_FACTS.userId + 1);
    const wrong = await packageFor(ticket, { vaultComponent: randomBytes(64), encryptedKek });
    expect(await codeOf(open(wrong))).toBe('package-component-wrong');
    const short = await packageFor(ticket, { vaultComponent: randomBytes(32), encryptedKek });
    expect(await codeOf(open(short))).toBe('package-component-wrong');
    expect(await codeOf(worker.call('open-kek', { body: short, manifest }))).toBe(
      'package-not-open',
    );

    const body = await packageFor(ticket, { encryptedKek });
    await open(body);
    for (const index of [1, 2, 3]) await giveTyped(index);
    const otherKey = { ...manifest, checks: { ...manifest.checks, platformKey: '00'.repeat(16) } };
    expect(await codeOf(worker.call('open-kek', { body, manifest: otherKey }))).toBe(
      'platform-key-wrong',
    );
    const otherHalf = {
      ...manifest,
      checks: { ...manifest.checks, custodianComponent: '00'.repeat(16) },
    };
    expect(await codeOf(worker.call('open-kek', { body, manifest: otherHalf }))).toBe(
      'shares-do-not-fit',
    );
    // A right platform key, and a manifest whose escrow key is somebody else's.
    const escrowKey = (await generateRecipient()).publicKey;
    const otherEscrows = { ...manifest, escrowKey };
    expect(await codeOf(worker.call('open-kek', { body, manifest: otherEscrows }))).toBe(
      'escrow-key-differs',
    );
    expect(await codeOf(worker.call('open-kek', { body, manifest }))).toBe('kek-not-openable');
    const { escrowKey: _, ...before } = manifest;
    expect(await codeOf(worker.call('open-kek', { body, manifest: before }))).toBe(
      'kek-not-openable',
    );
  });

  it('makes no ticket whose words were not typed back, and misses one that is elsewhere', async () => {
    const operator = new ScriptedPerson('operator');
    const { path, place } = stick('OPERATOR');
    const input = { ...place, ticketId: 'c4'.repeat(16), person: operator.name };
    const closing = { cancelAt: 'passphrase' } as const;
    await expect(worker.callWith(operator, closing, 'make-ticket', input)).rejects.toThrow(
      'closed',
    );
    expect(readdirSync(path)).toEqual([]);
    const ticket = await makeTicket();
    const body = await packageFor(ticket, { encryptedKek: await storedKek(randomBytes(32)) });
    const opening = {
      body,
      manifest: set.manifest.body,
      ...stick('OTHER').place,
      person: 'operator',
    };
    expect(await codeOf(worker.callWith(operator, {}, 'open-package', opening))).toBe(
      'ticket-file-missing',
    );
  });
});
