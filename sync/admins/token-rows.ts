/**
 * The bearer tokens of the command line, as rows. A token reads and does what its admin's roles
 * allow; no approval is possible with a token alone.
 * @module
 */
import { z } from 'zod';
import { PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { type Admin, ADMIN_COLUMNS, adminRow } from './admins.ts';
import { refuseAdmin } from './refusals.ts';
import { createToken, parseToken, sameHash } from './tokens.ts';

/** Days that a token is good, unless somebody asks for fewer. */
export const TOKEN_DAYS = 90;

const tokenRow = z.object({
  prefix: columns.text,
  label: columns.text,
  createdAt: columns.time,
  expiresAt: columns.time,
  revokedAt: columns.time.nullable(),
});
/** A token as its owner sees it: never its secret. */
export type TokenRow = z.infer<typeof tokenRow>;
const TOKEN_COLUMNS = `prefix, label, created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt"`;

/**
 * Makes a token for this admin. `text` is shown once and kept as a hash only.
 * @param options.days 1 to {@link TOKEN_DAYS}
 */
export async function makeToken(
  tx: Queryable,
  admin: Pick<Admin, 'id'>,
  options: { readonly label: string; readonly days?: number },
): Promise<{ readonly text: string; readonly row: TokenRow }> {
  const { text, stored } = createToken();
  const row = await tx.one(
    tokenRow,
    `INSERT INTO conclave.tokens (prefix, admin_id, hash, label, created_at, expires_at)
     SELECT $1, $2, $3, $4, now.at, now.at + make_interval(days => $5)
       FROM (SELECT ${PRESENT} AS at) now
     RETURNING ${TOKEN_COLUMNS}`,
    [stored.prefix, admin.id, stored.hash, options.label, options.days ?? TOKEN_DAYS],
  );
  await appendEvent(tx, {
    type: 'token-made',
    adminId: admin.id,
    facts: { token: row.prefix, label: row.label },
  });
  return { text, row };
}

/** The admin's own tokens, newest first, also those that have ended. */
export async function listTokens(on: Queryable, admin: Pick<Admin, 'id'>): Promise<TokenRow[]> {
  return on.rows(
    tokenRow,
    `SELECT ${TOKEN_COLUMNS} FROM conclave.tokens WHERE admin_id = $1 ORDER BY created_at DESC`,
    [admin.id],
  );
}

/** @throws Refusal `token-unknown` when it is not his, or has ended */
export async function revokeToken(
  tx: Queryable,
  admin: Pick<Admin, 'id'>,
  prefix: string,
): Promise<void> {
  const touched = await tx.run(
    `UPDATE conclave.tokens SET revoked_at = ${PRESENT}
      WHERE prefix = $1 AND admin_id = $2 AND revoked_at IS NULL`,
    [prefix, admin.id],
  );
  if (touched === 0) throw refuseAdmin('token-unknown', prefix);
  await appendEvent(tx, { type: 'token-revoked', adminId: admin.id, facts: { token: prefix } });
}

const adminWithHash = adminRow.extend({ hash: columns.bytes });

/** The active admin whose token this is; undefined for every other text. */
export async function authenticate(on: Queryable, text: string): Promise<Admin | undefined> {
  const given = parseToken(text);
  if (given === undefined) return undefined;
  const row = await on.maybe(
    adminWithHash,
    `SELECT ${ADMIN_COLUMNS}, t.hash
       FROM conclave.tokens t JOIN conclave.admins a ON a.id = t.admin_id
      WHERE t.prefix = $1 AND t.revoked_at IS NULL AND t.expires_at > ${PRESENT}
        AND a.state = 'active'`,
    [given.prefix],
  );
  if (row === undefined || !sameHash(row.hash, given.hash)) return undefined;
  const { hash: _hash, ...found } = row;
  return found;
}
