/**
 * Packages as rows: found by nonce, listed, and what each remembers.
 * @module
 */
import { z } from 'zod';
import { adoptFound, ROTATABLE, storedKey } from '../../../shared/bundle/adopt.ts';
import { organisationPackaged } from '../../../shared/bundle/organisation.ts';
import {
  PACKAGE_KINDS,
  type PackageDocument,
  parsePackage,
} from '../../../shared/bundle/package.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { digest as digestText, id16, keyVersion } from '../../../shared/encoding/schema.ts';
import { beginningWith, columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { findDocument } from '../../database/documents.ts';
import type { Situation } from '../../trust/context.ts';
import { LIST_AT_MOST, type QueuePart } from '../../database/lists.ts';
import { recipientPath } from '../../trust/recipient.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { verifiedOnce } from '../../trust/verified.ts';

const row = z.object({
  nonce: columns.bytes.transform(bytesToHex),
  kind: z.enum(PACKAGE_KINDS),
  state: z.enum(['requested', 'released', 'spent', 'expired', 'withdrawn']),
  keyVersion: columns.text,
  requestId: columns.uuid.nullable(),
  ticketDigest: columns.bytes.transform(bytesToHex).nullable(),
  digest: columns.bytes.transform(bytesToHex).nullable(),
  recipientPath: columns.text.nullable(),
  /** Null: the console, when no admin has a key left. */
  requestedBy: columns.uuid.nullable(),
  createdAt: columns.time,
  expiresAt: columns.time,
  facts: columns.json,
});
export type PackageRow = z.infer<typeof row>;

const SELECT = `SELECT nonce, kind, state, key_version AS "keyVersion", request_id AS "requestId",
  ticket_digest AS "ticketDigest", document_digest AS digest,
  recipient_key_path AS "recipientPath", requested_by AS "requestedBy",
  created_at AS "createdAt", expires_at AS "expiresAt", facts FROM conclave.packages`;

export async function findPackage(
  on: Queryable,
  nonce: string,
  lock = false,
): Promise<PackageRow | undefined> {
  return on.maybe(row, `${SELECT} WHERE nonce = $1 ${lock ? 'FOR UPDATE' : ''}`, [
    hexToBytes(nonce),
  ]);
}

/** The one package whose nonce begins so. */
export async function packageByPrefix(on: Queryable, prefix: string): Promise<PackageRow> {
  const found = await on.rows(row, `${SELECT} WHERE nonce BETWEEN $1 AND $2 LIMIT 2`, [
    ...beginningWith(prefix),
  ]);
  const [only] = found;
  if (only === undefined || found.length > 1) throw refuseFlow('nothing-found', 'package');
  return only;
}

/**
 * Ends one that was asked for and never released: nobody saw it, so no receipt answers for it. Its
 * key is there only if a release was interrupted; it is destroyed like that of any other.
 */
export async function withdrawPackage(
  tx: Queryable,
  nonce: string,
  state: 'withdrawn' | 'expired',
): Promise<void> {
  await tx.run(
    `UPDATE conclave.packages SET state = $2, recipient_key_path = $3 WHERE nonce = $1`,
    [hexToBytes(nonce), state, recipientPath(nonce)],
  );
}

const verifiedPackage = verifiedOnce<PackageDocument>();

/** The signed package of a row that was released. */
export async function packageDocument(
  on: Queryable,
  digest: string,
  { identity, installation }: Pick<Situation, 'identity' | 'installation'>,
): Promise<PackageDocument> {
  const found = await findDocument(on, hexToBytes(digest));
  if (found === undefined) throw refuseFlow('nothing-found', 'package');
  const { mode } = installation;
  const { audience, publicKey } = identity.descriptor.body;
  return verifiedPackage([found.content, mode, audience, publicKey], () =>
    parsePackage(found.content, mode, { audience, publicKey }),
  );
}

/** Newest first; those after `before` (a nonce). */
export async function listPackages(on: Queryable, before?: string): Promise<PackageRow[]> {
  return on.rows(
    row,
    `${SELECT} WHERE $1::bytea IS NULL OR (created_at, nonce) <
         (SELECT created_at, nonce FROM conclave.packages WHERE nonce = $1)
      ORDER BY created_at DESC, nonce DESC LIMIT ${LIST_AT_MOST}`,
    [before === undefined ? null : hexToBytes(before)],
  );
}

/** For the page's queue: those without a bundle, which says the same and more; newest first. */
export async function queuedPackages(on: Queryable, part: QueuePart): Promise<PackageRow[]> {
  return on.rows(
    row,
    `${SELECT} p WHERE (state IN ('requested', 'released')) = $1
        AND NOT EXISTS (SELECT FROM conclave.bundles b WHERE b.nonce = p.nonce)
      ORDER BY state = 'requested' DESC, created_at DESC, nonce LIMIT $2`,
    [part.open, part.atMost],
  );
}

/** Which of these requests have a package of which something still comes. */
export async function servedRequests(
  on: Queryable,
  requestIds: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const found = await on.rows(
    z.object({ id: columns.uuid }),
    `SELECT DISTINCT request_id AS id FROM conclave.packages
      WHERE request_id = ANY ($1::uuid[]) AND state IN ('requested', 'released')
        AND expires_at > $2`,
    [requestIds, now],
  );
  return new Set(found.map(({ id }) => id));
}

/** Those of one recovery, newest first. */
export async function packagesOfRequest(on: Queryable, requestId: string): Promise<PackageRow[]> {
  return on.rows(row, `${SELECT} WHERE request_id = $1 ORDER BY created_at DESC, nonce`, [
    requestId,
  ]);
}

/** Whether something still comes of it: a release, or a bundle that answers it. */
export function isOpen({ state, expiresAt }: PackageRow, now: Date): boolean {
  return (state === 'requested' || state === 'released') && expiresAt > now;
}

const packagedKey = storedKey.extend({ digest: digestText });
/** A stored survey key that went out in an adoption package. */
export type PackagedKey = z.infer<typeof packagedKey>;

/** What an adoption package's row remembers: what was found when it was asked for, as it is shown. */
export const adoptFacts = z.object({
  found: adoptFound,
  /**
   * Since the release: the stored survey keys of the version that is adopted, as they went out;
   * `digest` is SHA-256 of their bytes. Absent in rows from before it was kept.
   */
  packaged: z.array(packagedKey).optional(),
});

/** With which set a package was asked for: as it is shown, and as it must be at release. */
export const askedWith = z.object({
  /** Digest of its manifest. */
  manifest: digestText,
});

/** What the row of a package for new shares remembers: as it is shown, and as it must be at release. */
export const rotateFacts = askedWith.extend({
  compared: z.enum(ROTATABLE),
});

/** What the row of a package for a new key version remembers: as it is shown, and as it must be at release. */
export const newVersionRow = askedWith.extend({
  /** The version that is made. */
  next: keyVersion,
});

/** With which set survey keys are opened: as it is shown, and as it must be at release. */
export const askedSetRow = z.object({
  /** Id of the set whose custodians come. Absent: asked for before a version could have several. */
  set: id16.optional(),
  /** Digest of its manifest then; a refresh since changes nothing. */
  manifest: digestText.optional(),
});

/** What the row of a package for survey keys of an organisation remembers: as it is shown and goes out. */
export const organisationRow = askedSetRow.extend({
  about: organisationPackaged.facts,
  /** The account that CheckTick calls the owner: it approves nothing of this. */
  ownerUserId: z.int().nullable(),
  /** How it was checked that there is such an organisation, and that this is its owner. */
  checked: z.object({ organisation: z.string(), owner: z.string() }),
  surveys: organisationPackaged.surveys,
  /** Of CheckTick's hash of each survey's key, that there is none too; in the order of the surveys. */
  hashes: z.array(digestText),
  left: organisationPackaged.left,
  further: organisationPackaged.further,
  continues: organisationPackaged.continues,
  moves: organisationPackaged.moves,
  /** These are all survey keys that the organisation keeps, by CheckTick's table or the operator's word. */
  whole: z.literal(true).optional(),
});
export type OrganisationRow = z.infer<typeof organisationRow>;

/** What a recovery package's row remembers besides the document. */
export const rowFacts = askedSetRow.extend({ requestCode: z.string() });
export const commitFacts = rowFacts.extend({
  /** Of the survey's key columns and of the stored KEK when the package was made. */
  columns: z.string(),
  escrow: z.string(),
  /** Of the stored address; absent in rows from before it was compared. */
  email: z.string().optional(),
  /** Of the account's address as it was compared; absent in rows from before it was kept. */
  account: z.string().optional(),
  /** Of CheckTick's hash of the survey's key; absent: an escrow of CheckTick's own kind, or made before it was compared. */
  keyHash: z.string().optional(),
});
