/**
 * A personal identity: an Ed25519 seed that stands for one person. It leaves the worker only
 * inside a passphrase-protected age file, on a stick or as a QR code; one that a YubiKey makes does
 * not leave it at all: key-identity.ts.
 *
 * Inside the age file, canonical CBOR: [1, mode byte, name, seed (32 bytes)].
 * @module
 */
import { decodeCbor, encodeCbor } from '../encoding/cbor.ts';
import { ed25519Signer, type Signer } from '../encoding/dsse.ts';
import { name, z } from '../encoding/schema.ts';
import { modeByte, MODES, type Mode } from '../mode.ts';
import { orRefuse, refusals } from '../refusal.ts';
import { randomBytes, type RandomSource } from '../secret/random.ts';

export const refuseIdentity = refusals({
  'identity-damaged': () => ({
    happened: 'This is not an undamaged personal identity.',
    means: 'The file or code is something else, or a part of it is missing. Nothing was signed.',
    next: 'Try your other copy. If there is none, make a new identity or go on without your signature, whichever is offered here.',
  }),
  'identity-other-mode': (found: Mode) => ({
    happened: `This is a ${found} identity.`,
    means: `It cannot sign here. Nothing was signed.`,
    next: `Use the identity that you made for ${found === 'rehearsal' ? 'real ceremonies' : 'rehearsals'}.`,
  }),
  'identity-not-in-roster': (who: string) => ({
    happened: `The identity of ${who} is not in the roster in this role.`,
    means: 'It is another person’s, or it was replaced. Nothing was signed.',
    next: 'Use the identity of the person whose turn it is.',
    culprit: who,
  }),
});

export interface Identity {
  readonly mode: Mode;
  readonly name: string;
  /** SECURITY: 32 bytes; wipe it. */
  readonly seed: Uint8Array;
}

const schema = z.tuple([
  z.literal(1),
  z.union([z.literal(0x50), z.literal(0x52)]),
  name,
  z.instanceof(Uint8Array).refine((seed) => seed.length === 32),
]);

export function createIdentity(
  mode: Mode,
  who: string,
  random: RandomSource = randomBytes,
): Identity {
  return { mode, name: who, seed: random(32) };
}

/** SECURITY: holds the seed; goes straight into age, then is wiped. */
export function encodeIdentity(identity: Identity): Uint8Array {
  return encodeCbor([1, modeByte(identity.mode), identity.name, identity.seed]);
}

/** The opened contents of an age file to an identity of the expected mode. */
export function decodeIdentity(bytes: Uint8Array, expected: Mode): Identity {
  const [, code, who, seed] = orRefuse(
    () => schema.parse(decodeCbor(bytes)),
    () => refuseIdentity('identity-damaged'),
  );
  const mode = MODES.find((known) => modeByte(known) === code) ?? expected;
  if (mode !== expected) {
    seed.fill(0);
    throw refuseIdentity('identity-other-mode', mode);
  }
  return { mode, name: who, seed };
}

export function identitySigner(identity: Identity): Signer {
  return ed25519Signer(identity.seed);
}
