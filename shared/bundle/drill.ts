/**
 * What a drill says of shares: each share that was read signs the package's nonce with its own key,
 * so it is proved without being combined with another; of one that could not be read, why.
 *
 * A share's key signs `conclave/v1/drill` ‖ u8 mode ‖ audience ‖ ceremony ‖ nonce ‖ set id ‖
 * u32 generation ‖ u8 index: every field has one length, and no other statement begins so.
 * @module
 */
import { bytesToHex, concatBytes, hexToBytes, u32, utf8ToBytes } from '../encoding/bytes.ts';
import { verifyEd25519, type Signer } from '../encoding/dsse.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { z } from '../encoding/schema.ts';
import { modeByte, type Mode } from '../mode.ts';
import { MAX_CUSTODIANS } from '../sharing/envelope.ts';
import type { Manifest } from '../sharing/manifest.ts';
import { MEDIA_KINDS } from '../sharing/media-kinds.ts';

/** A nonce proves a share at most so many days after sync gave it. */
export const DRILL_NONCE_DAYS = 30;

/**
 * Why a share was not proved. `absent`: nobody brought it. `unreadable`: its medium gave nothing that
 * could be a share. `wrong`: what it gave is not this share.
 */
export const SHARE_FAILURES = ['absent', 'unreadable', 'wrong'] as const;
export type ShareFailure = (typeof SHARE_FAILURES)[number];

const index = z.int().min(1).max(MAX_CUSTODIANS);

/** Of one share, by its number. */
const proof = z.strictObject({
  index,
  /** From which kind of medium it was read: by the laptop's word. */
  medium: z.enum(MEDIA_KINDS),
  /** Ed25519, 64 bytes in lower-case hex. */
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});
export type ShareProof = z.infer<typeof proof>;

const failed = z.strictObject({ index, why: z.enum(SHARE_FAILURES) });
export type FailedShare = z.infer<typeof failed>;

/** In the order of their numbers; of a share one of the two at most. */
export const drillResults = {
  proofs: z.array(proof).max(MAX_CUSTODIANS),
  /** By the laptop's word, for which the operator signs. */
  failed: z.array(failed).max(MAX_CUSTODIANS),
};

/** What came of the shares of a drill. */
export interface DrillResults {
  readonly proofs: readonly ShareProof[];
  readonly failed: readonly FailedShare[];
}

const ascends = (numbers: readonly number[]) =>
  numbers.every((one, at) => at === 0 || one > (numbers[at - 1] ?? one));

/** Whether there is a result at all, each list ascends, and none is in both. */
export function isConsistent(results: {
  readonly proofs: readonly { readonly index: number }[];
  readonly failed: readonly { readonly index: number }[];
}): boolean {
  const [proved, not] = [results.proofs, results.failed].map((one) =>
    one.map(({ index: number }) => number),
  ) as [number[], number[]];
  return (
    proved.length + not.length > 0 &&
    ascends(proved) &&
    ascends(not) &&
    !not.some((number) => proved.includes(number))
  );
}

/** For which nonce of which sync, in which ceremony, and for which set a share is proved. */
export interface DrillStatement {
  readonly mode: Mode;
  readonly audience: string;
  readonly ceremonyId: string;
  readonly nonce: string;
  readonly setId: string;
  readonly generation: number;
  readonly index: number;
}

/** The bytes that the share's key signs. */
export function drillMessage(statement: DrillStatement): Uint8Array {
  const { audience, ceremonyId, nonce, setId } = statement;
  return concatBytes(
    utf8ToBytes('conclave/v1/drill'),
    Uint8Array.of(modeByte(statement.mode)),
    ...[audience, ceremonyId, nonce, setId].map(hexToBytes),
    u32(statement.generation),
    Uint8Array.of(statement.index),
  );
}

/** The signature in hex, by the key of the share of that number. */
export async function signDrill(signer: Signer, statement: DrillStatement): Promise<string> {
  return bytesToHex(await signer.sign(drillMessage(statement)));
}

/** What a bundle of a drill says that its proofs are bound to. */
interface Drilled extends Omit<DrillStatement, 'setId' | 'generation' | 'index'> {
  readonly keyVersion: string;
  readonly proofs: readonly ShareProof[];
  readonly failed: readonly FailedShare[];
}

/**
 * Verifies every proof by the manifest's key of its share.
 * @returns the public keys of the shares that are proved, in the order of the proofs
 * @throws Refusal `signature-unknown` where the set has no such share, `signature-wrong`;
 *   `document-damaged` where the set is of another key version
 */
export function verifyDrill(body: Drilled, manifest: Manifest): string[] {
  const { mode, audience, ceremonyId, nonce } = body;
  const { setId, generation, shares } = manifest;
  if (body.keyVersion !== manifest.keyVersion) throw refuseDocument('document-damaged', 'bundle');
  const keyOf = (number: number): string => {
    const share = shares[number - 1];
    if (share === undefined) throw refuseDocument('signature-unknown', 'bundle', `share ${number}`);
    return share.publicKey;
  };
  for (const one of body.failed) keyOf(one.index);
  return body.proofs.map(({ index: number, signature }) => {
    const key = keyOf(number);
    const said = { mode, audience, ceremonyId, nonce, setId, generation, index: number };
    if (!verifyEd25519(hexToBytes(signature), drillMessage(said), key)) {
      throw refuseDocument('signature-wrong', 'bundle', key);
    }
    return key;
  });
}

/** `shares 1 and 3 of 4` */
export function sharesInWords(numbers: readonly number[], count: number): string {
  const last = numbers.at(-1);
  if (last === undefined) return `no share of ${count}`;
  const before = numbers.slice(0, -1);
  return before.length === 0
    ? `share ${last} of ${count}`
    : `shares ${before.join(', ')} and ${last} of ${count}`;
}

const FAILURE_WORDS: Readonly<Record<ShareFailure, string>> = {
  absent: 'was not brought',
  unreadable: 'could not be read',
  wrong: 'is not the share of this set',
};

/** `share 2 could not be read` */
export function failureInWords({ index: number, why }: FailedShare): string {
  return `share ${number} ${FAILURE_WORDS[why]}`;
}
