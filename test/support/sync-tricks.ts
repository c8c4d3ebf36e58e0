/**
 * What an attacker or a bad day does to sync in tests.
 * @module
 */
import { type Approval, approvalType } from '../../shared/bundle/approval.ts';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeEnvelope, type Envelope } from '../../shared/encoding/dsse.ts';
import { proofBy } from './sync-client.ts';
import type { Deployment } from './sync-service.ts';

/** Lets the database show a later time once; its real clock then stands behind, as if set back. */
export async function clockShowed(deployment: Deployment, interval: string): Promise<void> {
  await deployment.sql(
    `UPDATE conclave.clock SET highest = greatest(highest, clock_timestamp()) + $1::interval`,
    [interval],
  );
}

/** As if all events had been that much earlier. */
export async function eventsAgo(deployment: Deployment, interval: string): Promise<void> {
  await deployment.sql('ALTER TABLE conclave.events DISABLE TRIGGER events_stay');
  await deployment.sql('UPDATE conclave.events SET at = at - $1::interval', [interval]);
  await deployment.sql('ALTER TABLE conclave.events ENABLE TRIGGER events_stay');
}

/** A bundle's envelope with something about it changed; its payload stays. */
export function changed(bytes: Uint8Array, change: (envelope: Envelope) => Envelope): Uint8Array {
  const document = bundleType.parse(bytes, 'production');
  return encodeEnvelope(change(document.envelope));
}

/**
 * Writes an approval into the database beside sync, signed by this admin's real key: what somebody
 * with the database and a colluding admin could do.
 */
export async function insertApproval(
  deployment: Deployment,
  admin: keyof Deployment['signers'],
  shown: Approval,
): Promise<void> {
  const [row] = await deployment.sql<{ id: string; user_id: number; key: Buffer; now: Date }>(
    `SELECT a.id, a.user_id, k.id AS key,
            (SELECT greatest(highest, clock_timestamp()) FROM conclave.clock) AS now
       FROM conclave.admins a JOIN conclave.authenticators k ON k.admin_id = a.id
      WHERE a.name = $1`,
    [admin],
  );
  if (row === undefined) throw new Error(`there is no ${admin}`);
  const statement: Approval = {
    ...shown,
    approver: { id: row.id, name: admin, userId: row.user_id },
  };
  await deployment.sql(
    `INSERT INTO conclave.approvals
       (subject, kind, admin_id, reason, at, statement, proof, authenticator_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      hexToBytes(shown.subjectDigest),
      shown.action,
      row.id,
      shown.reason,
      row.now,
      Buffer.from(approvalType.encodeBody(statement)),
      await proofBy(deployment.signers[admin], { statement }),
      row.key,
    ],
  );
}

/** As if other bytes had been kept under the digest of a document. */
export async function keptInstead(
  deployment: Deployment,
  digest: string,
  content: Uint8Array,
): Promise<void> {
  await deployment.sql('ALTER TABLE conclave.documents DISABLE TRIGGER documents_stay');
  await deployment.sql('UPDATE conclave.documents SET content = $2 WHERE digest = $1', [
    hexToBytes(digest),
    Buffer.from(content),
  ]);
  await deployment.sql('ALTER TABLE conclave.documents ENABLE TRIGGER documents_stay');
}
