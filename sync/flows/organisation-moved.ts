/**
 * What earlier ceremonies for an owner without passphrase have left of an organisation's surveys.
 * @module
 */
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { Mode } from '../../shared/mode.ts';
import { bundleDocument } from './bundles.ts';
import type { Moved } from './organisation-surveys.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';

/**
 * The entries that committed bundles wrote under the passphrase that was made up last: by survey, the
 * digest of the bytes. By what a quorum signed, not by a row.
 */
export async function movedBefore(on: Queryable, id: number, mode: Mode): Promise<Moved> {
  const rows = await on.rows(
    z.object({ digest: columns.bytes.transform(bytesToHex) }),
    `SELECT digest FROM conclave.bundles
      WHERE kind = 'migrate-organisation' AND state = 'committed' ORDER BY finished_at DESC, digest`,
  );
  const moved = new Map<number, string>();
  for (const { digest } of rows) {
    const { body } = await bundleDocument(on, digest, mode);
    if (body.kind !== 'migrate-organisation' || body.facts.organisationId !== id) continue;
    for (const { surveyId, entry } of body.moved) {
      if (!moved.has(surveyId)) moved.set(surveyId, entry);
    }
    if (body.passphrase === 'new') break;
  }
  return moved;
}
