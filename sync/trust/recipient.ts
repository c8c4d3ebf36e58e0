/**
 * The private half of a package's one-time key, as it waits in Vault.
 * @module
 */
import { z } from 'zod';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { refuseVault } from '../vault/refusals.ts';
import type { FlowContext } from './context.ts';
import { refuseFlow } from './refusals.ts';

const stored = z.object({ private_key: z.string().regex(/^[0-9a-f]{64}$/) });

/** Where in Vault it lies. */
export const recipientPath = (nonce: string): string => `conclave/packages/${nonce}`;

/**
 * 32 bytes; the caller wipes them.
 * @throws Refusal `package-key-missing`: also when another process has just ended the bundle, so
 *   the caller looks at it again before it tells anybody
 */
export async function recipientKeyOf({ kv }: FlowContext, nonce: string): Promise<Uint8Array> {
  const path = recipientPath(nonce);
  const found = await kv.read(path);
  if (found.absent) throw refuseFlow('package-key-missing', path);
  const parsed = stored.safeParse(found.data);
  if (!parsed.success) throw refuseVault('vault-content', path);
  return hexToBytes(parsed.data.private_key);
}
