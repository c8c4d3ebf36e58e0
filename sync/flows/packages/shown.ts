/**
 * What every package that takes half of the key along shows to an approver first: that its release is
 * open to that approver, who asked, whose ticket it is, and who approved before.
 * @module
 */
import type { TicketDocument } from '../../../shared/bundle/ticket.ts';
import type { Mode } from '../../../shared/mode.ts';
import { type Admin, findAdmin } from '../../admins/admins.ts';
import type { Ask, Shown } from '../../approvals/approvable.ts';
import { type Approval, approvalsOf } from '../../approvals/approvals.ts';
import type { Queryable } from '../../database/database.ts';
import { readInstallation } from '../../database/settings.ts';
import { aboutRelease, assertKeyReleaseOpenTo } from '../package-rows/approved.ts';
import { askedSet } from './component.ts';
import { askedSetRow, type PackageRow } from '../package-rows/rows.ts';
import { ticketOf } from '../package-rows/ticket.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { setInWords } from '../../words/set.ts';

export interface ShownRelease {
  readonly mode: Mode;
  /** As `askedInWords` (asked.ts) says it. */
  readonly asked: {
    readonly requester: Admin | undefined;
    readonly ticket: TicketDocument;
    readonly before: readonly Approval[];
  };
  /** What the approval is about, and until when. */
  readonly about: Pick<Shown, 'subject' | 'subjectDigest' | 'expiresAt'>;
}

/** @throws as {@link assertKeyReleaseOpenTo}; `package-state`, `nothing-found` */
export async function shownRelease(
  tx: Queryable,
  found: PackageRow,
  { admin, now }: Ask,
): Promise<ShownRelease> {
  const { mode } = await readInstallation(tx);
  const ticket = await ticketOf(tx, found, mode);
  const release = aboutRelease(found);
  const before = await approvalsOf(tx, release);
  const requester = found.requestedBy === null ? undefined : await findAdmin(tx, found.requestedBy);
  assertKeyReleaseOpenTo(admin, { found, requester, before, now });
  return {
    mode,
    asked: { requester, ticket, before },
    about: {
      subject: found.nonce,
      subjectDigest: release.subject,
      expiresAt: found.expiresAt,
    },
  };
}

/**
 * Whose custodians come, as it was when the package was asked for; nothing for one from before a version
 * could have several sets. Vault is not asked: an approval stands also while it is sealed.
 * @throws Refusal `set-not-trusted` where the row names another set than its manifest does
 */
export async function setFact(on: Queryable, { facts }: PackageRow): Promise<[string, string][]> {
  const { set: setId, manifest } = askedSetRow.parse(facts);
  if (setId === undefined || manifest === undefined) return [];
  const { mode } = await readInstallation(on);
  const { body } = await askedSet(on, manifest, mode);
  // SECURITY: what two approve is the id; a row that was rewritten would show them another name.
  if (body.setId !== setId) throw refuseFlow('set-not-trusted');
  return [['share set that opens it', setInWords(body)]];
}
