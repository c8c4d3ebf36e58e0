/**
 * Builders of complete, rightly signed documents. Every test gets fresh keys unless it passes a
 * seeded random source.
 *
 * ```ts
 * const set = await makeShareSet({ mode: 'rehearsal' });       // 3 of 4, 64-byte components
 * const bundle = await makeBundle(set);                        // setup; or {kind: 'recover'}
 * bundleType.toBytes(bundle.document);
 * ```
 * @module
 */
import { pbkdf2Sync } from 'node:crypto';
import type { Approval } from '../../shared/bundle/approval.ts';
import {
  bundleType,
  type BundleDocument,
  type RecoverBundle,
  type SealedBundle,
  type SetupBundle,
} from '../../shared/bundle/bundle.ts';
import { sealBundle } from '../../shared/bundle/bundle-secret.ts';
import type { EmailCheck } from '../../shared/bundle/escrowed-email.ts';
import {
  sealedDigest,
  type OpenedEscrow,
  type PackagedEscrow,
} from '../../shared/bundle/sealed-escrow.ts';
import { generateRecipient, type RecipientPair } from '../../shared/sealing/hpke.ts';
import {
  packageType,
  type PackageDocument,
  type RecoverFacts,
  type RecoverPackage,
  type SetupPackage,
} from '../../shared/bundle/package.ts';
import {
  sealRecoverPackage,
  type PackageEmails,
  type SealedEscrow,
} from '../../shared/bundle/recover-package.ts';
import { ticketType, type TicketDocument, type TicketKind } from '../../shared/bundle/ticket.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { type EscrowBinding, sealEscrow } from '../../shared/escrow/escrow.ts';
import type { Mode } from '../../shared/mode.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { at, randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

export interface TestTicket {
  readonly document: TicketDocument;
  readonly keys: RecipientPair;
}

export async function makeTicket(
  set: TestShareSet,
  random: RandomSource = randomBytes,
  kind: TicketKind = 'recover',
): Promise<TestTicket> {
  const keys = await generateRecipient();
  const { name, signer } = set.cast.operator;
  const document = await ticketType.sign(
    {
      mode: set.mode,
      kind,
      ticketId: randomId(random),
      audience: set.sync.audience,
      operator: { name, publicKey: signer.keyid },
      recipient: keys.publicKey,
      createdAt: at(),
    },
    [signer],
  );
  return { document, keys };
}

export const RECOVER_FACTS: RecoverFacts = {
  requestCode: 'ABC-123-XYZ',
  requestId: '7d444840-9dc0-41d1-b245-5ffdce74fad2',
  userId: 7,
  userName: 'account 7',
  surveyId: 31,
  surveyName: 'Ward survey',
  keyVersion: 'v1',
};

/** A stored KEK of the right form; it opens with nothing. */
export const ENCRYPTED_KEK = 'ab'.repeat(60);

export interface TestPackage<B extends SetupPackage | RecoverPackage> {
  readonly document: PackageDocument & { readonly body: B };
  /** The one-time key to which the bundle is sealed. */
  readonly recipient: RecipientPair;
  /** For `recover`. */
  readonly ticket: TestTicket | null;
}

interface PackageOptions {
  readonly random?: RandomSource;
  readonly encryptedKek?: string;
  readonly facts?: Partial<RecoverFacts>;
  /** With it the package says that the escrow holds an address, or none where `escrowed` is null. */
  readonly emails?: PackageEmails;
  /** In the place of `encryptedKek`. */
  readonly sealedEscrow?: SealedEscrow;
}

export function packageCommon(set: TestShareSet, random: RandomSource) {
  return {
    mode: set.mode,
    audience: set.sync.audience,
    nonce: randomId(random),
    epoch: 1,
    issuedAt: at(),
    expiresAt: at(14 * 86_400),
    receiptHead: null,
  };
}

export async function makeSetupPackage(
  set: TestShareSet,
  { random = randomBytes }: PackageOptions = {},
): Promise<TestPackage<SetupPackage>> {
  const { keyVersion } = set.manifest.body;
  const recipient = set.sync.recipient.publicKey;
  const body: SetupPackage = {
    ...packageCommon(set, random),
    kind: 'setup',
    recipient,
    keyVersion,
  };
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, recipient: set.sync.recipient, ticket: null };
}

export async function makeRecoverPackage(
  set: TestShareSet,
  options: PackageOptions = {},
): Promise<TestPackage<RecoverPackage>> {
  const { random = randomBytes, encryptedKek = ENCRYPTED_KEK, facts, emails } = options;
  const { sealedEscrow } = options;
  const ticket = await makeTicket(set, random);
  const { keyVersion } = set.manifest.body;
  const body = await sealRecoverPackage(
    {
      ...packageCommon(set, random),
      kind: 'recover',
      recipient: set.sync.recipient.publicKey,
      ticketId: ticket.document.body.ticketId,
      ticketDigest: ticket.document.digest,
      facts: { ...RECOVER_FACTS, keyVersion, ...facts },
      ...(emails === undefined
        ? {}
        : { escrowedEmail: emails.escrowed === null ? ('none' as const) : ('sealed' as const) }),
      ...(sealedEscrow === undefined ? {} : { escrow: saidOf(sealedEscrow) }),
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(set.roster.envelope),
    },
    ticket.keys.publicKey,
    {
      vaultComponent: set.vaultComponent,
      emails: emails ?? null,
      ...(sealedEscrow === undefined ? { encryptedKek } : { sealedEscrow }),
    },
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, recipient: set.sync.recipient, ticket };
}

