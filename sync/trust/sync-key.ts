/**
 * Sync's own signing key: an Ed25519 seed in Vault at `conclave/sync`, readable by its role only.
 * Made once, with check-and-set 0; who sync is stands in the descriptor, which it signs itself.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { descriptorType, type DescriptorDocument } from '../../shared/bundle/descriptor.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { ed25519Signer, type Signer } from '../../shared/encoding/dsse.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Installation } from '../database/settings.ts';
import { CasRefusal, refuseVault } from '../vault/refusals.ts';
import type { KvStore } from '../vault/kv.ts';
import { refuseFlow } from './refusals.ts';

const PATH = 'conclave/sync';

const stored = z.object({
  // SECURITY: Vault's API is JSON, so the seed is a string here; it is decoded at once.
  signing_key: z.string().regex(/^[0-9a-f]{64}$/),
  public_key: z.string().regex(/^[0-9a-f]{64}$/),
  audience: z.string().regex(/^[0-9a-f]{32}$/),
  mode: z.string(),
  name: z.string(),
  created_at: z.string(),
});

export interface SyncIdentity {
  readonly signer: Signer;
  readonly descriptor: DescriptorDocument;
}

/**
 * What was made of the key that Vault holds: the same key signs the same descriptor, so it is signed
 * once per process. Vault is asked each time all the same.
 */
let newest: { readonly id: string; readonly identity: SyncIdentity } | undefined;

/**
 * Whether Vault and database belong together, without making anything: for `check`.
 * @throws Refusal `sync-key-missing`, `sync-key-differs`, and those of vault/refusals.ts
 */
export async function requireOwnKey(kv: KvStore, installation: Installation): Promise<void> {
  const found = await kv.read(PATH);
  if (found.absent && found.currentVersion === 0 && installation.epoch === 0) return;
  await syncIdentity(kv, installation, '', new Date(0));
}

/** Reads the key, or makes it on the very first call. `name` is what people call this sync. */
export async function syncIdentity(
  kv: KvStore,
  installation: Installation,
  name: string,
  now: Date,
): Promise<SyncIdentity> {
  const found = await kv.read(PATH);
  if (found.absent) {
    // It was there once and is gone: a new one would be another sync.
    if (found.currentVersion > 0) throw refuseVault('vault-content', PATH);
    if (installation.epoch > 0) throw refuseFlow('sync-key-missing');
    const seed = randomBytes(32);
    const fresh = {
      signing_key: seed.toString('hex'),
      public_key: ed25519Signer(seed).keyid,
      audience: installation.audience,
      mode: installation.mode,
      name,
      created_at: formatTime(now),
    };
    seed.fill(0);
    try {
      await kv.put(PATH, fresh, { cas: 0 });
    } catch (cause) {
      // Another replica was faster: its key is the key.
      if (!(cause instanceof CasRefusal)) throw cause;
    }
    return syncIdentity(kv, installation, name, now);
  }
  const parsed = stored.safeParse(found.data);
  if (!parsed.success) throw refuseVault('vault-content', PATH);
  const { signing_key, public_key, audience, mode, name: called, created_at } = parsed.data;
  // SECURITY: yesterday's database beside another Vault would sign for an audience that is not it.
  if (audience !== installation.audience || mode !== installation.mode) {
    throw refuseFlow('sync-key-differs');
  }
  const id = createHash('sha256').update(JSON.stringify(parsed.data)).digest('hex');
  if (newest?.id === id) return newest.identity;
  const signer = ed25519Signer(hexToBytes(signing_key));
  if (signer.keyid !== public_key) throw refuseVault('vault-content', PATH);
  const descriptor = await descriptorType.sign(
    {
      mode: installation.mode,
      audience,
      name: called,
      publicKey: signer.keyid,
      createdAt: created_at,
      previous: null,
    },
    [signer],
  );
  newest = { id, identity: { signer, descriptor } };
  return newest.identity;
}
