/**
 * Survey keys that move from one key version to another: opened with the platform key of the one,
 * sealed to the escrow key of the other. docs/decisions/0035-survey-keys-move-to-another-version.md
 * says which of them move and which stay.
 * @module
 */
import {
  fitsKeyHash,
  openKekBlob,
  userRecoveryKey,
  vaultPaths,
  type KeyHash,
} from '../checktick/index.ts';
import { bytesToHex } from '../encoding/bytes.ts';
import type { Mode } from '../mode.ts';
import { Refusal } from '../refusal.ts';
import { wipingAfter } from '../secret/secret.ts';
import { escrowPrivateKey } from '../sharing/escrow-key.ts';
import { openEscrow, sealEscrow, sealsThisKey, type EscrowBinding } from './escrow.ts';

/** One stored survey key, of either kind. Nothing in it opens without the platform key. */
export interface StoredSurveyKey {
  /** CheckTick's numbers. */
  readonly userId: number;
  readonly surveyId: number;
  readonly kind: 'checktick' | 'sealed';
  /** CheckTick's kind: the blob of 60 bytes. Conclave's: the sealed bytes. */
  readonly bytes: Uint8Array;
  /** CheckTick's hash of the survey's key; null: it keeps none. */
  readonly keyHash: KeyHash | null;
}

/** Between which versions of which sync. */
export interface Move {
  readonly mode: Mode;
  /** The installation of sync, 16 bytes in hex. */
  readonly audience: string;
  readonly from: string;
  readonly to: string;
  /** Escrow key of the version it moves to: 1,216 bytes in base64, from its manifest. */
  readonly escrowKey: string;
}

/** Why a survey key stays where it is. */
export const STAYS = ['not-opened', 'not-the-surveys', 'sealed-without-hash'] as const;
export type Stays = (typeof STAYS)[number];

export type Moved =
  /** `surveyKey`: how it compared with CheckTick's hash. */
  | { readonly sealed: Uint8Array; readonly surveyKey: 'fits' | 'not-compared' }
  | { readonly stays: Stays };

type Cipher = Parameters<typeof sealEscrow>[3];

/**
 * How many survey keys are worked on at once to keep so many cores at work: one more than there are
 * cores, so that a derivation waits for each of them while another key is sealed, which this thread does.
 */
export const keysAtOnce = (cores: number): number => cores + 1;

/**
 * Moves the survey keys of one batch, `atOnce` at a time: their derivations wait in the threads of
 * the platform's WebCrypto, so one copy of the platform key keeps many cores at work.
 *
 * @param platformKey 16 to 64 bytes, of the version they are stored under; stays the caller's to wipe
 * @param atOnce how many, at least 1: see {@link keysAtOnce}
 * @param cipher as of {@link sealEscrow}; each sealing is made again by the library's own, and compared
 * @returns in the order of `stored`. A damaged or foreign entry is an answer, never an error
 * @throws Error where the two sealings of one key differ: then nothing here can be trusted
 */
export async function moveSurveyKeys(
  platformKey: Uint8Array,
  move: Move,
  stored: readonly StoredSurveyKey[],
  { atOnce, cipher }: { readonly atOnce: number; readonly cipher?: Cipher },
): Promise<Moved[]> {
  const { mode, from } = move;
  const privateKey = escrowPrivateKey(platformKey, { mode, keyVersion: from });
  const moved: Moved[] = [];
  const queue = stored.entries();
  const worker = async (): Promise<void> => {
    for (const [at, one] of queue) {
      moved[at] = await moveOne({ platformKey, privateKey }, move, one, cipher);
    }
  };
  return wipingAfter([privateKey], async () => {
    await Promise.all(Array.from({ length: Math.max(1, atOnce) }, worker));
    return moved;
  });
}

/** What opens survey keys of one version: its platform key, and the private half of its escrow key. */
interface StoredKeyOpeners {
  readonly platformKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

async function moveOne(
  openers: StoredKeyOpeners,
  move: Move,
  stored: StoredSurveyKey,
  cipher: Cipher,
): Promise<Moved> {
  // SECURITY: everybody with the public half can seal a key. Without CheckTick's hash nothing says
  // that this one is the survey's, and moving it would make it look looked at.
  if (stored.kind === 'sealed' && stored.keyHash === null) return { stays: 'sealed-without-hash' };
  const { mode, audience, from, to, escrowKey } = move;
  const kek = await openStoredKey(openers, { mode, audience, keyVersion: from }, stored);
  if (!(kek instanceof Uint8Array)) return { stays: kek };
  return wipingAfter([kek], async () => {
    const { keyHash, userId, surveyId } = stored;
    const place = { mode, audience, keyVersion: to, userId, surveyId };
    const sealed = await sealEscrow(escrowKey, place, kek, cipher);
    if (!(await sealsThisKey(escrowKey, place, kek, sealed))) {
      throw new Error(`survey ${surveyId} of user ${userId} was sealed in two ways`);
    }
    return { sealed, surveyKey: keyHash === null ? 'not-compared' : 'fits' };
  });
}

/**
 * Opens a stored survey key of either kind, and compares it with CheckTick's hash where it keeps one.
 * @param of of which version of which sync it is stored
 * @returns the survey key, the caller's to wipe, or why it is none: damaged, another's, of another key
 */
export async function openStoredKey(
  openers: StoredKeyOpeners,
  of: Pick<EscrowBinding, 'mode' | 'audience' | 'keyVersion'>,
  stored: StoredSurveyKey,
): Promise<Uint8Array | Exclude<Stays, 'sealed-without-hash'>> {
  const kek = await openEither(openers, of, stored);
  if (kek === null) return 'not-opened';
  // SECURITY: whoever has the public half can seal a key: only CheckTick's hash says whose it is.
  if (stored.keyHash === null || (await fitsKeyHash(kek, stored.keyHash))) return kek;
  kek.fill(0);
  return 'not-the-surveys';
}

/** Null where it does not open. */
async function openEither(
  { platformKey, privateKey }: StoredKeyOpeners,
  of: Pick<EscrowBinding, 'mode' | 'audience' | 'keyVersion'>,
  { userId, surveyId, kind, bytes }: StoredSurveyKey,
): Promise<Uint8Array | null> {
  try {
    if (kind === 'sealed') return await openEscrow(privateKey, { ...of, userId, surveyId }, bytes);
    const userKey = await userRecoveryKey(platformKey, userId);
    const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
    return await wipingAfter([userKey], () => openKekBlob(userKey, path, bytesToHex(bytes)));
  } catch (error) {
    // One damaged entry takes nothing away from the others.
    if (error instanceof Refusal) return null;
    throw error;
  }
}
