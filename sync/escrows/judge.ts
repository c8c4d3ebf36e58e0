/**
 * What becomes of one survey key that was sent, before anything is written.
 * @module
 */
import { createHash } from 'node:crypto';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import {
  checkEscrowPlace,
  escrowBinding,
  type EscrowBinding,
  sealEscrow,
} from '../../shared/escrow/escrow.ts';
import { vaultPaths } from '../../shared/checktick/index.ts';
import type { EscrowOf } from '../checktick/escrow.ts';
import { refuseFlow } from '../trust/refusals.ts';
import type { InPlace } from './places.ts';
import { refuseStoring } from './refusals.ts';
import type { Place } from './rows.ts';
import { escrowSuite } from './suite.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** One survey key, as CheckTick sends it. */
export interface SentEscrow extends EscrowOf {
  readonly what:
    | { readonly is: 'key'; readonly key: Uint8Array }
    | { readonly is: 'sealed'; readonly sealed: Uint8Array };
}

/** What is to be done with one that is not refused. */
export interface Plan extends EscrowOf {
  readonly path: string;
  readonly keyVersion: string;
  readonly sealed: Uint8Array;
  /** SHA-256 of `sealed`, in hex. */
  readonly digest: string;
  readonly hasRow: boolean;
  readonly isInVault: boolean;
  /** Sync has written down that it stored it. */
  readonly isNoted: boolean;
  /** It was stored and not proved, and whoever has the key has now sealed it to the same bytes. */
  readonly isVerified: boolean;
}

export const pathOf = ({ userId, surveyId }: EscrowOf): string =>
  vaultPaths.userSurveyRecoveryKek(userId, surveyId);

/**
 * @param inVault what lies in its place; `empty` where nobody has looked: the write shows it
 * @param unlock the occasion on which CheckTick had the key
 * @throws Refusal of refusals.ts and of shared/escrow/refusals.ts; `escrow-differs`, `no-trust`,
 *   `escrow-key-differs`
 */
export async function judge(
  keys: TrustedKeys,
  unlock: string,
  sent: SentEscrow,
  place: Place,
  inVault: InPlace,
): Promise<Plan> {
  const { userId, surveyId, what } = sent;
  const { row, stored } = place;
  const path = pathOf(sent);
  if (!place.hasUser) throw refuseStoring('escrow-about-nothing', `user ${userId}`);
  if (!place.hasSurvey) throw refuseStoring('escrow-about-nothing', `survey ${surveyId}`);
  if (row !== null && row.path !== path) throw refuseFlow('escrow-differs', 'vault_path');
  if (inVault.is === 'other-kind') throw refuseStoring('escrow-other-kind');
  if (inVault.is === 'emptied') throw refuseStoring('escrow-place-used');
  const there = inVault.is === 'sealed' ? inVault.sealed : undefined;
  const keyVersion = versionOf(keys, row, there);
  const { mode, audience } = keys.installation;
  const binding: EscrowBinding = { mode, audience, keyVersion, userId, surveyId };
  const sealed =
    what.is === 'key'
      ? await sealEscrow(await keys.keyOf(keyVersion), binding, what.key, escrowSuite)
      : await asSent(keys, binding, what.sealed, row !== null || there !== undefined);
  const digest = createHash('sha256').update(sealed).digest('hex');
  const isOther = there !== undefined && !equalBytes(there, sealed);
  if (isOther || (stored !== null && stored.digest !== digest)) {
    throw refuseStoring('escrow-other-key');
  }
  return {
    userId,
    surveyId,
    path,
    keyVersion,
    sealed,
    digest,
    hasRow: row !== null,
    isInVault: there !== undefined,
    isNoted: stored !== null,
    // SECURITY: whoever saw the sealed bytes can send them again; only the key itself proves.
    isVerified:
      what.is === 'key' &&
      there !== undefined &&
      stored?.provedAt === null &&
      stored.unlock !== unlock,
  };
}

/** What is stored keeps its key version, whichever is active by now. */
function versionOf(keys: TrustedKeys, row: Place['row'], there: Uint8Array | undefined): string {
  if (row !== null) return row.keyVersion;
  return there === undefined ? keys.active : escrowBinding(there).keyVersion;
}

/** One that was sealed before it came: whether it says so of itself is all that can be seen. */
async function asSent(
  keys: TrustedKeys,
  binding: EscrowBinding,
  sealed: Uint8Array,
  isStored: boolean,
): Promise<Uint8Array> {
  const { keyVersion } = escrowBinding(sealed);
  if (!isStored && keyVersion !== binding.keyVersion) {
    throw refuseStoring('escrow-version-not-active', keyVersion);
  }
  checkEscrowPlace(binding, sealed);
  // That trust and the signed manifest name the same escrow key is asked for these, too.
  await keys.keyOf(binding.keyVersion);
  return sealed;
}
