/**
 * What package and bundle of a recovery say of an escrow of Conclave's own kind (shared/escrow), or of
 * the key that an organisation keeps: which ciphertext it is, and whether anything shows that the key in
 * it is the survey's. Of an escrow of CheckTick's own kind they say nothing.
 *
 * Source: docs/decisions/0026-escrow-key.md, docs/decisions/0029-organisations.md
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '../encoding/bytes.ts';
import { digest, z } from '../encoding/schema.ts';

/** Whether CheckTick's row of the survey has a hash of its key; it is in the sealed part. */
const keyHash = z.enum(['sealed', 'none']);
/** Against CheckTick's hash; `not-compared`: there is none. One that differs makes no bundle. */
const surveyKey = z.enum(['fits', 'not-compared']);
/** `digest`: SHA-256 of the sealed bytes. */
const ofEscrow = { kind: z.literal('sealed'), digest };
/** `digest`: SHA-256 of the bytes at `surveys/{id}/kek`. */
const ofEntry = { kind: z.literal('organisation'), digest };

/** Said openly in the package. */
export const packagedEscrow = z.strictObject({ ...ofEscrow, keyHash });
export type PackagedEscrow = z.infer<typeof packagedEscrow>;
/** The same of the key that an organisation keeps. */
export const packagedEntry = z.strictObject({ ...ofEntry, keyHash });
export type PackagedStored = PackagedEscrow | z.infer<typeof packagedEntry>;

/** What the laptop found when it opened it. */
export const openedEscrow = z.strictObject({ ...ofEscrow, surveyKey });
export type OpenedEscrow = z.infer<typeof openedEscrow>;
/** The same of the key that an organisation keeps. */
export const openedEntry = z.strictObject({ ...ofEntry, surveyKey });
export type OpenedEntry = z.infer<typeof openedEntry>;
export type OpenedStored = OpenedEscrow | OpenedEntry;

/** SHA-256 of the sealed bytes, in hex: what transcripts, bundles and proofs call it by. */
export function sealedDigest(sealed: Uint8Array): string {
  return bytesToHex(sha256(sealed));
}

/**
 * Whether a bundle may say this of a package that said that; undefined: CheckTick's own kind, or a
 * package for an organisation's survey from before its key was compared.
 */
export function answersEscrow(
  said: PackagedStored | undefined,
  opened: OpenedStored | undefined,
): boolean {
  if (said === undefined || opened === undefined) return said === opened;
  const of = said.keyHash === 'sealed' ? 'fits' : 'not-compared';
  return opened.kind === said.kind && opened.digest === said.digest && opened.surveyKey === of;
}

/** One line for people. */
export function escrowInWords({ kind, digest: of, surveyKey: compared }: OpenedStored): string {
  const what = kind === 'sealed' ? 'sealed by Conclave’s own kind' : 'kept by the organisation';
  return `${what}, ${of}, opened on the laptop; ${
    compared === 'fits'
      ? 'its key fits the hash that CheckTick keeps of the survey’s key'
      : 'its key was compared with nothing, because CheckTick keeps no hash of the survey’s key'
  }`;
}

/** For a statement that somebody signs. */
export function escrowSentence({ kind, surveyKey: compared }: OpenedStored): string {
  const key =
    kind === 'sealed' ? 'The key in the sealed escrow' : 'The key that the organisation keeps';
  return compared === 'fits'
    ? `${key} fits CheckTick’s hash of the survey’s key.`
    : `${key} was compared with nothing.`;
}
