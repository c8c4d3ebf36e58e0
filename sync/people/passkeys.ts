/**
 * Passkeys (W3C Web Authentication level 3), through a library that checks every field of what a
 * key answers: type, challenge, origin, relying party, presence, verification, counter, signature.
 * @module
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import { plainBytes } from '../../shared/encoding/bytes.ts';
import type { Admin } from '../admins/admins.ts';
import type { Site } from '../config/people.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import {
  addAuthenticator,
  type Authenticator,
  findAuthenticator,
  listAuthenticators,
  noteUse,
} from './authenticators.ts';
import { CHALLENGE_MINUTES } from './challenges.ts';
import { refusePeople } from './refusals.ts';

/**
 * The library. Reading it takes a third of a command's start, and most commands need no passkey;
 * `serve` reads it at its start where there are passkeys.
 */
export const passkeyLibrary = () => import('@simplewebauthn/server');

const TIMEOUT = CHALLENGE_MINUTES * 60_000;
// EdDSA, ES256, RS256: what keys of today offer (IANA COSE algorithms).
const ALGORITHMS = [-8, -7, -257];
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

const base64url = (most: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .max(most);
const credentialId = base64url(1_364);

/** What `navigator.credentials.get` gives, as JSON. */
export const assertionSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(8_192),
    authenticatorData: base64url(8_192),
    signature: base64url(8_192),
    userHandle: base64url(100).optional(),
  }),
});
export type Assertion = z.infer<typeof assertionSchema>;

/** What `navigator.credentials.create` gives, as JSON. */
export const registrationSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(8_192),
    attestationObject: base64url(65_536),
    transports: z.array(z.string()).max(10).optional(),
  }),
});
export type Registration = z.infer<typeof registrationSchema>;

const toBase64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const fromBase64url = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));

/** @throws Refusal `passkeys-off` when sync does not know its own web address */
export function requireSite(site: Site | undefined): Site {
  if (site === undefined) throw refusePeople('passkeys-off');
  return site;
}

/**
 * What the page hands to the browser. Without an admin (sign-in) the key itself says who it is.
 * @param challenge 32 bytes
 * @returns null when this admin has no passkey
 */
export async function assertionOptions(
  on: Queryable,
  site: Site,
  admin: Pick<Admin, 'id'>,
  challenge: Uint8Array,
): Promise<PublicKeyCredentialRequestOptionsJSON | null> {
  const keys = (await passkeysOf(on, admin)).filter((one) => one.revokedAt === null);
  return keys.length === 0 ? null : requestOptions(site, challenge, keys);
}

/** For a sign-in: nobody is named, so nobody learns which admins there are. */
export function signInOptions(
  site: Site,
  challenge: Uint8Array,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return requestOptions(site, challenge, []);
}

