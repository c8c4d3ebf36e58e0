/**
 * Builders of the documents of a change of the roster: package, next roster, bundle.
 * @module
 */
import { bundleType, type BundleDocument, type RosterBundle } from '../../shared/bundle/bundle.ts';
import type { NewAdmins } from '../../shared/bundle/new-admins.ts';
import {
  packageType,
  type PackageDocument,
  type RosterPackage,
} from '../../shared/bundle/package.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import type { Roster, RosterDocument } from '../../shared/identity/roster.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { at, randomId } from './people.ts';
import { type TestShareSet, makeRoster } from './share-sets.ts';
import { packageCommon } from './documents.ts';

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
  readonly ceremonyId?: string;
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
    ceremonyId: options.ceremonyId ?? randomId(random),
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
