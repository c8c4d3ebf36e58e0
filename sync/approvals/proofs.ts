/**
 * What proves an approval: a passkey's assertion whose challenge is the statement's digest, or a
 * signature of a personal identity over the statement. Verified when it comes, and from the stored
 * bytes whenever something depends on it.
 * @module
 */
import { createHash } from 'node:crypto';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { statementSignedBy } from '../../shared/bundle/approval.ts';
import { bytesToHex, plainBytes } from '../../shared/encoding/bytes.ts';
import type { Mode } from '../../shared/mode.ts';
import type { Admin } from '../admins/admins.ts';
import type { Site } from '../config/people.ts';
import type { Queryable } from '../database/database.ts';
import type { FlowContext } from '../trust/context.ts';
import { listAuthenticators, noteUse } from '../people/authenticators.ts';
import {
  assertionSchema,
  passkeyLibrary,
  requireSite,
  verifyAssertion,
} from '../people/passkeys.ts';
import { refuseApproval } from './refusals.ts';

/** As it comes, and as it is kept. `signature`: base64 of 64 bytes. */
export const proofSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('identity'),
    signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
  }),
  z.strictObject({ kind: z.literal('passkey'), response: assertionSchema }),
]);
export type Proof = z.infer<typeof proofSchema>;

/** What is proved: these bytes, in this mode. */
export interface Proved {
  readonly statement: Uint8Array;
  readonly mode: Mode;
}

export function statementDigest(statement: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(statement).digest());
}

/**
 * Verifies a fresh proof by one of this admin's own keys that is not revoked, and notes its use.
 * @returns the authenticator's id
 * @throws Refusal `proof-wrong`, `key-refused`, `passkeys-off`
 */
export async function verifyFresh(
  tx: Queryable,
  { config }: Pick<FlowContext, 'config'>,
  admin: Admin,
  { statement, mode }: Proved,
  proof: Proof,
): Promise<Uint8Array> {
  if (proof.kind === 'passkey') {
    return verifyAssertion(tx, requireSite(config.people.site), {
      admin,
      challenge: statementDigest(statement),
      response: proof.response,
    });
  }
  const signature = new Uint8Array(Buffer.from(proof.signature, 'base64'));
  // SECURITY: only his own keys are tried, so nobody's signature counts for somebody else.
  const keys = await listAuthenticators(tx, admin.id);
  const key = keys.find(
    (one) =>
      one.kind === 'identity' &&
      one.revokedAt === null &&
      statementSignedBy(statement, mode, signature, bytesToHex(one.publicKey)),
  );
  if (key === undefined) throw refuseApproval('proof-wrong');
  await noteUse(tx, key.id);
  return key.id;
}

/** A key as it is kept beside an approval. */
export interface StoredKey {
  readonly id: Uint8Array;
  readonly kind: 'passkey' | 'identity' | 'certificate';
  readonly publicKey: Uint8Array;
}

/**
 * Proofs that were verified in this process, by everything that decides about them. One commit asks
 * twice for each, and signatures of the same bytes do not change in between.
 */
const passed = new Set<string>();
const PASSED_AT_MOST = 64;

/** Verifies a stored proof by its key. Counters are a matter of the moment, and not asked here. */
export async function verifyStored(
  context: Pick<FlowContext, 'config'>,
  proved: Proved,
  proof: Proof,
  key: StoredKey,
): Promise<boolean> {
  if (proof.kind !== key.kind) return false;
  const site = proof.kind === 'passkey' ? requireSite(context.config.people.site) : undefined;
  const name = JSON.stringify([
    bytesToHex(statementDigest(proved.statement)),
    proved.mode,
    proof,
    [key.kind, bytesToHex(key.id), bytesToHex(key.publicKey)],
    site?.origin ?? null,
  ]);
  if (passed.has(name)) return true;
  const good = await verifyNow(proved, proof, key, site);
  if (!good) return false;
  if (passed.size >= PASSED_AT_MOST) passed.clear();
  passed.add(name);
  return true;
}

async function verifyNow(
  { statement, mode }: Proved,
  proof: Proof,
  key: StoredKey,
  site: Site | undefined,
): Promise<boolean> {
  if (proof.kind === 'identity') {
    const signature = new Uint8Array(Buffer.from(proof.signature, 'base64'));
    return statementSignedBy(statement, mode, signature, bytesToHex(key.publicKey));
  }
  const { response } = proof;
  const id = Buffer.from(key.id).toString('base64url');
  if (site === undefined || response.id !== id) return false;
  const { verifyAuthenticationResponse } = await passkeyLibrary();
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: { ...response, clientExtensionResults: {} } as AuthenticationResponseJSON,
      expectedChallenge: Buffer.from(statementDigest(statement)).toString('base64url'),
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      credential: { id, publicKey: plainBytes(key.publicKey), counter: 0 },
    });
    return verified;
  } catch {
    // The library throws for whatever does not fit.
    return false;
  }
}
