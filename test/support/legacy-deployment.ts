/**
 * A platform key as a running CheckTick has it: two halves, the people's half split by its own
 * command, and stored survey keys that hang on it.
 * @module
 */
import {
  formatLegacyShare,
  sealKekBlob,
  splitLegacy,
  userRecoveryKey,
  vaultPaths,
  xorComponents,
} from '../../shared/checktick/index.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { textOf } from './legacy.ts';

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

/** @param bytes 64 for a v1, 32 for a v2 */
export function legacyDeployment(bytes = 64): LegacyDeployment {
  const vault = randomBytes(bytes);
  const custodian = randomBytes(bytes);
  const shares = splitLegacy(custodian, { threshold: 3, count: 4 });
  return {
    vault,
    custodian,
    platformKey: xorComponents(vault, custodian),
    shares: shares.map((share) => textOf(formatLegacyShare(share))),
  };
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
