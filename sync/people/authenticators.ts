/**
 * What proves that somebody is an admin: passkeys, personal identities, certificates of machines.
 * @module
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Admin } from '../admins/admins.ts';
import { PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { errorCode } from '../database/errors.ts';
import { refusePeople } from './refusals.ts';

export const AUTHENTICATOR_KINDS = ['passkey', 'identity', 'certificate'] as const;
export type AuthenticatorKind = (typeof AUTHENTICATOR_KINDS)[number];

const row = z.object({
  id: columns.bytes,
  adminId: columns.uuid,
  kind: z.enum(AUTHENTICATOR_KINDS),
  publicKey: columns.bytes,
  counter: columns.integer,
  transports: z.array(columns.text),
  label: columns.text,
  createdAt: columns.time,
  lastUsedAt: columns.time.nullable(),
  revokedAt: columns.time.nullable(),
});
/** `publicKey`: COSE key of a passkey; raw Ed25519 key, 32 bytes, of an identity; else empty. */
export type Authenticator = z.infer<typeof row>;

const COLUMNS = `id, admin_id AS "adminId", kind, public_key AS "publicKey", counter, transports,
  label, created_at AS "createdAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;

/** All keys of an admin, oldest first, the revoked ones too. */
export async function listAuthenticators(on: Queryable, adminId: string): Promise<Authenticator[]> {
  return on.rows(
    row,
    `SELECT ${COLUMNS} FROM conclave.authenticators WHERE admin_id = $1 ORDER BY created_at, id`,
    [adminId],
  );
}

/** The keys of all admins, oldest first, the revoked ones too. */
export async function listAllAuthenticators(on: Queryable): Promise<Authenticator[]> {
  return on.rows(row, `SELECT ${COLUMNS} FROM conclave.authenticators ORDER BY created_at, id`, []);
}

/** The key with this id, whoever's and however old. With `lock`, nobody else uses it meanwhile. */
export async function findAuthenticator(
  on: Queryable,
  id: Uint8Array,
  options: { readonly lock?: boolean } = {},
): Promise<Authenticator | undefined> {
  return on.maybe(
    row,
    `SELECT ${COLUMNS} FROM conclave.authenticators WHERE id = $1
      ${options.lock === true ? 'FOR UPDATE' : ''}`,
    [id],
  );
}

/** How an identity key or a certificate is named: SHA-256 of its bytes. */
export function fingerprint(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

interface NewAuthenticator {
  readonly id: Uint8Array;
  readonly kind: AuthenticatorKind;
  readonly publicKey: Uint8Array;
  readonly counter?: number;
  readonly transports?: readonly string[];
  readonly label: string;
}

/** @throws Refusal `key-known` when it is registered or was once, for whomever */
export async function addAuthenticator(
  tx: Queryable,
  admin: Pick<Admin, 'id'>,
  entry: NewAuthenticator,
): Promise<Authenticator> {
  let added: Authenticator;
  try {
    added = await tx.one(
      row,
      `INSERT INTO conclave.authenticators
         (id, admin_id, kind, public_key, counter, transports, label, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, ${PRESENT}) RETURNING ${COLUMNS}`,
      [
        entry.id,
        admin.id,
        entry.kind,
        entry.publicKey,
        entry.counter ?? 0,
        entry.transports ?? [],
        entry.label,
      ],
    );
  } catch (cause) {
    throw errorCode(cause) === '23505' ? refusePeople('key-known') : cause;
  }
  await appendEvent(tx, {
    type: 'key-added',
    adminId: admin.id,
    subject: fingerprint(added.id),
    facts: { kind: added.kind, label: added.label },
  });
  return added;
}

/**
 * Registers a personal identity with which this admin approves on the command line.
 * @param publicKey raw Ed25519 key, 32 bytes
 * @throws Refusal `identity-key-form`, `key-known`
 */
export async function addIdentityKey(
  tx: Queryable,
  admin: Pick<Admin, 'id'>,
  publicKey: Uint8Array,
  label: string,
): Promise<Authenticator> {
  if (publicKey.length !== 32) throw refusePeople('identity-key-form');
  return addAuthenticator(tx, admin, {
    id: fingerprint(publicKey),
    kind: 'identity',
    publicKey,
    label,
  });
}

/** Writes down that it was used, and where a passkey's counter stands. */
export async function noteUse(tx: Queryable, id: Uint8Array, counter = 0): Promise<void> {
  await tx.run(
    `UPDATE conclave.authenticators
        SET last_used_at = ${PRESENT}, counter = greatest(counter, $2) WHERE id = $1`,
    [id, counter],
  );
}

/**
 * Revokes one of the admin's own keys and ends the sessions that it opened.
 * @throws Refusal `key-unknown`, `key-last`
 */
export async function revokeAuthenticator(
  tx: Queryable,
  admin: Pick<Admin, 'id'>,
  id: Uint8Array,
): Promise<void> {
  // Two keys revoked at the same moment must not leave none: the admin's row is the lock.
  await tx.run('SELECT 1 FROM conclave.admins WHERE id = $1 FOR UPDATE', [admin.id]);
  const good = (await listAuthenticators(tx, admin.id)).filter((one) => one.revokedAt === null);
  const found = good.find((one) => Buffer.from(one.id).equals(id));
  if (found === undefined) throw refusePeople('key-unknown');
  if (good.length === 1) throw refusePeople('key-last');
  await tx.run(`UPDATE conclave.authenticators SET revoked_at = ${PRESENT} WHERE id = $1`, [id]);
  await tx.run(
    `UPDATE conclave.sessions SET ended_at = ${PRESENT}
      WHERE authenticator_id = $1 AND ended_at IS NULL`,
    [id],
  );
  await appendEvent(tx, {
    type: 'key-revoked',
    adminId: admin.id,
    subject: fingerprint(id),
    facts: { kind: found.kind, label: found.label },
  });
}
