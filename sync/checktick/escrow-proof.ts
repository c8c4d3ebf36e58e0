/**
 * Writing down that a stored survey key was opened on a laptop: the first of the two ways in which it
 * is proved (docs/decisions/0026-escrow-key.md). The other is sync/escrows.
 * @module
 */
import { createHash } from 'node:crypto';
import type { RecoverBundle } from '../../shared/bundle/bundle.ts';
import type { RecoveryKekDocument } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import type { Queryable } from '../database/database.ts';

/**
 * SHA-256 of the bytes that a recovery proved, as they lie in Vault; undefined: it proved none. Of a
 * sealed one the bundle says which, and opening it is not enough: its key was compared with nothing
 * where CheckTick keeps no hash. One of CheckTick's own kind opens only to whoever made it with the
 * platform key.
 */
function provedBy(
  { escrow }: RecoverBundle,
  { encrypted_kek: text }: RecoveryKekDocument,
): Uint8Array | undefined {
  if (escrow !== undefined) {
    return escrow.surveyKey === 'fits' ? hexToBytes(escrow.digest) : undefined;
  }
  const hex = text.replaceAll(/[ \t\n\r\f\v]/g, '').toLowerCase();
  if (!/^(?:[0-9a-f]{2})+$/.test(hex)) return undefined;
  const bytes = hexToBytes(hex);
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

/** Where a proof of these bytes is written down already, that one stays. */
export async function noteOpened(
  tx: Queryable,
  body: RecoverBundle,
  document: RecoveryKekDocument,
  bundle: { readonly digest: string; readonly at: Date },
): Promise<void> {
  const digest = provedBy(body, document);
  if (digest === undefined) return;
  await noteProof(tx, { ...body.facts, digest }, bundle);
}

/** The same of one that is known to be proved. @param of.digest SHA-256 of the bytes in Vault */
export async function noteProof(
  tx: Queryable,
  of: { readonly userId: number; readonly surveyId: number; readonly digest: Uint8Array },
  bundle: { readonly digest: string; readonly at: Date },
): Promise<void> {
  await tx.run(
    `INSERT INTO conclave.escrow_proofs (user_id, survey_id, digest, way, bundle_digest, proved_at)
     VALUES ($1, $2, $3, 'opened', $4, $5) ON CONFLICT DO NOTHING`,
    [of.userId, of.surveyId, of.digest, hexToBytes(bundle.digest), bundle.at],
  );
}
