/**
 * What sync needs of a key-value store: versions, check-and-set, destroying. Vault's KV version 2
 * in production; a table of the same database in a rehearsal.
 * @module
 */
import { refuseVault } from './refusals.ts';
import type { SecretIdFacts } from './secret-id.ts';
import type { TokenFacts } from './session.ts';

/** A JSON object as Vault stores it. Values are strings because Vault's API is JSON. */
export type KvData = Readonly<Record<string, unknown>>;

export type KvRead =
  | { readonly absent: false; readonly data: KvData; readonly version: number }
  /** `currentVersion` 0: never written. Above 0: that version was deleted or destroyed. */
  | { readonly absent: true; readonly currentVersion: number };

/** With what sync signs in at Vault, and how long that lasts. */
export interface Credentials {
  readonly token: TokenFacts;
  /** Undefined: the policy is of before and does not let sync ask. */
  readonly secretId: SecretIdFacts | undefined;
  /** Vault's own clock, by which both end. */
  readonly now: Date;
}

export interface KvHealth {
  readonly state: 'active' | 'rehearsal';
  /** The server's own version text, such as `1.21.4`. */
  readonly serverVersion: string;
  readonly clusterId: string | undefined;
}

/** Paths have no mount: `platform/master-key`. All calls throw refusals of vault/refusals.ts. */
export interface KvStore {
  /** The newest version, or the one asked for. */
  read(path: string, options?: { readonly version?: number }): Promise<KvRead>;
  /**
   * Writes a new version if the current one is `cas` (0: only if the path was never written).
   * @throws CasRefusal with the current version otherwise
   */
  put(path: string, data: KvData, options: { readonly cas: number }): Promise<{ version: number }>;
  /** Destroys these versions for ever. Versions that are not there are no error. */
  destroyVersions(path: string, versions: readonly number[]): Promise<void>;
  /** Removes every version for ever, then the path. A path that is not there is no error. */
  deleteMetadata(path: string): Promise<void>;
  /** What sync's role may do: `data/…` or `metadata/…` paths of the mount to capability names. */
  capabilities(paths: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>>;
  /** @throws Refusal naming the state when the store cannot be used now */
  health(): Promise<KvHealth>;
  /** Null where nobody signs in (the rehearsal store). @throws Refusal like the other calls */
  credentials(): Promise<Credentials | null>;
  close(): Promise<void>;
}

const SEGMENT = /^[A-Za-z0-9_-]+(?:[.@][A-Za-z0-9_-]+)*$/;

/** @throws Refusal `vault-path`; SECURITY: a `..` or `?` in a path would reach another secret */
export function checkPath(path: string): string {
  if (path.length > 500 || !path.split('/').every((segment) => SEGMENT.test(segment))) {
    throw refuseVault('vault-path');
  }
  return path;
}

/** What sync's role must be able to do; `check` compares it with {@link KvStore.capabilities}. */
export const REQUIRED_CAPABILITIES: Readonly<Record<string, readonly string[]>> = {
  'data/platform/master-key': ['create', 'read', 'update'],
  'metadata/platform/master-key': ['read'],
  'data/users/1/surveys/1/recovery-kek': ['create', 'read', 'update'],
  'metadata/users/1/surveys/1/recovery-kek': ['read'],
  'data/surveys/1/kek': ['read', 'update'],
  'data/teams/1/team-key': ['read'],
  'data/organizations/1/master-key': ['create', 'read', 'update'],
  'data/conclave/sync': ['create', 'read'],
  'data/conclave/trust': ['create', 'read', 'update'],
  'data/conclave/packages/1': ['create', 'read'],
  'metadata/conclave/packages/1': ['delete'],
  'destroy/conclave/packages/1': ['update'],
  'data/conclave/claims/1': ['create', 'read'],
  'metadata/conclave/claims/1': ['delete'],
  'destroy/conclave/claims/1': ['update'],
  'data/conclave/check': ['read'],
};

/** What the policy lacks, such as `update destroy/conclave/claims/1`; empty when it is whole. */
export async function missingCapabilities(kv: KvStore): Promise<string[]> {
  const names = Object.keys(REQUIRED_CAPABILITIES);
  const has = await kv.capabilities(names);
  return names.flatMap((name) =>
    (REQUIRED_CAPABILITIES[name] ?? [])
      .filter((needed) => has[name]?.includes(needed) !== true)
      .map((needed) => `${needed} ${name}`),
  );
}
