/**
 * Judges an attestation of a YubiKey by the driver's own rules.
 * @module
 */
import type { X509Certificate } from 'node:crypto';
import { verifyAttestation } from '../../electron/devices/ctap/attestation.ts';
import { readNewCredential, RELYING_PARTY } from '../../electron/devices/ctap/demands.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { Judge, Judged } from '../../shared/transcript/attestations.ts';

/** @param roots certificates of the makers that the auditor trusts */
export function judgeBy(roots: readonly X509Certificate[]): Judge {
  const trusted = roots.map((root) => new Uint8Array(root.raw));
  return (attestation, at): Judged => {
    const proof = verifyAttestation(attestation, trusted, at);
    // Conclave makes no credential without the PIN.
    const { credential } = readNewCredential(attestation.authenticatorData, RELYING_PARTY, true);
    const made = {
      credentialId: bytesToHex(credential.id),
      publicKey: compressed(credential.publicKey),
    };
    const model = `model ${bytesToHex(proof.aaguid)}`;
    switch (proof.kind) {
      case 'hardware':
        return {
          ...made,
          verdict: 'hardware',
          because: `${model}, by ${nameOf(roots, proof.root)}`,
        };
      case 'unknown-root':
        return {
          ...made,
          verdict: 'unknown-root',
          because: `${model}; it names ${oneLine(proof.issuer)}, and none of the given roots vouches for it`,
        };
      case 'none':
        return {
          ...made,
          verdict: 'none',
          because:
            attestation.format === 'packed'
              ? 'it is signed by the credential itself'
              : `it is of the form ${attestation.format}, which proves nothing here`,
        };
    }
  };
}

function nameOf(roots: readonly X509Certificate[], fingerprint: string): string {
  const root = roots.find(({ fingerprint256 }) => fingerprint256 === fingerprint);
  return oneLine(root?.subject ?? fingerprint);
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}

/** A point of P-256 from its uncompressed 65 bytes to the compressed 33, in hex. */
function compressed(point: Uint8Array): string {
  const isOdd = ((point[64] ?? 0) & 1) === 1;
  return (isOdd ? '03' : '02') + bytesToHex(point.subarray(1, 33));
}
