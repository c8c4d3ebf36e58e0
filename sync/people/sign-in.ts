/**
 * Signing in with a passkey, or with a personal identity from the command line.
 * @module
 */
import { defineDocument } from '../../shared/encoding/document.ts';
import { preAuthEncoding, verifyEd25519 } from '../../shared/encoding/dsse.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { digest, id16, mode, z } from '../../shared/encoding/schema.ts';
import type { Mode } from '../../shared/mode.ts';
import { type Admin, findAdmin } from '../admins/admins.ts';
import { makeToken, type TokenRow } from '../admins/token-rows.ts';
import type { Site } from '../config/people.ts';
import type { Database, Queryable } from '../database/database.ts';
import { readInstallation } from '../database/settings.ts';
import { findAuthenticator, fingerprint, noteUse } from './authenticators.ts';
import { takeChallenge } from './challenges.ts';
import { type Assertion, verifyAssertion } from './passkeys.ts';
import { refusePeople } from './refusals.ts';
import { openSession, type Session } from './sessions.ts';

/** What a personal identity signs to show that it is there: never anything that approves. */
const presence = defineDocument(
  'presence',
  z.strictObject({
    type: z.literal('conclave-presence'),
    version: z.literal(1),
    mode,
    /** Of the sync that asks. */
    audience: id16,
    purpose: z.enum(['sign-in', 'enrol', 'link-key', 'revoke-key']),
    /** Which key is revoked: SHA-256 of its id. Only with `revoke-key`. */
    key: digest.optional(),
    challenge: digest,
  }),
);

/** What the signature is good for, and for nothing else. `key`: SHA-256 of the key's id, in hex. */
export type PresencePurpose =
  | { readonly purpose: 'sign-in' | 'enrol' | 'link-key' }
  | { readonly purpose: 'revoke-key'; readonly key: string };

export type PresenceAsked = PresencePurpose & {
  readonly mode: Mode;
  readonly audience: string;
  /** 32 bytes. */
  readonly challenge: Uint8Array;
};

/** The bytes that a personal identity signs (DSSE, payload type `presence`). */
export function presenceMessage(asked: PresenceAsked): Uint8Array {
  const payload = presence.encodeBody({
    type: 'conclave-presence',
    version: 1,
    mode: asked.mode,
    audience: asked.audience,
    purpose: asked.purpose,
    ...(asked.purpose === 'revoke-key' ? { key: asked.key } : {}),
    challenge: bytesToHex(asked.challenge),
  });
  return preAuthEncoding(presence.payloadType(asked.mode), payload);
}

/** @param publicKey raw Ed25519 key, 32 bytes @param signature 64 bytes */
export function presenceSigned(
  asked: PresenceAsked,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verifyEd25519(signature, presenceMessage(asked), bytesToHex(publicKey));
}

/**
 * Signs a browser in. The challenge is used up even if the answer is wrong.
 * @throws Refusal `challenge-ended`, `key-refused`
 */
export async function signIn(
  database: Database,
  site: Site,
  entry: { readonly challengeId: string; readonly response: Assertion },
): Promise<{ readonly admin: Admin; readonly cookie: string; readonly session: Session }> {
  const { challenge } = await takeChallenge(database, {
    id: entry.challengeId,
    purpose: 'sign-in',
    adminId: null,
  });
  return database.transaction(async (tx) => {
    const id = await verifyAssertion(tx, site, { challenge, response: entry.response });
    const admin = await activeHolder(tx, id);
    if (admin === undefined) throw refusePeople('key-refused');
    return { admin, ...(await openSession(tx, admin, id)) };
  });
}

/**
 * Makes a token for who shows that his registered personal identity is there.
 * @throws Refusal `challenge-ended`, `key-refused`, `not-active-yet`
 */
export async function tokenByIdentity(
  database: Database,
  entry: {
    readonly challengeId: string;
    readonly publicKey: Uint8Array;
    readonly signature: Uint8Array;
    readonly label: string;
    readonly days: number;
  },
): Promise<{ readonly admin: Admin; readonly token: string; readonly row: TokenRow }> {
  const { challenge } = await takeChallenge(database, {
    id: entry.challengeId,
    purpose: 'sign-in',
    adminId: null,
  });
  const { mode: own, audience } = await readInstallation(database);
  const asked = { mode: own, audience, purpose: 'sign-in', challenge } as const;
  if (!presenceSigned(asked, entry.publicKey, entry.signature)) throw refusePeople('key-refused');
  return database.transaction(async (tx) => {
    const key = await findAuthenticator(tx, fingerprint(entry.publicKey), { lock: true });
    if (key === undefined || key.kind !== 'identity' || key.revokedAt !== null) {
      throw refusePeople('key-refused');
    }
    const admin = await findAdmin(tx, key.adminId);
    if (admin?.state === 'confirmed') throw refusePeople('not-active-yet');
    if (admin?.state !== 'active') throw refusePeople('key-refused');
    await noteUse(tx, key.id);
    const { text, row } = await makeToken(tx, admin, entry);
    return { admin, token: text, row };
  });
}

/**
 * A signed-in admin shows with his passkey that it is still he.
 * @throws Refusal `challenge-ended`, `key-refused`
 */
export async function confirmPresence(
  database: Database,
  site: Site,
  admin: Admin,
  entry: { readonly challengeId: string; readonly response: Assertion },
): Promise<void> {
  const { challenge } = await takeChallenge(database, {
    id: entry.challengeId,
    purpose: 'confirm',
    adminId: admin.id,
  });
  await database.transaction((tx) =>
    verifyAssertion(tx, site, { admin, challenge, response: entry.response }),
  );
}

/**
 * The same on the command line: with his registered personal identity, for this one purpose.
 * @throws Refusal `challenge-ended`, `key-refused`
 */
export async function confirmByIdentity(
  database: Database,
  admin: Admin,
  entry: PresencePurpose & {
    readonly challengeId: string;
    readonly publicKey: Uint8Array;
    readonly signature: Uint8Array;
  },
): Promise<void> {
  const { challenge } = await takeChallenge(database, {
    id: entry.challengeId,
    purpose: 'confirm',
    adminId: admin.id,
  });
  const { mode: own, audience } = await readInstallation(database);
  const asked = { ...entry, mode: own, audience, challenge };
  if (!presenceSigned(asked, entry.publicKey, entry.signature)) throw refusePeople('key-refused');
  await database.transaction(async (tx) => {
    const key = await findAuthenticator(tx, fingerprint(entry.publicKey), { lock: true });
    const isOwn = key?.adminId === admin.id && key.kind === 'identity' && key.revokedAt === null;
    if (!isOwn) throw refusePeople('key-refused');
    await noteUse(tx, key.id);
  });
}

async function activeHolder(tx: Queryable, id: Uint8Array): Promise<Admin | undefined> {
  const key = await findAuthenticator(tx, id);
  const admin = key === undefined ? undefined : await findAdmin(tx, key.adminId);
  return admin?.state === 'active' ? admin : undefined;
}
