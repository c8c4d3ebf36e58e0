/**
 * Prepares Vault for sync with an operator's token: mount, policy, role, secret id.
 *
 * Idempotent. It never touches an existing master key, and never sets `cas_required`: CheckTick's
 * own writers know no check-and-set and would fail after they have decrypted.
 * @module
 */
import { readFile } from 'node:fs/promises';
import pRetry from 'p-retry';
import { z } from 'zod';
import type { VaultTarget } from '../config/vault.ts';
import type { Hidden } from '../hidden.ts';
import { shipped } from '../shipped.ts';
import { accept, type Ask, askAsOperator, parse } from './operator.ts';
import { refuseVault } from './refusals.ts';
import {
  lookUpSecretId,
  makeSecretId,
  readSecretFile,
  ROLE,
  roleOf,
  takeDraft,
  writeDraft,
} from './secret-id.ts';
import { createTransport, type Reply } from './transport.ts';
import { vaultHealth } from './vault-kv.ts';

export interface VaultSetupOptions extends VaultTarget {
  readonly mount: string;
  /** Of several deployments on one Vault; undefined: the one without a name. */
  readonly name: string | undefined;
  /** A token that may manage mounts, policies and auth methods. Used, never kept. */
  readonly operatorToken: Hidden;
  /** Where the secret id goes (mode 600). One that still works is kept. */
  readonly secretIdFile: string;
  readonly progress?: (line: string) => void;
}

export interface VaultSetupResult {
  readonly roleId: string;
  readonly secretIdFile: string;
  readonly newSecretId: boolean;
  /** Read back from Vault, never assumed: the server's own maximum may be shorter. */
  readonly secretIdExpires: string;
  readonly madeMount: boolean;
  readonly masterKeyExists: boolean;
}

const mounts = z.record(
  z.string(),
  z.looseObject({
    type: z.string(),
    options: z.record(z.string(), z.string()).nullish(),
  }),
);
const policyBody = z.object({ data: z.object({ policy: z.string() }) });
const roleIdBody = z.object({ data: z.object({ role_id: z.string().min(1) }) });

/** @throws Refusal of vault/refusals.ts; run it again after repairing what it names */
export async function setUpVault(options: VaultSetupOptions): Promise<VaultSetupResult> {
  const { mount, progress = () => {} } = options;
  const role = roleOf(options.name);
  const transport = createTransport(options.address, options.ca);
  const ask = askAsOperator(transport, options.operatorToken, () =>
    refuseVault('vault-operator-token'),
  );
  try {
    const health = await vaultHealth(transport);
    progress(`Vault ${health.serverVersion} answers and is unsealed.`);

    await requireOwnRole(ask, role, mount);
    const madeMount = await ensureMount(ask, mount);
    progress(madeMount ? `Made the mount ${mount}/.` : `The mount ${mount}/ is there.`);

    const policy = policyFor(await readFile(shipped.vaultPolicy, 'utf8'), mount, role);
    accept(await ask({ method: 'PUT', path: `sys/policies/acl/${role}`, body: { policy } }));
    const rotate = policyFor(await readFile(shipped.vaultRotatePolicy, 'utf8'), mount, role);
    accept(
      await ask({
        method: 'PUT',
        path: `sys/policies/acl/${role}-rotate`,
        body: { policy: rotate },
      }),
    );
    progress(`Wrote the policies ${role} and ${role}-rotate.`);

    await ensureAppRole(ask);
    accept(
      await ask({
        method: 'POST',
        path: `auth/approle/role/${role}`,
        body: {
          token_policies: [role],
          token_no_default_policy: true,
          token_type: 'service',
          token_ttl: '1h',
          token_max_ttl: '8h',
          bind_secret_id: true,
          secret_id_num_uses: 0,
          secret_id_ttl: '2160h',
        },
      }),
    );
    const { role_id } = parse(
      roleIdBody,
      await ask({ method: 'GET', path: `auth/approle/role/${role}/role-id` }),
    ).data;
    progress(`Wrote the role ${role}.`);

    const kept = await existingSecretId(ask, role, options.secretIdFile);
    const secretIdExpires = kept ?? (await newSecretId(ask, role, options.secretIdFile));
    progress(kept === undefined ? `Wrote ${options.secretIdFile}.` : 'The secret id still works.');

    const key = await ask({ method: 'GET', path: `${mount}/metadata/platform/master-key` });
    return {
      roleId: role_id,
      secretIdFile: options.secretIdFile,
      newSecretId: kept === undefined,
      secretIdExpires,
      madeMount,
      masterKeyExists: key.status === 200,
    };
  } finally {
    await transport.close();
  }
}

