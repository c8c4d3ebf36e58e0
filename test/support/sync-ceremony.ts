/**
 * The laptop's side of a loop with a real sync: reads its descriptor and packages with the shared
 * parsers, and answers with bundles made by the builders of documents.ts.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parseDescriptor } from '../../shared/bundle/descriptor.ts';
import { emailCheck, type EmailCheck } from '../../shared/bundle/escrowed-email.ts';
import {
  parsePackage,
  type OrganisationWay,
  type RecoverPackage,
} from '../../shared/bundle/package.ts';
import {
  openRecoverPackage,
  type PackageEmails,
  type StoredKey,
} from '../../shared/bundle/recover-package.ts';
import { type OpenedEscrow, sealedDigest } from '../../shared/bundle/sealed-escrow.ts';
import { type ReceiptDocument, parseReceipt } from '../../shared/bundle/receipt.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { judgeEmail, type AskedEmail } from '../../shared/ceremony/recover/found-email.ts';
import {
  openEscrowEmail,
  openKekBlob,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { openEscrow } from '../../shared/escrow/escrow.ts';
import type { Mode } from '../../shared/mode.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import type {
  BundleAnswer,
  FileAnswer,
  PackageAnswer,
  RequestAnswer,
} from '../../sync/routes/answers.ts';
import { makeBundle, makeTicket, type TestTicket } from './documents.ts';
import { makeShareSet, type TestShareSet } from './share-sets.ts';
import { type Cast, makeSync } from './people.ts';
import { bytesOf, type Caller } from './sync-client.ts';
import type { Deployment, Service } from './sync-service.ts';

/** One caller per admin. */
export interface Admins {
  readonly operator: Caller;
  readonly approver1: Caller;
  readonly approver2: Caller;
}

/** A share set for the sync that is really there. */
export async function shareSetFor(
  operator: Caller,
  mode: Mode,
  options: {
    readonly count?: number;
    readonly threshold?: number;
    readonly keyVersion?: string;
    readonly componentBytes?: number;
    readonly cast?: Cast;
    readonly label?: string;
    readonly isOld?: boolean;
    readonly halves?: Pick<TestShareSet, 'component' | 'vaultComponent'>;
  } = {},
): Promise<TestShareSet> {
  const file = await operator.get<FileAnswer>('/v1/descriptor');
  const descriptor = parseDescriptor(bytesOf(file), mode);
  const standIn = await makeSync(mode);
  const { audience, publicKey } = descriptor.body;
  return makeShareSet({
    mode,
    ...options,
    sync: { ...standIn, audience, publicKey, descriptor },
  });
}

export interface MadeBundle {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly nonce: string;
}

/** `package setup`, then the ceremony; `nonce`: another one on a package that is there. */
export async function setupBundle(
  operator: Caller,
  set: TestShareSet,
  { nonce, ...change }: { readonly secret?: Uint8Array; readonly nonce?: string } = {},
): Promise<MadeBundle> {
  const { keyVersion } = set.manifest.body;
  const file =
    nonce === undefined
      ? await operator.post<FileAnswer>('/v1/packages/setup', { keyVersion })
      : await operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  if (document.body.kind !== 'setup') throw new Error('a setup package was asked for');
  const { document: bundle } = await makeBundle(set, {
    package: {
      document: { ...document, body: document.body },
      recipient: { publicKey: document.body.recipient, privateKey: new Uint8Array() },
      ticket: null,
    },
    ...change,
  });
  return {
    bytes: bundleType.toBytes(bundle),
    digest: bundle.digest,
    nonce: document.body.nonce,
  };
}

/** Imported and approved by two. */
export async function approvedSetup(admins: Admins, set: TestShareSet): Promise<MadeBundle> {
  const made = await setupBundle(admins.operator, set);
  await admins.operator.post('/v1/bundles', made.bytes);
  const words = eightWords(hexToBytes(set.manifest.digest));
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('bundle-approve', made.digest, { words, reason: 'seen on paper' });
  }
  return made;
}

/** A platform key that is committed, with the survey of the rehearsal stored under it. */
export async function withPlatformKey(
  { mode, escrow }: Pick<Deployment, 'mode' | 'escrow'>,
  { admins }: Pick<Service, 'admins'>,
): Promise<TestShareSet> {
  const set = await shareSetFor(admins.operator, mode);
  await committed(admins, await approvedSetup(admins, set));
  await escrow(set.platformKey);
  return set;
}

export async function committed(admins: Admins, made: MadeBundle): Promise<BundleAnswer> {
  return admins.operator.post<BundleAnswer>(`/v1/bundles/${made.digest}/commit`);
}

/** The receipt, verified as the laptop does. */
export async function receiptFor(
  operator: Caller,
  set: TestShareSet,
  digest: string,
): Promise<ReceiptDocument> {
  const file = await operator.get<FileAnswer>(`/v1/bundles/${digest}/receipt`);
  return parseReceipt(bytesOf(file), set.mode, set.sync);
}

/** A request with both approvals. */
export async function approvedRequest(
  admins: Admins,
  about: {
    readonly userId: number;
    readonly surveyId: number;
    readonly delayHours?: number;
    /** The address that the person gave. */
    readonly email?: string;
    readonly organisation?: OrganisationWay;
  },
): Promise<RequestAnswer> {
  const request = await admins.operator.post<RequestAnswer>('/v1/requests', {
    delayHours: 0,
    ...about,
    reason: 'password and recovery phrase forgotten',
    checks: ['photo-id', 'video'],
    reference: '2026-17',
  });
  await admins.approver1.approve('request-approve', request.code, { reason: 'identity checked' });
  const approved = await admins.approver2.approve('request-approve', request.code, {
    reason: 'identity checked too',
  });
  if (approved.request === undefined) throw new Error('the answer has no request');
  return approved.request;
}

