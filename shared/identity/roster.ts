/**
 * The roster: who takes part, in which role, with which personal key. Its own document, signed
 * by k share keys of the set concerned; changing it issues no shares.
 * @module
 */
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { verifySignatures } from '../encoding/dsse.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { digest, mailAddress, mode, name, publicKey, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { shareKeys, type Manifest } from '../sharing/manifest.ts';
import { credentialSchema, type KeyIdentity } from './key-identity.ts';

export const ROLES = ['custodian', 'operator', 'witness'] as const;
export type Role = (typeof ROLES)[number];

const person = z.strictObject({
  name,
  publicKey,
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
  /** Where sync tells of changes of trust. Two people may share one. */
  mail: mailAddress.optional(),
  /** Where the identity lives on a YubiKey: what the key is asked with. Nothing of it is secret. */
  credential: credentialSchema.optional(),
});

const areDifferent = (texts: readonly string[]) => new Set(texts).size === texts.length;

const schema = z
  .strictObject({
    mode,
    /** 1, and one more with every change. */
    serial: z.int().min(1),
    people: z.array(person).min(1).max(64),
    createdAt: time,
    previous: digest.nullable(),
  })
  .refine(
    ({ people }) =>
      areDifferent(people.map(({ publicKey: key }) => key)) &&
      areDifferent(people.map(({ name: who }) => who.toLowerCase())) &&
      areDifferent(people.flatMap(({ credential }) => credential?.id ?? [])),
  );

export type Roster = z.infer<typeof schema>;
export type Person = Roster['people'][number];
export type RosterDocument = Parsed<Roster>;
export const rosterType = defineDocument<Roster>('roster', schema);

/** Verifies that a quorum of the set's share keys signed the roster. */
export function verifyRoster(document: RosterDocument, manifest: Manifest): RosterDocument {
  const signed = verifySignatures(document.envelope, 'roster', shareKeys(manifest));
  if (signed.length < manifest.threshold) {
    throw refuseDocument(
      'signature-missing',
      'roster',
      `the signatures of ${manifest.threshold} share keys (it has ${signed.length})`,
    );
  }
  return document;
}

/** Which of these sets signed the roster: where several key versions are trusted, any one may have. */
export function setThatSigned<Set extends { readonly body: Manifest }>(
  { envelope }: Pick<RosterDocument, 'envelope'>,
  sets: readonly Set[],
): Set | undefined {
  const signers = envelope.signatures.map(({ keyid }) => keyid);
  return sets.find(({ body }) => body.shares.some((share) => signers.includes(share.publicKey)));
}

export function parseRoster(bytes: Uint8Array, expected: Mode, manifest: Manifest): RosterDocument {
  return verifyRoster(rosterType.parse(bytes, expected), manifest);
}

/** Who holds this key in this role, or undefined. */
export function findPerson(roster: Roster, key: string, role?: Role): Person | undefined {
  return roster.people.find(
    (candidate) =>
      candidate.publicKey === key && (role === undefined || candidate.roles.includes(role)),
  );
}

/** Whose identity lives on a YubiKey. */
export function keyIdentities({ people }: Roster): KeyIdentity[] {
  return people.flatMap(({ name: who, publicKey: key, credential }) =>
    credential === undefined ? [] : [{ name: who, publicKey: key, credential }],
  );
}

/** Every personal key of the roster. */
export function personKeys(roster: Roster): Set<string> {
  return new Set(roster.people.map(({ publicKey: key }) => key));
}
