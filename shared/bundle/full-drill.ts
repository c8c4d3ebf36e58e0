/**
 * A full drill: beside their own proofs the shares are put together once, and the platform key that
 * comes out opens a test escrow. Sync makes that of a key which belongs to no survey and to nothing
 * else; what is in it signs the nonce, so that whoever reads the bundle sees that it was opened, and
 * has no laptop's word to take.
 *
 * The key of the test escrow signs `conclave/v1/full-drill` ‖ u8 mode ‖ audience ‖ ceremony ‖ nonce ‖
 * set id ‖ u32 generation: every field has one length, and no other statement begins so.
 * @module
 */
import { bytesToHex, concatBytes, hexToBytes, u32, utf8ToBytes } from '../encoding/bytes.ts';
import { ed25519Signer, verifyEd25519 } from '../encoding/dsse.ts';
import { digest, id16, publicKey, z } from '../encoding/schema.ts';
import { modeByte } from '../mode.ts';
import type { Manifest } from '../sharing/manifest.ts';
import type { DrillStatement } from './drill.ts';
import {
  openSealed,
  refuseSealed,
  sealedUpTo,
  sealTo,
  type Sealed,
  type SealContext,
} from '../sealing/hpke.ts';

/** From the first share to the platform key, and from the beginning to the bundle, in milliseconds. */
export const FULL_DRILL_TARGETS = { restoreMs: 15 * 60_000, wholeMs: 4 * 3_600_000 } as const;

/** Bytes of the key in a test escrow: an Ed25519 seed. */
const SEED_BYTES = 32;
const TAG_BYTES = 16;
/** CBOR around a vault component of 64 bytes, and the tag. */
const COMPONENT_BYTES = 128;

/** What a package of a full drill has beside that of any other. */
export const fullDrillPackaged = z.strictObject({
  ticketId: id16,
  ticketDigest: digest,
  /** The test escrow: sealed to the escrow key of the set's key version. Nothing in it is secret to sync. */
  escrow: sealedUpTo(SEED_BYTES + TAG_BYTES),
  /** The Ed25519 key whose seed is in it. */
  proofKey: publicKey,
  /** The vault component, sealed to the ticket. */
  sealed: sealedUpTo(COMPONENT_BYTES),
});
export type FullDrillPackaged = z.infer<typeof fullDrillPackaged>;

/**
 * Why the test escrow was not opened. `too-few`: fewer shares were proved than are needed.
 * `not-restored`: the shares and sync's half gave no platform key that fits. `not-opened`: the
 * platform key fits, and the test escrow does not open with it.
 */
export const FULL_DRILL_FAILURES = ['too-few', 'not-restored', 'not-opened'] as const;
export type FullDrillFailure = (typeof FULL_DRILL_FAILURES)[number];

/** A day and a night more than anybody sits. */
const milliseconds = z
  .int()
  .min(0)
  .max(40 * 86_400_000);

/** What the bundle of a full drill says beside the proofs. All times are the laptop's word. */
export const fullDrillSaid = z.discriminatedUnion('opened', [
  z.strictObject({
    opened: z.literal(true),
    /** By the key of the test escrow: Ed25519, 64 bytes in lower-case hex. */
    signature: z.string().regex(/^[0-9a-f]{128}$/),
    /** From the first share to the platform key. */
    restoreMs: milliseconds,
    /** From the first entry of the log to the bundle. */
    wholeMs: milliseconds,
  }),
  z.strictObject({
    opened: z.literal(false),
    why: z.enum(FULL_DRILL_FAILURES),
    wholeMs: milliseconds,
  }),
]);
export type FullDrillSaid = z.infer<typeof fullDrillSaid>;

type WithoutWhole<T> = T extends unknown ? Omit<T, 'wholeMs'> : never;
/** What came of the test escrow, before the ceremony is over. */
export type FullDrillOutcome = WithoutWhole<FullDrillSaid>;

type Statement = Omit<DrillStatement, 'index'>;

function message({ mode, audience, ceremonyId, nonce, setId, generation }: Statement): Uint8Array {
  return concatBytes(
    utf8ToBytes('conclave/v1/full-drill'),
    Uint8Array.of(modeByte(mode)),
    ...[audience, ceremonyId, nonce, setId].map(hexToBytes),
    u32(generation),
  );
}

/** The signature in hex. @param seed of the test escrow, 32 bytes; stays the caller's to wipe */
export async function signFullDrill(seed: Uint8Array, statement: Statement): Promise<string> {
  return bytesToHex(await ed25519Signer(seed).sign(message(statement)));
}

/** To what a test escrow is sealed: another type than a survey's, so neither opens as the other. */
interface EscrowOf extends Pick<Statement, 'mode' | 'audience' | 'nonce'> {
  readonly keyVersion: string;
  readonly ticketId: string;
  readonly proofKey: string;
}

function escrowContext({ mode, audience, nonce, ticketId }: EscrowOf): SealContext {
  return { type: 'test-escrow', version: 1, mode, audience, ceremony: ticketId, nonce };
}

const escrowPublic = ({ keyVersion, proofKey }: EscrowOf) => ({ keyVersion, proofKey });

/**
 * @param escrowKey of the set's manifest: X-Wing, base64
 * @param seed 32 random bytes; stays the caller's to wipe
 */
export async function makeTestEscrow(
  of: Omit<EscrowOf, 'proofKey'>,
  escrowKey: string,
  seed: Uint8Array,
): Promise<Pick<FullDrillPackaged, 'escrow' | 'proofKey'>> {
  const proofKey = ed25519Signer(seed).keyid;
  const bound = { ...of, proofKey };
  const escrow = await sealTo(escrowKey, escrowContext(bound), escrowPublic(bound), seed);
  return { escrow, proofKey };
}

/**
 * @param privateKey of `escrowPrivateKey`; stays the caller's to wipe
 * @returns the key in it, which is the one that the package names. SECURITY: the caller wipes it
 * @throws Refusal `sealed-not-openable`, also where another key is in it
 */
export async function openTestEscrow(
  privateKey: Uint8Array,
  of: EscrowOf,
  escrow: Sealed,
): Promise<Uint8Array> {
  const seed = await openSealed(privateKey, escrowContext(of), escrowPublic(of), escrow);
  if (seed.length === SEED_BYTES && ed25519Signer(seed).keyid === of.proofKey) return seed;
  seed.fill(0);
  throw refuseSealed('sealed-not-openable', 'test escrow');
}

/** What of a bundle and of its package has to fit. */
interface Answer extends Omit<Statement, 'setId' | 'generation'> {
  readonly proofs: readonly unknown[];
  readonly full?: FullDrillSaid | undefined;
}

/**
 * Whether a bundle may say this of such a package: one of a full drill is answered by one, and no other
 * is. Where the test escrow was opened its key has signed, and as many shares as are needed were proved.
 */
export function answersFullDrill(
  body: Answer,
  from: { readonly full?: FullDrillPackaged | undefined },
  { setId, generation, threshold }: Manifest,
): boolean {
  const { full, proofs } = body;
  if (full === undefined || from.full === undefined) return full === from.full;
  if (!full.opened) return true;
  const said = message({ ...body, setId, generation });
  const { proofKey } = from.full;
  return proofs.length >= threshold && verifyEd25519(hexToBytes(full.signature), said, proofKey);
}
