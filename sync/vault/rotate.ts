/**
 * `conclave-sync secret-id rotate`: a new secret id in place of the old one, while sync runs.
 *
 * The old one is destroyed only after the new one signed in with what was read back from the disk.
 * May be run again at any time: what a killed run left is destroyed by the next one.
 * @module
 */
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { Refusal } from '../../shared/refusal.ts';
import type { VaultTarget } from '../config/vault.ts';
import type { Hidden } from '../hidden.ts';
import { type Ask, askAsOperator } from './operator.ts';
import { refuseVault } from './refusals.ts';
import {
  destroySecretId,
  draftOf,
  lookUpSecretId,
  makeSecretId,
  readSecretFile,
  roleOf,
  takeDraft,
  writeDraft,
} from './secret-id.ts';
import { createTransport, type Transport } from './transport.ts';
import { vaultHealth } from './vault-kv.ts';

export interface RotateOptions extends VaultTarget {
  readonly roleId: string;
  /** Of several deployments on one Vault; undefined: the one without a name. */
  readonly name: string | undefined;
  readonly secretIdFile: string;
  /** Of somebody with the policy conclave-sync-rotate. Used, never kept. */
  readonly operatorToken: Hidden;
  /** For replicas that hold copies of the old one: it then ends by itself. */
  readonly keepOld: boolean;
  readonly progress?: (line: string) => void;
}

export interface RotateResult {
  readonly secretIdFile: string;
  /** When the new one ends, as Vault says: its maximum may be shorter than what was asked. */
  readonly endsAt: string | null;
  /** `left`: it could not be destroyed and is good until `oldEndsAt`. `none`: there was none. */
  readonly old: 'destroyed' | 'kept' | 'left' | 'none';
  readonly oldEndsAt: string | null;
}

const login = z.object({ auth: z.object({ client_token: z.string().min(1) }) });

/** @throws Refusal of vault/refusals.ts; then the old secret id is in its file and works as before */
export async function rotateSecretId(options: RotateOptions): Promise<RotateResult> {
  const { secretIdFile: file, keepOld, progress = () => {} } = options;
  const role = roleOf(options.name);
  const transport = createTransport(options.address, options.ca);
  const ask = askAsOperator(transport, options.operatorToken, () =>
    refuseVault('vault-rotate-token', role),
  );
  try {
    await vaultHealth(transport);
    await clearDraft(ask, role, file);
    const old = await readSecretFile(file);
    const secretId = await makeSecretId(ask, role);
    let endsAt: string | null;
    try {
      endsAt = await prove(transport, ask, options, secretId);
      await takeDraft(file);
    } catch (cause) {
      // Where this fails too, the draft stays and the next run destroys what is in it.
      await destroySecretId(ask, role, secretId)
        .then(() => rm(draftOf(file), { force: true }))
        .catch(() => {});
      throw cause instanceof Refusal ? cause : refuseVault('secret-id-unproved', role);
    }
    progress(`The new secret id signed in and is in ${file}.`);
    const oldFacts =
      old === undefined ? { known: false as const } : await lookUpSecretId(ask, role, old);
    const oldEndsAt = oldFacts.known ? oldFacts.endsAt : null;
    const result = { secretIdFile: file, endsAt, oldEndsAt };
    if (old === undefined || !oldFacts.known) return { ...result, old: 'none' };
    if (keepOld) return { ...result, old: 'kept' };
    const destroyed = await destroySecretId(ask, role, old).then(
      () => true,
      () => false,
    );
    return { ...result, old: destroyed ? 'destroyed' : 'left' };
  } finally {
    await transport.close();
  }
}

/** What a run that was killed before its end left: nobody uses it. */
async function clearDraft(ask: Ask, role: string, file: string): Promise<void> {
  const left = await readSecretFile(draftOf(file));
  if (left === undefined) return;
  await destroySecretId(ask, role, left);
  await rm(draftOf(file), { force: true });
}

/** Signs in with what lies on the disk now. @returns when it ends */
async function prove(
  transport: Transport,
  ask: Ask,
  options: RotateOptions,
  secretId: string,
): Promise<string | null> {
  const { secretIdFile: file, roleId } = options;
  const role = roleOf(options.name);
  await writeDraft(file, secretId);
  const facts = await lookUpSecretId(ask, role, secretId);
  const read = await readSecretFile(draftOf(file));
  if (!facts.known || read !== secretId) throw refuseVault('secret-id-unproved', role);
  const reply = await transport.call({
    method: 'POST',
    path: 'auth/approle/login',
    body: { role_id: roleId, secret_id: read },
  });
  const signedIn = login.safeParse(reply.body);
  if (reply.status !== 200 || !signedIn.success) throw refuseVault('secret-id-unproved', role);
  const token = signedIn.data.auth.client_token;
  await transport.call({ method: 'POST', path: 'auth/token/revoke-self', token });
  return facts.endsAt;
}