/** What is changed of a sealed escrow. */
export interface SealedEscrowOptions {
  /** 16 bytes: CheckTick keeps a hash, of `hashed` or of the key inside. Without it there is none. */
  readonly salt?: Uint8Array;
  readonly hashed?: Uint8Array;
  readonly binding?: Partial<EscrowBinding>;
  /** Somebody else's; by default the set's. */
  readonly escrowKey?: string;
}

/** A survey key as CheckTick would have had it sealed, for {@link RECOVER_FACTS}. */
export async function makeSealedEscrow(
  set: TestShareSet,
  kek: Uint8Array,
  { salt, hashed = kek, binding, escrowKey }: SealedEscrowOptions = {},
): Promise<SealedEscrow> {
  const { mode } = set;
  const { keyVersion, escrowKey: own = '' } = set.manifest.body;
  const { userId, surveyId } = RECOVER_FACTS;
  const { audience } = set.sync;
  const place = { mode, audience, keyVersion, userId, surveyId, ...binding };
  const hash = () => new Uint8Array(pbkdf2Sync(hashed, salt ?? '', 200_000, 32, 'sha256'));
  return {
    bytes: await sealEscrow(escrowKey ?? own, place, kek),
    keyHash: salt === undefined ? null : { salt, hash: hash() },
  };
}

/** As sync says it openly. */
export function saidOf({ bytes, keyHash }: SealedEscrow): PackagedEscrow {
  return {
    kind: 'sealed',
    digest: sealedDigest(bytes),
    keyHash: keyHash === null ? 'none' : 'sealed',
  };
}

/** A package of either kind that asks for a secret. */
export async function makePackage(
  set: TestShareSet,
  kind: 'setup' | 'recover',
  options: PackageOptions = {},
): Promise<TestPackage<SetupPackage | RecoverPackage>> {
  return kind === 'setup' ? makeSetupPackage(set, options) : makeRecoverPackage(set, options);
}

export interface BundleOptions {
  readonly kind?: 'setup' | 'recover';
  readonly package?: TestPackage<SetupPackage | RecoverPackage>;
  /** Setup: the vault component by default; recover: 32 bytes. */
  readonly secret?: Uint8Array;
  readonly transcript?: { readonly entries: number; readonly head: string };
  readonly ceremonyId?: string;
  /** Recover: how the escrowed address compared. */
  readonly escrowedEmail?: EmailCheck;
  /** Recover: the sealed escrow that was opened. */
  readonly escrow?: OpenedEscrow;
  readonly random?: RandomSource;
}

export interface TestBundle {
  readonly document: BundleDocument & { readonly body: SealedBundle };
  readonly package: TestPackage<SetupPackage | RecoverPackage>;
  readonly secret: Uint8Array;
}

export async function makeBundle(
  set: TestShareSet,
  options: BundleOptions = {},
): Promise<TestBundle> {
  const { random = randomBytes, kind = 'setup' } = options;
  const source = options.package ?? (await makePackage(set, kind, { random }));
  const { body, digest } = source.document;
  const common = {
    mode: set.mode,
    audience: set.sync.audience,
    nonce: body.nonce,
    epoch: body.epoch,
    packageDigest: digest,
    ceremonyId: options.ceremonyId ?? (kind === 'setup' ? set.ceremonyId : randomId(random)),
    operator: set.cast.operator.signer.keyid,
    createdAt: at(3600),
    transcript: options.transcript ?? { entries: 1, head: 'ab'.repeat(32) },
    manifestDigest: set.manifest.digest,
    rosterDigest: set.roster.digest,
  };
  const secret = options.secret ?? (kind === 'setup' ? set.vaultComponent : random(32));
  const { publicKey } = source.recipient;
  const sealed: SealedBundle =
    body.kind === 'setup'
      ? await sealBundle<SetupBundle>(
          {
            ...common,
            kind: 'setup',
            keyVersion: set.manifest.body.keyVersion,
            manifest: envelopeToJson(set.manifest.envelope),
            roster: envelopeToJson(set.roster.envelope),
          },
          publicKey,
          secret,
        )
      : await sealBundle<RecoverBundle>(
          {
            ...common,
            kind: 'recover',
            facts: body.facts,
            ...(options.escrowedEmail === undefined
              ? {}
              : { escrowedEmail: options.escrowedEmail }),
            ...(options.escrow === undefined ? {} : { escrow: options.escrow }),
          },
          publicKey,
          secret,
        );
  const document = await bundleType.sign(sealed, [...set.quorum, set.cast.operator.signer]);
  return { document: { ...document, body: sealed }, package: source, secret };
}

/** What an approver is shown when he releases a recovery package; unsigned. */
export function makeApproval(
  mode: Mode,
  change: Partial<Approval> = {},
  random: RandomSource = randomBytes,
): Approval {
  return {
    type: 'conclave-approval',
    version: 1,
    mode,
    audience: randomId(random),
    action: 'package-release',
    subject: randomId(random),
    subjectDigest: bytesToHex(random(32)),
    sentence: 'Release the package of request ABC-123-XYZ: it carries the vault component.',
    facts: [
      ['request', 'ABC-123-XYZ'],
      ['user', '7 (requester@example.org)'],
      ['survey', '31 (Clinic follow-up)'],
      ['asked for by', 'operator'],
    ],
    delayHours: null,
    notBefore: null,
    expiresAt: at(86_400),
    reason: 'as requested',
    approver: { id: '0b5c8f9e-4f7a-4a53-9a3f-0d4b8d2c6e11', name: 'approver 1', userId: 3 },
    nonce: randomId(random),
    at: at(),
    ...change,
  };
}
