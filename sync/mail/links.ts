/**
 * One-time links in mails: 32 random bytes, of which only the hash is kept.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';

/** Links outlive the longest delay; what they could stop has ended long before. */
export const LINK_DAYS = 180;

export interface LinkAbout {
  readonly requestId: string | null;
  /** Hex. */
  readonly bundleDigest: string | null;
  readonly address: string;
  /** Who objects when it is used: `custodian 1 (custodian)`; empty for the user concerned. */
  readonly person?: string;
  readonly expiresAt: Date;
}

/** SHA-256 of whatever was given as a token; what has not the form is just not found. */
const hashOf = (token: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(token, 'utf8').digest());

/** What a link is good for: to stop something, or to set the password of a recovered survey. */
export type Purpose = 'object' | 'claim';
const PREFIXES: Readonly<Record<Purpose, string>> = { object: 'cco_', claim: 'ccl_' };

/** Makes and keeps a link. The token is a string because it goes into a mail. */
export async function createLink(
  tx: Queryable,
  about: LinkAbout,
  now: Date,
  purpose: Purpose = 'object',
): Promise<string> {
  const token = `${PREFIXES[purpose]}${randomBytes(32).toString('base64url')}`;
  await tx.run(
    `INSERT INTO conclave.links
       (hash, purpose, request_id, bundle_digest, address, person, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      hashOf(token),
      purpose,
      about.requestId,
      about.bundleDigest === null ? null : hexToBytes(about.bundleDigest),
      about.address,
      about.person ?? '',
      now,
      about.expiresAt,
    ],
  );
  return token;
}

const row = z.object({
  requestId: columns.uuid.nullable(),
  bundleDigest: columns.bytes.transform(bytesToHex).nullable(),
  person: columns.text,
});
export type Link = z.infer<typeof row>;

/** A link to stop something; undefined for unknown, used and expired ones alike. */
export async function findLink(
  on: Queryable,
  token: string,
  now: Date,
  lock = false,
): Promise<Link | undefined> {
  return on.maybe(
    row,
    `SELECT request_id AS "requestId", bundle_digest AS "bundleDigest", person FROM conclave.links
      WHERE hash = $1 AND purpose = 'object' AND used_at IS NULL AND expires_at > $2
      ${lock ? 'FOR UPDATE' : ''}`,
    [hashOf(token), now],
  );
}

/** Used up, by the caller who holds its lock. */
export async function useLink(
  tx: Queryable,
  token: string,
  outcome: string,
  now: Date,
): Promise<void> {
  await tx.run('UPDATE conclave.links SET used_at = $2, outcome = $3 WHERE hash = $1', [
    hashOf(token),
    now,
    outcome,
  ]);
}

const claimRow = z.object({
  bundleDigest: columns.bytes.transform(bytesToHex),
  /** Empty while it can be used; `claimed`, `ended`, or `replaced` by a newer one. */
  outcome: columns.text,
});

/** A link to set a password, used or not, whatever its time; undefined for unknown ones. */
export async function findClaimLink(
  on: Queryable,
  token: string,
  lock = false,
): Promise<z.infer<typeof claimRow> | undefined> {
  return on.maybe(
    claimRow,
    `SELECT bundle_digest AS "bundleDigest", outcome FROM conclave.links
      WHERE hash = $1 AND purpose = 'claim' ${lock ? 'FOR UPDATE' : ''}`,
    [hashOf(token)],
  );
}
