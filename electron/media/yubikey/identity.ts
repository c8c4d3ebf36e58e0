/**
 * A personal identity that a FIDO2 key makes: its credential, and its seed for a moment. What is
 * derived how: shared/identity/key-identity.ts.
 * @module
 */
import {
  credentialBytes,
  identityAttested,
  identitySalt,
  identitySeed,
  type KeyIdentity,
} from '../../../shared/identity/key-identity.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { ed25519Signer } from '../../../shared/encoding/dsse.ts';
import type { Mode } from '../../../shared/mode.ts';
import { orRefuse } from '../../../shared/refusal.ts';
import type { RandomSource } from '../../../shared/secret/random.ts';
import { wipingAfter } from '../../../shared/secret/secret.ts';
import type { FidoCredential, KnownCredential } from '../../devices/ctap/index.ts';
import type { Waiting } from '../../devices/yubikey-otp/index.ts';
import { newCredential, uncompressed } from './fido.ts';
import { withFidoKey, type KeySockets, type PluggedKey } from './keys.ts';
import { refuseKey } from './refusals.ts';

/** For whom an identity is, and where it is made. */
export interface IdentityFacts {
  readonly mode: Mode;
  readonly name: string;
  /** 16 bytes in hex. */
  readonly ceremonyId: string;
}

/**
 * Makes the credential; its attestation names person and ceremony by a digest.
 * @param pin UTF-8; the caller wipes it
 * @throws Refusal of the driver
 */
export function identityCredential(
  sockets: KeySockets,
  key: PluggedKey,
  { mode, name, ceremonyId }: IdentityFacts,
  pin: Uint8Array,
  random: RandomSource,
  waiting: Waiting,
): Promise<FidoCredential> {
  const attested = identityAttested(mode, ceremonyId, name);
  return newCredential(sockets, key, pin, random, waiting, attested);
}

/** The seed and the public key of an identity that was just made. The caller wipes the seed. */
export async function seedOf(
  sockets: KeySockets,
  key: PluggedKey,
  { mode, name }: Pick<IdentityFacts, 'mode' | 'name'>,
  credentials: readonly KnownCredential[],
  pin: Uint8Array,
  waiting: Waiting,
): Promise<{
  readonly seed: Uint8Array;
  readonly publicKey: string;
  /** In hex: which of the credentials this key has. */
  readonly credentialId: string;
}> {
  const salt1 = identitySalt(mode, name);
  const { secrets, credentialId } = await withFidoKey(sockets, key.path, (open) =>
    open.hmacSecret({ credentials, salt1, pin, ...waiting }),
  );
  return wipingAfter(secrets, () => {
    const [secret] = secrets;
    if (secret === undefined) throw new Error('The driver gives one secret for each salt.');
    const seed = identitySeed(mode, name, secret);
    return { seed, publicKey: ed25519Signer(seed).keyid, credentialId: bytesToHex(credentialId) };
  });
}

/**
 * Whether this key makes one of the identities, asked without PIN and touch, before anybody types.
 * @throws Refusal `fido-wrong-key`, or of the driver
 */
export async function requireListed(
  sockets: KeySockets,
  key: PluggedKey,
  listed: readonly [KeyIdentity, ...KeyIdentity[]],
): Promise<void> {
  const credentials = listed.map(knownCredential);
  await withFidoKey(sockets, key.path, (open) => open.whichIsHere(credentials));
}

/**
 * The seed of whichever of one person's identities this key makes, which must be the one that is
 * listed. The caller wipes it.
 * @param listed of one person: their names differ in capitals at most
 * @throws Refusal of the driver, `fido-wrong-key` before the PIN was sent; `key-identity-differs`
 */
export async function listedSeed(
  sockets: KeySockets,
  key: PluggedKey,
  mode: Mode,
  listed: readonly [KeyIdentity, ...KeyIdentity[]],
  pin: Uint8Array,
  waiting: Waiting,
): Promise<{ readonly seed: Uint8Array; readonly identity: KeyIdentity }> {
  const [{ name }] = listed;
  const credentials = listed.map(knownCredential);
  const made = await seedOf(sockets, key, { mode, name }, credentials, pin, waiting);
  const identity = listed.find(
    ({ publicKey, credential }) =>
      credential.id === made.credentialId && publicKey === made.publicKey,
  );
  if (identity !== undefined) return { seed: made.seed, identity };
  made.seed.fill(0);
  throw refuseKey('key-identity-differs', name);
}

/** @throws Refusal `key-identity-differs` where its public key is no point of the curve */
export function knownCredential({ name, credential }: KeyIdentity): KnownCredential {
  const { id, compressed } = credentialBytes(credential);
  return orRefuse(
    () => ({ credentialId: id, publicKey: uncompressed(compressed) }),
    () => refuseKey('key-identity-differs', name),
  );
}
