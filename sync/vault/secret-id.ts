/**
 * A secret id of sync's role: made, looked up and destroyed in Vault, and kept in its file.
 * @module
 */
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Ask, parse } from './operator.ts';
import { refuseVault } from './refusals.ts';
import type { Reply } from './transport.ts';

/** The role and policy of the one deployment of a Vault that has no name. */
export const ROLE = 'conclave-sync';

/** The role and policy of a deployment; that of rotating is called the same with `-rotate`. */
export const roleOf = (name: string | undefined): string =>
  name === undefined ? ROLE : `${ROLE}-${name}`;

/** What Vault says of a secret id. Its clock, never this machine's, says when it ends. */
export type SecretIdFacts =
  | { readonly known: true; readonly endsAt: string | null; readonly lifetimeSeconds: number }
  /** It has ended, was destroyed, or never was. */
  | { readonly known: false };

const made = z.object({ data: z.object({ secret_id: z.string().min(1) }) });
const lookedUp = z.object({
  data: z.object({ expiration_time: z.string(), secret_id_ttl: z.number().min(0) }),
});

export const lookupCall = (role: string, secretId: string) =>
  ({
    method: 'POST',
    path: `auth/approle/role/${role}/secret-id/lookup`,
    body: { secret_id: secretId },
  }) as const;

/** @throws Refusal `vault-content` */
export function factsOf(reply: Reply): SecretIdFacts {
  // An unknown one is answered with nothing, or with an error that names it.
  if (reply.status !== 200) return { known: false };
  const parsed = lookedUp.safeParse(reply.body);
  if (!parsed.success) throw refuseVault('vault-content', 'auth/approle');
  const { expiration_time, secret_id_ttl } = parsed.data.data;
  return {
    known: true,
    // Vault writes the year 1 for one that never ends.
    endsAt: Date.parse(expiration_time) > 0 ? expiration_time : null,
    lifetimeSeconds: secret_id_ttl,
  };
}

export async function lookUpSecretId(
  ask: Ask,
  role: string,
  secretId: string,
): Promise<SecretIdFacts> {
  return factsOf(await ask(lookupCall(role, secretId)));
}

/** A string because Vault's API is JSON. */
export async function makeSecretId(ask: Ask, role: string): Promise<string> {
  const reply = await ask({
    method: 'POST',
    path: `auth/approle/role/${role}/secret-id`,
    body: {},
  });
  return parse(made, reply).data.secret_id;
}

/** One that Vault does not know is no error. */
export async function destroySecretId(ask: Ask, role: string, secretId: string): Promise<void> {
  const reply = await ask({
    method: 'POST',
    path: `auth/approle/role/${role}/secret-id/destroy`,
    body: { secret_id: secretId },
  });
  if (reply.status >= 300 && reply.status !== 404 && !reply.errors.includes('invalid secret id')) {
    throw refuseVault('vault-content', 'auth/approle');
  }
}

/** Undefined where there is no such file, or nothing in it. */
export async function readSecretFile(file: string): Promise<string | undefined> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    return text === '' ? undefined : text;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw refuseVault('secret-id-file', file);
  }
}

/** Beside the file: what a run that was killed left there is known by this name. */
export const draftOf = (file: string): string => `${file}.new`;

/**
 * Writes the draft, for its owner only, on the disk before it counts.
 * @throws Refusal `secret-id-file`
 */
export async function writeDraft(file: string, secretId: string): Promise<void> {
  const draft = draftOf(file);
  try {
    await rm(draft, { force: true });
    // SECURITY: made anew, so that neither a link nor an open mode from before is followed.
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${secretId}\n`);
      await handle.sync();
      // Whoever runs this may be root; the service that reads the file is not.
      const before = await stat(file).catch(() => undefined);
      if (before !== undefined && process.getuid?.() === 0) {
        await handle.chown(before.uid, before.gid);
      }
    } finally {
      await handle.close();
    }
  } catch {
    throw refuseVault('secret-id-file', draft);
  }
}

/**
 * Puts the draft in the file's place: whoever reads it finds the old one or the new one, whole.
 * @throws Refusal `secret-id-file`; then the old one is still there
 */
export async function takeDraft(file: string): Promise<void> {
  try {
    await rename(draftOf(file), file);
  } catch {
    throw refuseVault('secret-id-file', file);
  }
  const folder = await open(path.dirname(file), 'r');
  // Some file systems cannot sync a folder; the name is in place all the same.
  await folder.sync().catch(() => {});
  await folder.close();
}