/** The shipped policies are for the mount `secret` and the role without a name. */
export function policyFor(text: string, mount: string, role: string): string {
  return text
    .replaceAll('path "secret/', `path "${mount}/`)
    .replaceAll(`/role/${ROLE}/`, `/role/${role}/`);
}

/**
 * SECURITY: two deployments under one name would each shut the other out, or reach its secrets.
 * @throws Refusal `vault-role-taken`
 */
async function requireOwnRole(ask: Ask, role: string, mount: string): Promise<void> {
  const reply = await ask({ method: 'GET', path: `sys/policies/acl/${role}` });
  if (reply.status === 404) return;
  const { policy } = parse(policyBody, reply).data;
  if (!policy.includes(`path "${mount}/data/conclave/`)) {
    throw refuseVault('vault-role-taken', role, mount);
  }
}

async function ensureMount(ask: Ask, mount: string): Promise<boolean> {
  const listed = dataOf(mounts, await ask({ method: 'GET', path: 'sys/mounts' }));
  const found = listed[`${mount}/`];
  if (found !== undefined) {
    const isKv2 = found.type === 'kv' && found.options?.['version'] === '2';
    if (!isKv2) throw refuseVault('vault-kv-version', mount);
    return false;
  }
  accept(
    await ask({
      method: 'POST',
      path: `sys/mounts/${mount}`,
      body: { type: 'kv', options: { version: '2' } },
    }),
  );
  // A new mount prepares itself for a moment and answers 400 meanwhile.
  await pRetry(async () => accept(await ask({ method: 'GET', path: `${mount}/config` })), {
    retries: 8,
    minTimeout: 100,
    factor: 1.6,
  });
  return true;
}

async function ensureAppRole(ask: Ask): Promise<void> {
  const listed = dataOf(mounts, await ask({ method: 'GET', path: 'sys/auth' }));
  if (listed['approle/'] !== undefined) return;
  accept(await ask({ method: 'POST', path: 'sys/auth/approle', body: { type: 'approle' } }));
}

/** When the secret id in the file ends; undefined when there is none or Vault no longer knows it. */
async function existingSecretId(ask: Ask, role: string, file: string): Promise<string | undefined> {
  const text = await readSecretFile(file);
  return text === undefined ? undefined : expiryOf(ask, role, text);
}

async function expiryOf(ask: Ask, role: string, secretId: string): Promise<string | undefined> {
  const facts = await lookUpSecretId(ask, role, secretId);
  return facts.known ? (facts.endsAt ?? 'never') : undefined;
}

async function newSecretId(ask: Ask, role: string, file: string): Promise<string> {
  const secretId = await makeSecretId(ask, role);
  const expires = await expiryOf(ask, role, secretId);
  if (expires === undefined) throw refuseVault('vault-content', 'auth/approle');
  await writeDraft(file, secretId);
  await takeDraft(file);
  return expires;
}

/** `sys/mounts` and `sys/auth` repeat their entries at top level; `data` holds them alone. */
function dataOf<T>(schema: z.ZodType<T>, reply: Reply): T {
  return parse(z.object({ data: schema }), reply).data;
}
