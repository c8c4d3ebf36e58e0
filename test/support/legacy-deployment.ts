/**
 * A platform key as a running CheckTick has it: two halves, the people's half split by its own
 * command, and stored survey keys that hang on it.
 * @module
 */
import {
  formatLegacyShare,
  judgeLegacyShares,
  sealKekBlob,
  splitLegacy,
  type UnprovedComponent,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { parsed, textOf } from './legacy.ts';

/** A user's stored survey key. */
export interface StoredFor {
  readonly userId: number;
  readonly surveyId: number;
}

export interface LegacyDeployment {
  readonly vault: Uint8Array;
  readonly custodian: Uint8Array;
  readonly platformKey: Uint8Array;
  /** Lines of text as CheckTick prints them, share 1 first; any 3 of 4. */
  readonly shares: readonly string[];
}

/**
 * @param bytes 64 for a v1, 32 for a v2
 * @param whole the platform key; without it a new one
 */
export function legacyDeployment(bytes = 64, whole = randomBytes(bytes)): LegacyDeployment {
  const vault = randomBytes(bytes);
  const custodian = xorComponents(vault, whole);
  const shares = splitLegacy(custodian, { threshold: 3, count: 4 });
  return {
    vault,
    custodian,
    platformKey: whole,
    shares: shares.map((share) => textOf(formatLegacyShare(share))),
  };
}

/** What three of the legacy shares give, as the laptop puts them together; nothing proves it yet. */
export function legacyComponent({ shares }: LegacyDeployment): UnprovedComponent {
  const judged = judgeLegacyShares(shares.slice(1).map(parsed), { threshold: 3 });
  if (!('component' in judged)) throw new Error('three legacy shares are enough');
  return judged.component;
}

/** A survey key as Vault holds it: hex text. */
export async function storedKek(
  platformKey: Uint8Array,
  { userId, surveyId }: StoredFor,
  kek: Uint8Array = randomBytes(32),
): Promise<string> {
  const userKey = await userRecoveryKey(platformKey, userId);
  return sealKekBlob(userKey, vaultPaths.userSurveyRecoveryKek(userId, surveyId), kek);
}
