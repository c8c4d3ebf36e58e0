/**
 * The half for organisations that the custodians of one key version have handed over to those of another.
 *
 * Source: docs/decisions/0039-organisations-move-to-another-version.md.
 * @module
 */
import { z } from 'zod';
import type { HandedOver } from '../../shared/bundle/organisation-half.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { Mode } from '../../shared/mode.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { bundleDocument } from './bundles.ts';

/**
 * The half for organisations of one version, as a quorum of it sealed it for another: the newest that
 * was committed. By what a quorum signed, not by a row. Undefined: none was handed over.
 */
export async function halfFor(
  on: Queryable,
  { from, to }: { readonly from: string; readonly to: string },
  mode: Mode,
): Promise<HandedOver | undefined> {
  const rows = await on.rows(
    z.object({ digest: columns.bytes.transform(bytesToHex) }),
    `SELECT digest FROM conclave.bundles
      WHERE kind = 'migrate-escrows' AND state = 'committed' ORDER BY finished_at DESC, digest`,
  );
  for (const { digest } of rows) {
    const { body } = await bundleDocument(on, digest, mode);
    if (body.kind !== 'migrate-escrows' || body.keyVersion !== from || body.movesTo !== to)
      continue;
    const { ceremonyId, nonce, organisationHalf: sealed } = body;
    if (sealed !== undefined) return { from, ceremonyId, nonce, sealed };
  }
  return undefined;
}