async function requestOptions(
  site: Site,
  challenge: Uint8Array,
  keys: readonly Authenticator[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await passkeyLibrary();
  return generateAuthenticationOptions({
    rpID: site.rpId,
    challenge: plainBytes(challenge),
    userVerification: 'required',
    timeout: TIMEOUT,
    allowCredentials: keys.map((one) => ({
      id: toBase64url(one.id),
      transports: knownTransports(one.transports),
    })),
  });
}

async function passkeysOf(on: Queryable, admin: Pick<Admin, 'id'>): Promise<Authenticator[]> {
  return (await listAuthenticators(on, admin.id)).filter((one) => one.kind === 'passkey');
}

const holder = z.object({ webauthnId: columns.bytes, state: columns.text });

/**
 * Verifies what a passkey answered, moves its counter on, and returns the authenticator's id.
 * The challenge must have been taken in the same transaction.
 * @param entry.admin whose key it must be; undefined at a sign-in, where the key says who it is
 * @param entry.challenge 32 bytes
 * @throws Refusal `key-refused`, whatever was wrong
 */
export async function verifyAssertion(
  tx: Queryable,
  site: Site,
  entry: {
    readonly admin?: Pick<Admin, 'id'>;
    readonly challenge: Uint8Array;
    readonly response: Assertion;
  },
): Promise<Uint8Array> {
  const { response } = entry;
  const id = fromBase64url(response.id);
  // Locked: of two answers with one counter, the second is refused.
  const key = await findAuthenticator(tx, id, { lock: true });
  if (key === undefined || key.kind !== 'passkey' || key.revokedAt !== null) {
    throw refusePeople('key-refused');
  }
  // SECURITY: a colleague's key, however good its signature, is not this admin's.
  if (entry.admin !== undefined && key.adminId !== entry.admin.id) {
    throw refusePeople('key-refused');
  }
  const { webauthnId, state } = await tx.one(
    holder,
    'SELECT webauthn_id AS "webauthnId", state FROM conclave.admins WHERE id = $1',
    [key.adminId],
  );
  if (state !== 'active') throw refusePeople('key-refused');
  const { userHandle } = response.response;
  if (userHandle !== undefined && userHandle !== toBase64url(webauthnId)) {
    throw refusePeople('key-refused');
  }
  const { verifyAuthenticationResponse } = await passkeyLibrary();
  const verified = await orRefuseKey(
    verifyAuthenticationResponse({
      response: { ...response, clientExtensionResults: {} } as AuthenticationResponseJSON,
      expectedChallenge: toBase64url(entry.challenge),
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      credential: {
        id: toBase64url(key.id),
        publicKey: plainBytes(key.publicKey),
        counter: key.counter,
      },
    }),
  );
  if (!verified.verified) throw refusePeople('key-refused');
  await noteUse(tx, key.id, verified.authenticationInfo.newCounter);
  return key.id;
}

/** What the page hands to the browser to make a passkey for this admin. */
export async function registrationOptions(
  on: Queryable,
  site: Site,
  admin: Pick<Admin, 'id' | 'name'>,
  challenge: Uint8Array,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { webauthnId } = await on.one(
    holder,
    'SELECT webauthn_id AS "webauthnId", state FROM conclave.admins WHERE id = $1',
    [admin.id],
  );
  const keys = await passkeysOf(on, admin);
  const { generateRegistrationOptions } = await passkeyLibrary();
  return generateRegistrationOptions({
    rpName: 'Conclave sync',
    rpID: site.rpId,
    userName: admin.name,
    userDisplayName: admin.name,
    userID: plainBytes(webauthnId),
    challenge: plainBytes(challenge),
    timeout: TIMEOUT,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: keys.map((one) => ({
      id: toBase64url(one.id),
      transports: knownTransports(one.transports),
    })),
  });
}

/**
 * Verifies a new passkey and registers it for this admin.
 * @throws Refusal `key-refused`, `key-known`
 */
export async function registerPasskey(
  tx: Queryable,
  site: Site,
  admin: Pick<Admin, 'id'>,
  entry: {
    readonly challenge: Uint8Array;
    readonly response: Registration;
    readonly label: string;
  },
): Promise<Authenticator> {
  const { verifyRegistrationResponse } = await passkeyLibrary();
  const { verified, registrationInfo } = await orRefuseKey(
    verifyRegistrationResponse({
      response: { ...entry.response, clientExtensionResults: {} } as RegistrationResponseJSON,
      expectedChallenge: toBase64url(entry.challenge),
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!verified || registrationInfo === undefined) throw refusePeople('key-refused');
  const { credential } = registrationInfo;
  return addAuthenticator(tx, admin, {
    id: fromBase64url(credential.id),
    kind: 'passkey',
    publicKey: new Uint8Array(credential.publicKey),
    counter: credential.counter,
    transports: knownTransports(entry.response.response.transports ?? []),
    label: entry.label,
  });
}

function knownTransports(given: readonly string[]) {
  return TRANSPORTS.filter((one) => given.includes(one));
}

/** The library explains why in English for developers; people get one sentence, the log the cause. */
async function orRefuseKey<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const refusal = refusePeople('key-refused');
    refusal.cause = cause;
    throw refusal;
  }
}
