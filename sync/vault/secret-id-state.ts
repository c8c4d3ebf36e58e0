/**
 * When the secret id of sync ends, judged: for metrics, `check` and alerts.
 * @module
 */
import type { Credentials, KvStore } from './kv.ts';

/**
 * `none`: nobody signs in (rehearsal store). `unknown`: the policy does not let sync ask.
 * `due`: rotate it now. `ended`: sync works until its token ends, hours at most.
 */
export interface SecretIdState {
  readonly state: 'none' | 'unknown' | 'never-ends' | 'good' | 'due' | 'ended';
  /** As Vault says it; null where it is not known or never comes. */
  readonly endsAt: string | null;
  /** Until then by Vault's clock, 0 when ended; null like `endsAt`. */
  readonly seconds: number | null;
}

/** Due this long before the end, or for the last quarter of a shorter life. Seconds. */
const DUE = 7 * 86_400;

/** @throws Refusal of vault/refusals.ts while Vault cannot be asked */
export async function secretIdState({ kv }: { readonly kv: KvStore }): Promise<SecretIdState> {
  const found = await kv.credentials();
  return found === null ? { state: 'none', endsAt: null, seconds: null } : judgeSecretId(found);
}

export function judgeSecretId({ secretId, now }: Credentials): SecretIdState {
  if (secretId === undefined) return { state: 'unknown', endsAt: null, seconds: null };
  if (!secretId.known) return { state: 'ended', endsAt: null, seconds: 0 };
  const { endsAt, lifetimeSeconds } = secretId;
  if (endsAt === null) return { state: 'never-ends', endsAt, seconds: null };
  const seconds = Math.max(0, (Date.parse(endsAt) - now.getTime()) / 1_000);
  if (seconds === 0) return { state: 'ended', endsAt, seconds };
  const due = lifetimeSeconds > 0 ? Math.min(DUE, lifetimeSeconds / 4) : DUE;
  return { state: seconds <= due ? 'due' : 'good', endsAt, seconds };
}
