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
  takeDraft,
  writeDraft,
} from './secret-id.ts';
import { createTransport, type Reply } from './transport.ts';
import { vaultHealth } from './vault-kv.ts';

export interface VaultSetupOptions extends VaultTarget {
  readonly mount: string;
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
const roleIdBody = z.object({ data: z.object({ role_id: z.string().min(1) }) });

/** @throws Refusal of vault/refusals.ts; run it again after repairing what it names */
export async function setUpVault(options: VaultSetupOptions): Promise<VaultSetupResult> {
  const { mount, progress = () => {} } = options;
  const transport = createTransport(options.address, options.ca);
  const ask = askAsOperator(transport, options.operatorToken, () =>
    refuseVault('vault-operator-token'),
  );
  try {
    const health = await vaultHealth(transport);
    progress(`Vault ${health.serverVersion} answers and is unsealed.`);

    const madeMount = await ensureMount(ask, mount);
    progress(madeMount ? `Made the mount ${mount}/.` : `The mount ${mount}/ is there.`);

    const policy = policyFor(await readFile(shipped.vaultPolicy, 'utf8'), mount);
    accept(await ask({ method: 'PUT', path: `sys/policies/acl/${ROLE}`, body: { policy } }));
    const rotate = await readFile(shipped.vaultRotatePolicy, 'utf8');
    accept(
      await ask({
        method: 'PUT',
        path: `sys/policies/acl/${ROLE}-rotate`,
        body: { policy: rotate },
      }),
    );
    progress(`Wrote the policies ${ROLE} and ${ROLE}-rotate.`);

    await ensureAppRole(ask);
    accept(
      await ask({
        method: 'POST',
        path: `auth/approle/role/${ROLE}`,
        body: {
          token_policies: [ROLE],
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
      await ask({ method: 'GET', path: `auth/approle/role/${ROLE}/role-id` }),
    ).data;
    progress(`Wrote the role ${ROLE}.`);

    const kept = await existingSecretId(ask, options.secretIdFile);
    const secretIdExpires = kept ?? (await newSecretId(ask, options.secretIdFile));
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

/** The shipped policy is for the mount `secret`; another mount replaces the prefix. */
export function policyFor(text: string, mount: string): string {
  return text.replaceAll('path "secret/', `path "${mount}/`);
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
async function existingSecretId(ask: Ask, file: string): Promise<string | undefined> {
  const text = await readSecretFile(file);
  return text === undefined ? undefined : expiryOf(ask, text);
}

async function expiryOf(ask: Ask, secretId: string): Promise<string | undefined> {
  const facts = await lookUpSecretId(ask, secretId);
  return facts.known ? (facts.endsAt ?? 'never') : undefined;
}

async function newSecretId(ask: Ask, file: string): Promise<string> {
  const secretId = await makeSecretId(ask);
  const expires = await expiryOf(ask, secretId);
  if (expires === undefined) throw refuseVault('vault-content', 'auth/approle');
  await writeDraft(file, secretId);
  await takeDraft(file);
  return expires;
}

/** `sys/mounts` and `sys/auth` repeat their entries at top level; `data` holds them alone. */
function dataOf<T>(schema: z.ZodType<T>, reply: Reply): T {
  return parse(z.object({ data: schema }), reply).data;
}
