/**
 * Whether sync's database account has the rights of resources/grants.sql: asked before a commit
 * needs them, not found out in the middle of one.
 * @module
 */
import { z } from 'zod';
import { columns } from './columns.ts';
import type { Queryable } from './database.ts';

/** Table, column (null: the whole table), right. The ones a recovery or a setup would stop at. */
const NEEDED: readonly (readonly [string, string | null, string])[] = [
  ['public.auth_user', 'id', 'SELECT'],
  ['public.surveys_survey', 'encrypted_kek_password', 'UPDATE'],
  ['public.surveys_platformkeyversion', null, 'INSERT'],
  ['public.surveys_platformkeyversion', 'activated_at', 'UPDATE'],
  ['public.surveys_platformkeyversion', 'retired_at', 'UPDATE'],
  ['public.surveys_platformkeyversion', 'vault_component', 'UPDATE'],
  ['public.surveys_platformkeyversion', 'shares_last_rotated', 'UPDATE'],
  ['public.surveys_usersurveykekescrow', null, 'INSERT'],
  ['public.surveys_usersurveykekescrow', 'recovered_count', 'UPDATE'],
  ['public.surveys_usersurveykekescrow', 'platform_key_version_id', 'UPDATE'],
  ['public.surveys_organization', 'id', 'SELECT'],
  ['public.surveys_recoveryrequest', null, 'UPDATE'],
  ['public.surveys_recoveryrequest', null, 'INSERT'],
  ['public.surveys_recoveryauditentry', null, 'INSERT'],
  ['public.surveys_auditlog', null, 'INSERT'],
  ['conclave.documents', null, 'INSERT'],
  ['conclave.bundles', null, 'UPDATE'],
  ['conclave.packages', null, 'UPDATE'],
  ['conclave.intents', null, 'UPDATE'],
  ['conclave.receipts', null, 'INSERT'],
  ['conclave.events', null, 'INSERT'],
  ['conclave.requests', null, 'INSERT'],
  ['conclave.verifications', null, 'INSERT'],
  ['conclave.stated_emails', null, 'INSERT'],
  ['conclave.approvals', null, 'INSERT'],
  ['conclave.claims', null, 'INSERT'],
  ['conclave.claims', 'state', 'UPDATE'],
  ['conclave.claims', 'code_hash', 'UPDATE'],
  ['conclave.escrows', null, 'INSERT'],
  ['conclave.escrow_proofs', null, 'INSERT'],
  ['conclave.drill_results', null, 'INSERT'],
  ['conclave.full_drills', null, 'INSERT'],
  ['conclave.moves', null, 'INSERT'],
  ['conclave.moves', 'outcome', 'UPDATE'],
  ['conclave.move_files', null, 'INSERT'],
  ['conclave.moved_escrows', null, 'INSERT'],
  ['conclave.outbox', null, 'INSERT'],
  ['conclave.bundle_people', null, 'INSERT'],
  ['conclave.links', 'used_at', 'UPDATE'],
  ['conclave.tokens', null, 'INSERT'],
  ['conclave.authenticators', 'counter', 'UPDATE'],
  ['conclave.sessions', null, 'INSERT'],
  ['conclave.challenges', 'used_at', 'UPDATE'],
  ['conclave.settings', 'epoch', 'UPDATE'],
  ['conclave.clock', 'highest', 'UPDATE'],
];

/** The rights that are missing, as `UPDATE conclave.bundles`. */
export async function missingRights(on: Queryable): Promise<string[]> {
  const missing: string[] = [];
  for (const [table, column, right] of NEEDED) {
    const { has } = await on.one(
      z.object({ has: columns.boolean }),
      column === null
        ? 'SELECT has_table_privilege($1, $2) AS has'
        : 'SELECT has_column_privilege($1, $3, $2) AS has',
      column === null ? [table, right] : [table, right, column],
    );
    if (!has) missing.push(`${right} ${table}${column === null ? '' : ` (${column})`}`);
  }
  return missing;
}
