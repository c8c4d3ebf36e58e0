/**
 * What package and bundle of a recovery say of an escrow of Conclave's own kind (shared/escrow):
 * which ciphertext it is, and whether anything shows that the key in it is the survey's. Of an
 * escrow of CheckTick's own kind they say nothing.
 *
 * Source: docs/decisions/0026-escrow-key.md
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '../encoding/bytes.ts';
import { digest, z } from '../encoding/schema.ts';

const common = {
  kind: z.literal('sealed'),
  /** SHA-256 of the sealed bytes. */
  digest,
};

/** Said openly in the package. */
export const packagedEscrow = z.strictObject({
  ...common,
  /** Whether CheckTick's row of the survey has a hash of its key; it is in the sealed part. */
  keyHash: z.enum(['sealed', 'none']),
});
export type PackagedEscrow = z.infer<typeof packagedEscrow>;

/** What the laptop found when it opened it. */
export const openedEscrow = z.strictObject({
  ...common,
  /** Against CheckTick's hash; `not-compared`: there is none. One that differs makes no bundle. */
  surveyKey: z.enum(['fits', 'not-compared']),
});
export type OpenedEscrow = z.infer<typeof openedEscrow>;

/** SHA-256 of the sealed bytes, in hex: what transcripts, bundles and proofs call it by. */
export function sealedDigest(sealed: Uint8Array): string {
  return bytesToHex(sha256(sealed));
}

/** Whether a bundle may say this of a package that said that; undefined: CheckTick's own kind. */
export function answersEscrow(
  said: PackagedEscrow | undefined,
  opened: OpenedEscrow | undefined,
): boolean {
  if (said === undefined || opened === undefined) return said === opened;
  const of = said.keyHash === 'sealed' ? 'fits' : 'not-compared';
  return opened.digest === said.digest && opened.surveyKey === of;
}

/** One line for people. */
export function escrowInWords({ digest: of, surveyKey }: OpenedEscrow): string {
  return `sealed by Conclave’s own kind, ${of}, opened on the laptop; ${
    surveyKey === 'fits'
      ? 'its key fits the hash that CheckTick keeps of the survey’s key'
      : 'its key was compared with nothing, because CheckTick keeps no hash of the survey’s key'
  }`;
}

/** For a statement that somebody signs. */
export function escrowSentence({ surveyKey }: OpenedEscrow): string {
  return surveyKey === 'fits'
    ? 'The key in the sealed escrow fits CheckTick’s hash of the survey’s key.'
    : 'The key in the sealed escrow was compared with nothing.';
}