export interface PackageFlow {
  readonly nonce: string;
  readonly ticket: TestTicket;
}

/** `package recover`, not yet released. */
export async function askedPackage(
  operator: Caller,
  set: TestShareSet,
  requestCode: string,
): Promise<PackageFlow> {
  const ticket = await makeTicket(set);
  const { nonce } = await operator.post<PackageAnswer>('/v1/packages/recover', {
    requestCode,
    ticket: Buffer.from(ticketType.toBytes(ticket.document)).toString('base64'),
    words: eightWords(hexToBytes(ticket.document.digest)),
  });
  return { nonce, ticket };
}

/** `package recover`, released by two. */
export async function releasedPackage(
  admins: Admins,
  set: TestShareSet,
  requestCode: string,
): Promise<PackageFlow> {
  const asked = await askedPackage(admins.operator, set, requestCode);
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('package-release', asked.nonce, { reason: 'as requested' });
  }
  return asked;
}

/** From the envelopes of as many custodians as are needed, the last ones. */
export function combinedComponent({ wires, manifest }: TestShareSet): Promise<Uint8Array> {
  const { threshold, componentId, checks } = manifest.body;
  return combineShares(wires.slice(-threshold).map(decodeShare), {
    what: 'custodian-component',
    componentId,
    checkValue: checks.custodianComponent,
  });
}

/** The ceremony of a recovery: opens the package, the KEK, and seals it to sync. */
export async function recoverBundle(
  operator: Caller,
  set: TestShareSet,
  { nonce, ticket }: PackageFlow,
  change: {
    readonly secret?: Uint8Array;
    readonly reason?: string;
    /** What the shares gave; without it the set's own. */
    readonly component?: Uint8Array;
  } = {},
): Promise<MadeBundle & { readonly kek: Uint8Array }> {
  const file = await operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  const { body } = document;
  if (body.kind !== 'recover') throw new Error('a recover package was asked for');
  const { vaultComponent, emails, ...stored } = await openRecoverPackage(
    body,
    ticket.keys.privateKey,
  );
  const pmk = xorComponents(vaultComponent, change.component ?? set.component);
  const { kek, escrow } = await openStored(pmk, body, stored);
  const escrowedEmail = await compareEmail(pmk, body, emails, change.reason);
  const { document: bundle } = await makeBundle(set, {
    kind: 'recover',
    ...(escrowedEmail === undefined ? {} : { escrowedEmail }),
    ...(escrow === undefined ? {} : { escrow }),
    package: {
      document: { ...document, body },
      recipient: { publicKey: body.recipient, privateKey: new Uint8Array() },
      ticket,
    },
    secret: change.secret ?? kek,
  });
  return { bytes: bundleType.toBytes(bundle), digest: bundle.digest, nonce, kek };
}

/** As the worker opens it, of either kind; a key that is not the survey's is brought all the same. */
async function openStored(
  pmk: Uint8Array,
  { mode, audience, facts }: RecoverPackage,
  { encryptedKek, sealedEscrow }: StoredKey,
): Promise<{ readonly kek: Uint8Array; readonly escrow?: OpenedEscrow }> {
  const { userId, surveyId, keyVersion } = facts;
  if (encryptedKek !== undefined) {
    const userKey = await userRecoveryKey(pmk, userId);
    const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
    return { kek: await openKekBlob(userKey, path, encryptedKek) };
  }
  const { bytes, keyHash } = sealedEscrow;
  const privateKey = escrowPrivateKey(pmk, { mode, keyVersion });
  const binding = { mode, audience, keyVersion, userId, surveyId };
  return {
    kek: await openEscrow(privateKey, binding, bytes),
    escrow: {
      kind: 'sealed',
      digest: sealedDigest(bytes),
      surveyKey: keyHash === null ? 'not-compared' : 'fits',
    },
  };
}

/** Whose survey is recovered: the requester's, as seeded. */
export function seededSurvey({ checktick }: Pick<Deployment, 'checktick'>) {
  return { userId: checktick.people.requester.id, surveyId: checktick.survey.id };
}

/** A recovery from its request to its import: it waits to be committed. */
export async function importedRecovery(
  admins: Admins,
  set: TestShareSet,
  about: Parameters<typeof approvedRequest>[1],
): Promise<MadeBundle & { readonly kek: Uint8Array; readonly code: string }> {
  const { code } = await approvedRequest(admins, about);
  const flow = await releasedPackage(admins, set, code);
  const made = await recoverBundle(admins.operator, set, flow);
  await admins.operator.post('/v1/bundles', made.bytes);
  return { ...made, code };
}

/** As worker and people do it on the laptop; they go on whatever it is. */
export async function compareEmail(
  pmk: Uint8Array,
  { escrowedEmail, facts }: RecoverPackage,
  emails: PackageEmails | null,
  reason = 'personnel confirmed it',
): Promise<EmailCheck | undefined> {
  if (emails === null || escrowedEmail === undefined) return undefined;
  const { escrowed, ...others } = emails;
  const found: AskedEmail =
    escrowed === null || escrowedEmail !== 'sealed'
      ? { standing: escrowedEmail === 'none' ? 'none' : 'missing' }
      : await openEscrowEmail(pmk, facts.userId, escrowed).then(
          (address) => ({
            standing: 'opened',
            escrowed: new TextDecoder().decode(address),
            ...others,
          }),
          () => ({ standing: 'not-openable' }),
        );
  const { outcome, compared } = judgeEmail(found);
  return emailCheck(outcome, compared, reason);
}
