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
import type { Approval } from '../../shared/bundle/approval.ts';
import {
  bundleType,
  sealBundle,
  type BundleDocument,
  type RecoverBundle,
  type RosterBundle,
  type SealedBundle,
  type SetupBundle,
} from '../../shared/bundle/bundle.ts';
import { encodeChain } from '../../shared/bundle/chain.ts';
import type { EmailCheck } from '../../shared/bundle/escrowed-email.ts';
import type { NewAdmins } from '../../shared/bundle/new-admins.ts';
import { generateRecipient, type RecipientPair } from '../../shared/bundle/hpke.ts';
import {
  packageType,
  sealRecoverPackage,
  type PackageDocument,
  type PackageEmails,
  type RecoverFacts,
  type RecoverPackage,
  type RosterPackage,
  type SetupPackage,
} from '../../shared/bundle/package.ts';
import { receiptType, type Receipt, type ReceiptDocument } from '../../shared/bundle/receipt.ts';
import { ticketType, type TicketDocument } from '../../shared/bundle/ticket.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import { rosterType, type Roster, type RosterDocument } from '../../shared/identity/roster.ts';
import type { Mode } from '../../shared/mode.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { checkValue } from '../../shared/sharing/check-value.ts';
import { encodeShare, type Share } from '../../shared/sharing/envelope.ts';
import {
  manifestType,
  type Manifest,
  type ManifestDocument,
} from '../../shared/sharing/manifest.ts';
import { sharePublicKey, shareSigner } from '../../shared/sharing/share-key.ts';
import { splitComponent } from '../../shared/sharing/split.ts';
import { at, makeCast, makeSync, randomId, type Cast, type TestSync } from './people.ts';

export interface ShareSetOptions {
  readonly mode?: Mode;
  readonly threshold?: number;
  readonly count?: number;
  readonly componentBytes?: number;
  readonly label?: string;
  readonly keyVersion?: string;
  readonly generation?: number;
  readonly cast?: Cast;
  readonly sync?: TestSync;
  readonly random?: RandomSource;
}

/** A share set with everything that a real ceremony would have scattered. */
export interface TestShareSet {
  readonly mode: Mode;
  readonly cast: Cast;
  readonly sync: TestSync;
  readonly ceremonyId: string;
  readonly componentId: string;
  /** The custodian component: what is split. */
  readonly component: Uint8Array;
  readonly vaultComponent: Uint8Array;
  readonly platformKey: Uint8Array;
  readonly shares: readonly Share[];
  /** The shares' wire bytes, in the order of `shares`. */
  readonly wires: readonly Uint8Array[];
  /** The first `threshold` share keys. */
  readonly quorum: readonly Signer[];
  readonly roster: RosterDocument;
  readonly manifest: ManifestDocument;
}

export async function makeShareSet(options: ShareSetOptions = {}): Promise<TestShareSet> {
  const { mode = 'production', threshold = 3, count = 4, componentBytes = 64 } = options;
  const { random = randomBytes, generation = 1 } = options;
  const cast = options.cast ?? makeCast(mode, count, random);
  const sync = options.sync ?? (await makeSync(mode, random));
  const component = random(componentBytes);
  const vaultComponent = random(componentBytes);
  const setId = randomId(random);
  const shares = await splitComponent(component, { mode, setId, generation, threshold, count });
  const partial = {
    mode,
    cast,
    sync,
    ceremonyId: randomId(random),
    componentId: randomId(random),
    component,
    vaultComponent,
    platformKey: xorComponents(component, vaultComponent),
    shares,
    wires: shares.map(encodeShare),
    quorum: shares.slice(0, threshold).map(shareSigner),
  };
  const roster = await makeRoster(partial);
  const manifest = await makeManifest({ ...partial, roster }, options);
  return { ...partial, roster, manifest };
}

type Roots = Omit<TestShareSet, 'roster' | 'manifest'>;

