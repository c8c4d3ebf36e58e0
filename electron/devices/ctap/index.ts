/**
 * FIDO2 keys over HID: CTAPHID and CTAP2 with hmac-secret. See README.md.
 * @module
 */
export { verifyAttestation } from './attestation.ts';
export type { Attestation, AttestationProof } from './attestation.ts';
export type { PinRetries } from './client-pin.ts';
export { RELYING_PARTY } from './demands.ts';
export { FidoKey, listFidoKeys, openFidoKey } from './fido-key.ts';
export type { ListedFidoKey } from './fido-key.ts';
export type { FidoSecret, KnownCredential, SecretRequest } from './hmac-secret.ts';
export type { FidoInfo } from './info.ts';
export { touchedFirst } from './touched-first.ts';
export type { TouchOptions } from './touched-first.ts';
export type { CredentialRequest, FidoCredential } from './make-credential.ts';
export { fidoCode, refuseFido } from './refusals.ts';
export type { FidoRefusalCode } from './refusals.ts';
