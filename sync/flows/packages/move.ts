/**
 * The package of survey keys that move to the active version: asked for with an operator's ticket whose
 * words were typed, released by two approvers who did not ask for it.
 *
 * Source: docs/decisions/0035-survey-keys-move-to-another-version.md.
 * @module
 */
import { z } from 'zod';
import { BATCH_KEYS, keysInWords } from '../../../shared/bundle/move.ts';
import { hasOrganisationHalf } from '../../../shared/checktick/organisation-half.ts';
import { sealRotatePackage } from '../../../shared/bundle/rotate-package.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { digest, keyVersion as keyVersionText } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import type { ManifestDocument } from '../../../shared/sharing/manifest.ts';
import type { Admin } from '../../admins/admins.ts';
import type { Ask, Shown } from '../../approvals/approvable.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { assertInTime, isKeyReleaseApproved, mustFind } from '../package-rows/approved.ts';
import {
  acceptTicket,
  askedInWords,
  assertOperator,
  keepAsked,
  type TicketEntry,
} from './asked.ts';
import { askedSet, releaseComponent } from './component.ts';
import type { PackageRow } from '../package-rows/rows.ts';
import { shownRelease } from './shown.ts';
import { ticketOf } from '../package-rows/ticket.ts';
import { expiryFrom } from './packages.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { rotatable } from '../../versions/rotate-places.ts';
import { setName } from '../../words/set.ts';
import { agreedSet, type Named, trustedSet } from '../../trust/trust.ts';
import { escrowsUnder, organisationsUnder } from '../../versions/needs.ts';
import { refuseVersion } from '../../versions/refusals.ts';
import { assertActive, onlyActive, versionRows } from '../../versions/rows.ts';
import { packFiles } from '../package-rows/pack.ts';
import { refuseOrganisation } from '../../checktick/organisation-refusals.ts';
import { refuseMove } from '../../moves/refusals.ts';

/** What the row of such a package remembers: as it is shown, and as it must be at release. */
export const moveRow = z.object({
  /** Digest of the manifest of the set of the version that is emptied. */
  manifest: digest,
  /** The active version, and the digest of its set's manifest. */
  movesTo: keyVersionText,
  target: digest,
  /** Survey keys under the version when it was asked for. */
  keys: z.int().min(0),
  /** In one file at most. */
  batchKeys: z.int().min(1).max(BATCH_KEYS),
  /** Organisations that hang on the version: its half for them is handed over. Absent: none does. */
  organisations: z.int().min(1).optional(),
});

/** @throws Refusal `no-trust`, `escrow-key-differs`, `move-no-escrow-key` */
async function targetSet(
  on: Queryable,
  { trust, installation }: Pick<Situation, 'trust' | 'installation'>,
  version: string,
): Promise<ManifestDocument> {
  const { manifest } = await trustedSet(on, trust, version, installation.mode, 'any');
  if (manifest.body.escrowKey === undefined) throw refuseMove('move-no-escrow-key', version);
  return manifest;
}

/**
 * @param batchKeys survey keys in one file; only tests give fewer
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`,
 *   `ticket-not-operator`, `ticket-used`, `no-trust`, `kv-row-differ`, `commit-unfinished`,
 *   `version-active`, `move-from-active`, `move-no-escrow-key`, `move-nothing`, `set-not-named`
 */
export async function requestMovePackage(
  context: FlowContext,
  admin: Admin,
  entry: TicketEntry & Named & { readonly keyVersion: string },
  batchKeys: number = BATCH_KEYS,
): Promise<PackageRow> {
  const { database } = context;
  const { keyVersion } = entry;
  await finishOpenCommits(context, keyVersion);
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const ticket = acceptTicket(entry, installation, 'migrate-escrows');
  const movesTo = onlyActive(await versionRows(database));
  if (movesTo === keyVersion) throw refuseMove('move-from-active', keyVersion);
  const { manifest, roster } = await trustedSet(
    database,
    trust,
    keyVersion,
    installation.mode,
    entry,
  );
  assertOperator(ticket, roster);
  const target = await targetSet(database, situation, movesTo);
  const { component } = await rotatable(context, keyVersion, manifest.body);
  const { length } = component;
  component.fill(0);
  const keys = await escrowsUnder(database, keyVersion);
  const waiting = await organisationsUnder(context, keyVersion);
  // Without a half there is nothing to hand over; survey keys move all the same.
  const organisations = hasOrganisationHalf(length) ? waiting : 0;
  if (keys === 0 && organisations === 0) {
    throw waiting > 0
      ? refuseOrganisation('half-not-possible', keyVersion, length)
      : refuseMove('move-nothing', keyVersion);
  }
  return keepAsked(database, {
    admin,
    ticket: { digest: ticket.digest, content: entry.ticket },
    kind: 'migrate-escrows',
    keyVersion,
    requestId: null,
    at: now,
    expiresAt: expiryFrom(context, now),
    facts: {
      manifest: manifest.digest,
      movesTo,
      target: target.digest,
      keys,
      batchKeys,
      ...(organisations === 0 ? {} : { organisations }),
    },
    told: { kind: 'migrate-escrows', keyVersion, movesTo },
  });
}