export async function makeRoster(
  set: Pick<Roots, 'mode' | 'cast' | 'quorum'>,
  change: Partial<Roster> = {},
): Promise<RosterDocument> {
  const people = set.cast.all.map(({ name, roles, signer, mail }) => ({
    name,
    publicKey: signer.keyid,
    roles,
    ...(mail === undefined ? {} : { mail }),
  }));
  const body = { mode: set.mode, serial: 1, people, createdAt: at(), previous: null, ...change };
  return rosterType.sign(body, set.quorum);
}

/** The body of the manifest; `change` overrides any field of it. */
export async function makeManifest(
  set: Roots & Pick<TestShareSet, 'roster'>,
  options: ShareSetOptions = {},
  change: Partial<Manifest> = {},
): Promise<ManifestDocument> {
  const { label = '2026 A', keyVersion = 'v1' } = options;
  const [first] = set.shares;
  if (first === undefined) throw new Error('A share set has shares.');
  const { mode, componentId, component, vaultComponent, platformKey } = set;
  const body: Manifest = {
    mode,
    setId: first.setId,
    label,
    componentId,
    componentBytes: component.length,
    keyVersion,
    generation: first.generation,
    threshold: first.threshold,
    count: first.count,
    shares: set.shares.map((share, index) => {
      const holder = set.cast.custodians[index];
      if (holder === undefined) throw new Error('Every share has a custodian.');
      return {
        index: share.index,
        x: share.x,
        publicKey: sharePublicKey(share),
        custodian: { name: holder.name, publicKey: holder.signer.keyid },
        media:
          index % 2 === 0
            ? [{ kind: 'paper' as const, description: 'A4 sheet' }]
            : [{ kind: 'usb' as const, description: `stick ${index + 1}, 16 GB` }],
      };
    }),
    checks: {
      custodianComponent: checkValue('custodian-component', component, componentId),
      vaultComponent: checkValue('vault-component', vaultComponent, componentId),
      platformKey: checkValue('platform-key', platformKey, componentId),
    },
    ceremonyId: set.ceremonyId,
    createdAt: at(),
    roster: set.roster.digest,
    sync: { audience: set.sync.audience, publicKey: set.sync.publicKey },
    previous: null,
    ...change,
  };
  return manifestType.sign(body, set.quorum);
}

export interface TestTicket {
  readonly document: TicketDocument;
  readonly keys: RecipientPair;
}

export async function makeTicket(
  set: TestShareSet,
  random: RandomSource = randomBytes,
): Promise<TestTicket> {
  const keys = await generateRecipient();
  const { name, signer } = set.cast.operator;
  const document = await ticketType.sign(
    {
      mode: set.mode,
      kind: 'recover',
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
}

function packageCommon(set: TestShareSet, random: RandomSource) {
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
  { random = randomBytes, encryptedKek = ENCRYPTED_KEK, facts, emails }: PackageOptions = {},
): Promise<TestPackage<RecoverPackage>> {
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
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(set.roster.envelope),
    },
    ticket.keys.publicKey,
    { vaultComponent: set.vaultComponent, encryptedKek, emails: emails ?? null },
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, recipient: set.sync.recipient, ticket };
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
          },
          publicKey,
          secret,
        );
  const document = await bundleType.sign(sealed, [...set.quorum, set.cast.operator.signer]);
  return { document: { ...document, body: sealed }, package: source, secret };
}

/** The two whom a roster bundle names when all keys of all admins are lost. */
export function makeNewAdmins(random: RandomSource = randomBytes): NewAdmins {
  const key = () => bytesToHex(random(32));
  return [
    { userId: 21, name: 'admin 1', roles: ['operator', 'approver'], publicKey: key() },
    { userId: 22, name: 'admin 2', roles: ['approver', 'auditor'], publicKey: key() },
  ];
}

export interface RosterBundleOptions {
  readonly random?: RandomSource;
  readonly admins?: NewAdmins | null;
  /** Of the new roster: whatever differs from the present one. */
  readonly change?: Partial<Roster>;
  readonly document?: PackageDocument;
  readonly transcript?: { readonly entries: number; readonly head: string };
  readonly signers?: readonly Signer[];
}

