/**
 * Claims as rows: how the user of a recovered survey gets in again, and how that stands.
 * @module
 */
import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { fromHex } from '../../database/together.ts';

/**
 * `held`: the words lie in Vault. `acknowledged`: an admin handed them over. `claimed`: the user set
 * his own password. `ended`: an admin ended it. `expired`: nobody came in time.
 */
export const CLAIM_STATES = ['held', 'acknowledged', 'claimed', 'ended', 'expired'] as const;
export const CLAIM_WAYS = ['passphrase', 'link'] as const;

/** After so many wrong codes only a new one counts. */
export const MOST_WRONG_CODES = 5;

const claim = z.object({
  digest: columns.bytes.transform(bytesToHex),
  requestId: columns.uuid,
  way: z.enum(CLAIM_WAYS),
  state: z.enum(CLAIM_STATES),
  /** Where links go; empty for the other way. */
  address: columns.text,
  createdAt: columns.time,
  expiresAt: columns.time,
  endedAt: columns.time.nullable(),
  /** Whether it is certain that the words are gone. */
  destroyed: columns.boolean,
  /** Whether the commit is done, receipt and all. */
  finished: columns.boolean,
  codeTag: columns.bytes.nullable(),
  codeBy: columns.text.nullable(),
  codeAt: columns.time.nullable(),
  wrongCodes: columns.integer,
});
export type ClaimRow = z.infer<typeof claim>;

const SELECT = `SELECT c.bundle_digest AS digest, p.request_id AS "requestId", c.way, c.state,
    c.address, c.created_at AS "createdAt", c.expires_at AS "expiresAt", c.ended_at AS "endedAt",
    c.destroyed,
    b.state = 'committed' AS finished, c.code_hash AS "codeTag", a.name AS "codeBy",
    c.code_at AS "codeAt", c.wrong_codes AS "wrongCodes"
  FROM conclave.claims c
  JOIN conclave.bundles b ON b.digest = c.bundle_digest
  JOIN conclave.packages p ON p.nonce = b.nonce
  LEFT JOIN conclave.admins a ON a.id = c.code_by
  WHERE c.bundle_digest = $1`;

/** The claim of a bundle; undefined when its recovery was not committed. */
export async function findClaim(on: Queryable, digest: string): Promise<ClaimRow | undefined> {
  return on.maybe(claim, SELECT, [hexToBytes(digest)]);
}

/** The ways of claims that are committed and still wait for the user, by digest; where none does, none. */
export async function heldClaims(
  on: Queryable,
  digests: readonly string[],
): Promise<ReadonlyMap<string, ClaimRow['way']>> {
  const found = await on.rows(
    claim.pick({ digest: true, way: true }),
    `SELECT c.bundle_digest AS digest, c.way FROM conclave.claims c
       JOIN conclave.bundles b ON b.digest = c.bundle_digest
      WHERE c.bundle_digest = ANY ${fromHex('$1')} AND c.state = 'held' AND b.state = 'committed'`,
    [digests],
  );
  return new Map(found.map(({ digest, way }) => [digest, way]));
}

/** The same, locked. Whoever locks a link too locks its claim first. */
export async function lockClaim(tx: Queryable, digest: string): Promise<ClaimRow | undefined> {
  return tx.maybe(claim, `${SELECT} FOR UPDATE OF c`, [hexToBytes(digest)]);
}

/** Ended, by the caller who holds its lock. The words are destroyed after that. */
export async function endClaim(
  tx: Queryable,
  digest: string,
  state: Exclude<ClaimRow['state'], 'held'>,
  now: Date,
): Promise<void> {
  await tx.run('UPDATE conclave.claims SET state = $2, ended_at = $3 WHERE bundle_digest = $1', [
    hexToBytes(digest),
    state,
    now,
  ]);
}