/** @throws as {@link shownRelease}; `set-not-trusted` */
export async function showMove(tx: Queryable, found: PackageRow, ask: Ask): Promise<Shown> {
  const { mode, asked, about } = await shownRelease(tx, found, ask);
  const { manifest, movesTo, target, keys, organisations } = moveRow.parse(found.facts);
  const next = await askedSet(tx, target, mode);
  return {
    ...about,
    sentence:
      keys === 0
        ? `Release the vault component of key version ${found.keyVersion} to the laptop, so that its half for organisations is handed over to ${movesTo}.`
        : `Release the vault component of key version ${found.keyVersion}, and ${keysInWords(keys)} that are stored under it, to the laptop, so that they are stored under ${movesTo}.`,
    facts: [
      ['share set that opens them', setName((await askedSet(tx, manifest, mode)).body)],
      ['share set they move to', setName(next.body)],
      ['its manifest in words', eightWords(hexToBytes(next.digest))],
      [
        'survey keys',
        `${keysInWords(keys)} when it was asked for; none opens without the custodians of ${found.keyVersion}`,
      ],
      ...(organisations === undefined
        ? []
        : [
            [
              'half for organisations',
              `is handed over, because ${organisations === 1 ? '1 organisation keeps' : `${organisations} organisations keep`} survey keys under ${found.keyVersion}: afterwards the custodians of ${movesTo} and an owner with the passphrase open them; nothing else opens with it`,
            ] as [string, string],
          ]),
      ...askedInWords(found, asked),
    ],
  };
}

/** Milliseconds that whoever approves waits for the files; then they are made in the background. */
const PATIENCE = 15_000;

/**
 * Makes the files, seals the vault component to the ticket, signs, and hands the package out.
 * @param patience milliseconds; when they are over it is done no further, and nothing is lost
 * @throws Refusal `version-moved`, `version-active`, `version-not-active`, `release-expired`
 */
export async function releaseMove(
  context: FlowContext,
  nonce: string,
  patience: number = PATIENCE,
): Promise<void> {
  const { database } = context;
  const situation = await soundSituation(context);
  const found = await mustFind(database, nonce);
  if (found.state !== 'requested') return;
  assertInTime(found, situation.now);
  const { installation } = situation;
  const { mode, audience } = installation;
  const shown = moveRow.parse(found.facts);
  const assertAsShown = async (manifest: ManifestDocument): Promise<void> => {
    assertActive(await versionRows(database), shown.movesTo);
    const target = await targetSet(database, situation, shown.movesTo);
    if (manifest.digest !== shown.manifest || target.digest !== shown.target) {
      throw refuseVersion('version-moved');
    }
  };
  const { trust } = situation;
  const set = await agreedSet(database, trust, found.keyVersion, mode, shown.manifest);
  await assertAsShown(set.manifest);
  const ticket = (await ticketOf(database, found, mode)).body.recipient;
  const { keyVersion } = found;
  const { batchKeys, movesTo, organisations } = shown;
  const hands = organisations === undefined ? {} : { handsOver: true as const };
  const end = performance.now() + patience;
  const packed = await packFiles(
    context,
    { mode, audience, nonce, keyVersion, batchKeys, ticket },
    () => performance.now() < end,
  );
  if (packed === undefined) return;
  const { files, stored } = packed;
  if (files.length === 0 && organisations === undefined) {
    throw refuseMove('move-nothing', keyVersion);
  }
  await releaseComponent(context, nonce, {
    check: ({ manifest }) => assertAsShown(manifest),
    seal: ({ others = [], ...body }, { component }) =>
      sealRotatePackage(
        { ...body, others, kind: 'migrate-escrows', movesTo, stored, files: [...files], ...hands },
        ticket,
        component,
      ),
  });
}

const waiting = z.object({ nonce: columns.bytes.transform(bytesToHex) });

/** Goes on with the releases that two approved and whose files nobody waits for any more. */
export async function finishMoveReleases(context: FlowContext): Promise<void> {
  const rows = await context.database.rows(
    waiting,
    `SELECT nonce FROM conclave.packages
      WHERE kind = 'migrate-escrows' AND state = 'requested' AND expires_at > clock_timestamp()`,
  );
  for (const { nonce } of rows) {
    const found = await mustFind(context.database, nonce);
    if (!(await isKeyReleaseApproved(context.database, found))) continue;
    await releaseMove(context, nonce, Number.POSITIVE_INFINITY);
  }
}