export interface TestRosterBundle {
  readonly document: BundleDocument & { readonly body: RosterBundle };
  readonly package: PackageDocument;
  /** The new roster. */
  readonly roster: RosterDocument;
}

/** For a change of the roster: sync's package for it. */
export async function makeRosterPackage(
  set: TestShareSet,
  replacesAdmins = false,
  random: RandomSource = randomBytes,
): Promise<PackageDocument> {
  const body: RosterPackage = {
    ...packageCommon(set, random),
    kind: 'roster',
    keyVersion: set.manifest.body.keyVersion,
    manifest: envelopeToJson(set.manifest.envelope),
    roster: envelopeToJson(set.roster.envelope),
    replacesAdmins,
  };
  return packageType.sign(body, [set.sync.signer]);
}

/** The next roster; without `change` the operator comes in as a witness, too. */
export async function makeNextRoster(
  set: TestShareSet,
  change: Partial<Roster> = {},
): Promise<RosterDocument> {
  const { serial, people } = set.roster.body;
  return makeRoster(set, {
    serial: serial + 1,
    previous: set.roster.digest,
    people: people.map((person) =>
      person.roles.includes('operator') ? { ...person, roles: ['operator', 'witness'] } : person,
    ),
    ...change,
  });
}

export async function makeRosterBundle(
  set: TestShareSet,
  options: RosterBundleOptions = {},
): Promise<TestRosterBundle> {
  const { random = randomBytes, admins = null } = options;
  const source = options.document ?? (await makeRosterPackage(set, admins !== null, random));
  const roster = await makeNextRoster(set, options.change);
  const body: RosterBundle = {
    mode: set.mode,
    audience: set.sync.audience,
    nonce: source.body.nonce,
    epoch: source.body.epoch,
    packageDigest: source.digest,
    ceremonyId: randomId(random),
    operator: set.cast.operator.signer.keyid,
    createdAt: at(3600),
    transcript: options.transcript ?? { entries: 1, head: 'ab'.repeat(32) },
    manifestDigest: set.manifest.digest,
    rosterDigest: roster.digest,
    kind: 'roster',
    keyVersion: set.manifest.body.keyVersion,
    roster: envelopeToJson(roster.envelope),
    admins,
  };
  const signers = options.signers ?? [...set.quorum, set.cast.operator.signer];
  return { document: { ...(await bundleType.sign(body, signers)), body }, package: source, roster };
}

export async function makeReceipt(
  set: TestShareSet,
  bundle: TestBundle | TestRosterBundle,
  change: Partial<Receipt> = {},
): Promise<ReceiptDocument> {
  const { body, digest } = bundle.document;
  return receiptType.sign(
    {
      mode: set.mode,
      audience: set.sync.audience,
      sequence: 1,
      previous: null,
      kind: body.kind,
      outcome: 'committed',
      nonce: body.nonce,
      packageDigest: body.packageDigest,
      bundleDigest: digest,
      ceremonyId: body.ceremonyId,
      keyVersion: set.manifest.body.keyVersion,
      at: at(7200),
      epoch: body.epoch + 1,
      statement: 'The change was written and read back.',
      readBack: ['Vault: platform/master-key', 'database: key version'],
      ...change,
    },
    [set.sync.signer],
  );
}

/** What sync hands to a new laptop. */
export function makeChain(
  set: TestShareSet,
  receipts: readonly ReceiptDocument[] = [],
): Uint8Array {
  return encodeChain({
    mode: set.mode,
    descriptor: envelopeToJson(set.sync.descriptor.envelope),
    manifests: [envelopeToJson(set.manifest.envelope)],
    rosters: [envelopeToJson(set.roster.envelope)],
    receipts: receipts.map(({ envelope }) => envelopeToJson(envelope)),
  });
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
