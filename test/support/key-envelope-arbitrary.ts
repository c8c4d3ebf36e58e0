/**
 * Any valid envelope of a share that is locked to YubiKeys, for property tests.
 * @module
 */
import * as fc from 'fast-check';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { KeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import { bytes, id16, mode, orNull } from './arbitraries.ts';

const lockedTo = {
  serial: orNull(fc.integer({ min: 1, max: 0xffffffff })),
  responseCheck: bytes(4),
};
const sealedPart = fc.uint8Array({ minLength: 17, maxLength: 176 });
const otpLocks = fc.record({
  method: fc.constant('otp-hmac' as const),
  keys: fc.tuple(
    fc.record({
      ...lockedTo,
      slot: fc.constantFrom(1 as const, 2 as const),
      touch: fc.boolean(),
      challenge: bytes(32),
      salt: bytes(16),
      workFactor: fc.integer({ min: 1, max: 20 }),
    }),
  ),
  sealed: fc.tuple(sealedPart),
});
const fidoLocks = fc
  .uniqueArray(
    fc.record({
      ...lockedTo,
      credentialId: fc.uint8Array({ minLength: 16, maxLength: 128 }),
      publicKey: bytes(33),
      userVerified: fc.boolean(),
      challenge: bytes(32),
      sealed: sealedPart,
    }),
    { minLength: 1, maxLength: 2, selector: ({ credentialId }) => bytesToHex(credentialId) },
  )
  .map((keys) => ({
    method: 'fido2' as const,
    keys: keys.map(
      ({ serial, responseCheck, credentialId, publicKey, userVerified, challenge }) => ({
        serial,
        responseCheck,
        credentialId,
        publicKey,
        userVerified,
        challenge,
      }),
    ),
    sealed: keys.map(({ sealed: part }) => part),
  }));

export const keyEnvelopeArbitrary: fc.Arbitrary<KeyEnvelope> = fc
  .record({
    mode,
    setId: id16,
    generation: fc.integer({ min: 1, max: 0xffffffff }),
    count: fc.integer({ min: 2, max: 16 }),
    ceremonyId: id16,
    pick: fc.nat(),
    locks: fc.oneof(otpLocks, fidoLocks),
  })
  .map(({ pick, locks, ...body }) => ({ ...body, index: 1 + (pick % body.count), ...locks }));
