/**
 * The release of a package for survey keys of an organisation, by two approvers who did not ask
 * for it and of whom neither is the owner. What goes out is what they read, survey by survey.
 * @module
 */
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { sealOrganisationPackage } from '../../../shared/bundle/organisation-package.ts';
import { organisationInWords } from '../../../shared/bundle/organisation.ts';
import { readKekBlob } from '../../../shared/checktick/index.ts';
import { packagedParts } from '../../../shared/bundle/packaged-set.ts';
import type { Ask, Shown } from '../../approvals/approvable.ts';
import type { Queryable } from '../../database/database.ts';
import type { KvStore } from '../../vault/kv.ts';
import type { FlowContext } from '../../trust/context.ts';
import { movedBefore } from './organisation-moved.ts';
import { refuseOrganisation } from '../../checktick/organisation-refusals.ts';
import {
  bytesDigest,
  escrowsOf,
  readEntry,
  type Moved,
} from '../../checktick/organisation-surveys.ts';
import { packageFacts } from '../../words/organisation.ts';
import { assertWrapsUnder } from '../commit/organisation-version.ts';
import { ownEntriesOf } from '../../checktick/organisation-moves.ts';
import { aboutRelease, assertInTime, mustFind } from '../package-rows/approved.ts';
import { askedInWords } from './asked.ts';
import { provenComponent } from './contents.ts';
import { packageHead, releaseByTwo } from './out.ts';
import { organisationRow, type OrganisationRow, type PackageRow } from '../package-rows/rows.ts';
import { ticketOf } from '../package-rows/ticket.ts';
import { makeRecipient } from './packages.ts';
import { setFact, shownRelease } from './shown.ts';
import { soundSituation } from '../commit/resume.ts';
import { trustedSet } from '../../trust/trust.ts';

/** What a row says, as the package says it. */
const openly = ({ about, surveys, left, further, continues, moves }: OrganisationRow) => ({
  facts: about,
  surveys,
  left,
  further,
  continues,
  ...(moves === undefined ? {} : { moves }),
});

/** @throws as {@link shownRelease} */
export async function showOrganisation(tx: Queryable, found: PackageRow, ask: Ask): Promise<Shown> {
  const { asked, about } = await shownRelease(tx, found, ask);
  const row = organisationRow.parse(found.facts);
  const packaged = openly(row);
  const whose = asOneLine(organisationInWords(row.about), 200);
  const count = row.surveys.length;
  return {
    ...about,
    sentence:
      row.moves === undefined
        ? `Release the vault component and ${count === 1 ? 'a user’s escrow of 1 survey' : `users’ escrows of ${count} surveys`} of ${whose} to the laptop, so that ${asOneLine(row.about.owner, 60)} opens them with another passphrase.`
        : `Release the vault component of key version ${found.keyVersion} and ${count === 1 ? '1 stored key' : `${count} stored keys`} of ${whose} to the laptop, so that they move there from ${row.moves.from} and ${asOneLine(row.about.owner, 60)} keeps the passphrase.`,
    facts: [
      ['how the organisation was checked', asOneLine(row.checked.organisation, 600)],
      ['how the owner was checked', asOneLine(row.checked.owner, 600)],
      ...packageFacts(packaged),
      [
        'these surveys are',
        row.whole === true
          ? 'all of which the organisation keeps a key: nothing of it holds a version back afterwards'
          : 'not said to be all: the organisation stays with its version until they are',
      ],
      ...(await setFact(tx, found)),
      ...askedInWords(found, asked),
    ],
  };
}

/**
 * Of the survey that shows which passphrase goes on: its entry, as the earlier ceremony left it.
 * @throws Refusal `organisation-moved`
 */
async function entryToOpen(
  kv: KvStore,
  continues: OrganisationRow['continues'],
  moved: Moved,
): Promise<Uint8Array | null> {
  if (continues === null) return null;
  const { surveyId } = continues;
  const entry = await readEntry(kv, surveyId);
  if (entry === undefined || bytesDigest(entry.document) !== moved.get(surveyId)) {
    throw refuseOrganisation('organisation-moved', surveyId);
  }
  return readKekBlob(entry.document.encrypted_kek);
}

/** Seals component and escrows to the ticket, signs, and hands the package out. */
export async function releaseOrganisation(context: FlowContext, nonce: string): Promise<void> {
  const { database, kv } = context;
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const { mode, audience } = installation;
  const found = await mustFind(database, nonce);
  assertInTime(found, now);
  const { keyVersion } = found;
  const row = organisationRow.parse(found.facts);
  const { organisationId } = row.about;
  await assertWrapsUnder(context, database, row, keyVersion);
  const ticket = await ticketOf(database, found, mode);
  const set = await trustedSet(database, trust, keyVersion, mode, { setId: row.set });
  const escrows =
    row.moves === undefined
      ? await escrowsOf(context, organisationId, row, { mode, audience, keyVersion })
      : await ownEntriesOf(context, organisationId, row, row.moves.from);
  const moved = await movedBefore(database, organisationId, situation);
  const entry = await entryToOpen(kv, row.continues, moved);
  const vaultComponent = await provenComponent(context, keyVersion, set.manifest.body);
  const { body, recipient } = await (async () => {
    const made = await makeRecipient(context, nonce, now);
    const sealed = await sealOrganisationPackage(
      {
        ...(await packageHead(database, situation, found)),
        kind: 'migrate-organisation',
        recipient: made.publicKey,
        ticketId: ticket.body.ticketId,
        ticketDigest: ticket.digest,
        ...openly(row),
        ...packagedParts(set),
      },
      ticket.body.recipient,
      { vaultComponent, escrows, entry },
    );
    return { body: sealed, recipient: made };
  })().finally(() => vaultComponent.fill(0));
  await releaseByTwo(context, situation, found, {
    body,
    recipientPath: recipient.path,
    told: { organisation: String(organisationId) },
    // SECURITY: what was sealed was read before the row was locked; other facts have other approvals.
    assertSame(locked) {
      if (!aboutRelease(locked).subject.equals(aboutRelease(found).subject)) {
        throw refuseOrganisation('organisation-moved', row.surveys[0]?.surveyId ?? organisationId);
      }
    },
  });
}
