/**
 * The rows of prepared recoveries, as the flows leave them when the packages are released.
 * @module
 */
import type { Client } from 'pg';
import { vaultPaths } from '../../shared/checktick/index.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { identitySigner } from '../../shared/identity/identity.ts';
import { digestOf } from '../../sync/checktick/escrow.ts';
import { fingerprint } from '../../sync/people/authenticators.ts';
import type { Kit, KitApprover, MadeRecovery } from './recovery-maker.ts';

/** What of a bundle its import keeps. */
export interface Imported {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly nonce: string;
}

/** Writes many rows at once: `columns` of one length each. */
async function insert(
  client: Client,
  into: string,
  select: string,
  columns: readonly (readonly [type: string, values: readonly unknown[]])[],
): Promise<void> {
  const names = columns.map((_column, index) => `c${index + 1}`).join(', ');
  const arrays = columns.map(([type], index) => `$${index + 1}::${type}[]`).join(', ');
  await client.query(
    `INSERT INTO ${into} SELECT ${select} FROM unnest(${arrays}) AS t (${names})`,
    columns.map(([, values]) => values),
  );
}

const bytea = (values: readonly Uint8Array[]) => values.map((one) => Buffer.from(one));
const fromHex = (values: readonly string[]) => bytea(values.map(hexToBytes));

const keyIdOf = ({ identity }: KitApprover): Uint8Array =>
  fingerprint(hexToBytes(identitySigner(identity).keyid));

/**
 * Rows of one lot of recoveries, in one transaction.
 * @param operatorId the admin who asked for all of them
 * @param columnsDigest of the surveys' key columns, which are alike
 */
export async function keepRows(
  client: Client,
  kit: Kit,
  { operatorId, columnsDigest }: { readonly operatorId: string; readonly columnsDigest: string },
  made: readonly MadeRecovery[],
): Promise<void> {
  const now = new Date(kit.now).toISOString();
  const expires = new Date(kit.expires).toISOString();
  const [first, second] = kit.approvers;
  const user = kit.user.id;
  const of = <T>(pick: (one: MadeRecovery) => T): T[] => made.map(pick);
  const ids = of(({ requestId }) => requestId);
  const paths = of(({ surveyId }) => vaultPaths.userSurveyRecoveryKek(user, surveyId));
  await client.query('BEGIN');
  await insert(
    client,
    `surveys_recoveryrequest (id, request_code, user_id, survey_id, status, submitted_at,
       verification_completed_at, approved_at, time_delay_until, time_delay_hours,
       primary_approver_id, primary_approved_at, primary_reason, secondary_approver_id,
       secondary_approved_at, secondary_reason, rejection_reason, cancellation_reason,
       custodian_component_used, vault_recovery_path, user_context)`,
    `c1, c2, ${user}, c3, 'ready_for_execution', '${now}', '${now}', '${now}', '${now}', 0,
     ${first.userId}, '${now}', 'as requested', ${second.userId}, '${now}', 'as requested', '', '',
     false, c4, '{}'`,
    [
      ['uuid', ids],
      ['text', of(({ requestCode }) => requestCode)],
      ['int', of(({ surveyId }) => surveyId)],
      ['text', paths],
    ],
  );
  await insert(
    client,
    'conclave.requests (request_id, created_by, reason, created_at)',
    `c1, '${operatorId}', 'password and recovery phrase forgotten', '${now}'`,
    [['uuid', ids]],
  );
  for (const check of ['photo-id', 'video']) {
    await insert(
      client,
      'conclave.verifications (request_id, check_kind, reference, verified_by, at)',
      `c1, '${check}', 'file 17', '${operatorId}', '${now}'`,
      [['uuid', ids]],
    );
  }
  await insert(
    client,
    `surveys_usersurveykekescrow (user_id, survey_id, platform_key_version_id, vault_path,
       escrowed_at, email_encrypted, recovered_count)`,
    `${user}, c1, '${kit.keyVersion}', c2, '${now}', true, 0`,
    [
      ['int', of(({ surveyId }) => surveyId)],
      ['text', paths],
    ],
  );
  for (const [type, files] of [
    ['ticket', of(({ ticket }) => ticket)],
    ['package', of((one) => one.package)],
  ] as const) {
    await insert(client, 'conclave.documents (digest, type, content)', `c1, '${type}', c2`, [
      ['bytea', fromHex(files.map(({ digest }) => digest))],
      ['bytea', bytea(files.map(({ bytes }) => bytes))],
    ]);
  }
  await insert(
    client,
    `conclave.packages (nonce, kind, state, key_version, request_id, ticket_digest,
       document_digest, recipient_key_path, requested_by, created_at, released_at, expires_at,
       facts)`,
    `c1, 'recover', 'released', '${kit.keyVersion}', c2, c3, c4, c5, '${operatorId}', '${now}',
     '${now}', '${expires}', c6`,
    [
      ['bytea', fromHex(of(({ nonce }) => nonce))],
      ['uuid', ids],
      ['bytea', fromHex(of(({ ticket }) => ticket.digest))],
      ['bytea', fromHex(of((one) => one.package.digest))],
      ['text', of(({ nonce }) => `conclave/packages/${nonce}`)],
      [
        'jsonb',
        of(({ requestCode, encryptedKek }) =>
          JSON.stringify({ requestCode, columns: columnsDigest, escrow: digestOf(encryptedKek) }),
        ),
      ],
    ],
  );
  const approvals = made.flatMap((one) => one.approvals);
  const approvers = approvals.map(({ approver }) => kit.approvers[approver] ?? first);
  await insert(
    client,
    `conclave.approvals (subject, kind, admin_id, reason, at, statement, proof, authenticator_id)`,
    `c1, c2, c3, 'as requested', '${now}', c4, c5, c6`,
    [
      ['bytea', bytea(approvals.map(({ subject }) => subject))],
      ['text', approvals.map(({ action }) => action)],
      ['uuid', approvers.map(({ id }) => id)],
      ['bytea', bytea(approvals.map(({ statement }) => statement))],
      [
        'jsonb',
        approvals.map(({ signature }) =>
          JSON.stringify({
            kind: 'identity',
            signature: Buffer.from(signature).toString('base64'),
          }),
        ),
      ],
      ['bytea', bytea(approvers.map(keyIdOf))],
    ],
  );
  await client.query('COMMIT');
}

/** Bundles as their import leaves them: taken in by this operator, waiting. */
export async function keepImported(
  client: Client,
  operatorId: string,
  at: string,
  imported: readonly Imported[],
): Promise<void> {
  const digests = fromHex(imported.map(({ digest }) => digest));
  await client.query('BEGIN');
  await insert(client, 'conclave.documents (digest, type, content)', `c1, 'bundle', c2`, [
    ['bytea', digests],
    ['bytea', bytea(imported.map(({ bytes }) => bytes))],
  ]);
  await insert(
    client,
    'conclave.bundles (digest, nonce, kind, state, imported_by, not_before, received_at)',
    `c1, c2, 'recover', 'waiting', '${operatorId}', '${at}', '${at}'`,
    [
      ['bytea', digests],
      ['bytea', fromHex(imported.map(({ nonce }) => nonce))],
    ],
  );
  await insert(
    client,
    'conclave.events (type, admin_id, subject, facts)',
    `'bundle-imported', '${operatorId}', c1, '{"kind": "recover"}'`,
    [['bytea', digests]],
  );
  await client.query('COMMIT');
}
