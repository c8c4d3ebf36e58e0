/**
 * What packages that carry the vault component of one set have in common while they are asked for.
 * @module
 */
import type { Manifest, ManifestDocument } from '../../../shared/sharing/manifest.ts';
import type { TicketDocument } from '../../../shared/bundle/ticket.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { type Named, trustedSet } from '../../trust/trust.ts';
import { rotatable, type Rotatable } from '../../versions/rotate-places.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { acceptTicket, assertOperator, type TicketEntry } from './asked.ts';

/**
 * What broke off is finished first; then the ticket has to be of an operator in the roster of the set.
 * @param keyVersion the set's
 * @param kind what the ticket has to be for
 * @throws Refusal of the ticket's parser; `other-audience`, `ticket-other-kind`, `words-differ`,
 *   `ticket-not-operator`, `no-trust`, `set-not-named`, `commit-unfinished`
 */
export async function askedOfSet(
  context: FlowContext,
  entry: TicketEntry & Named,
  keyVersion: string,
  kind: TicketDocument['body']['kind'],
): Promise<{
  readonly ticket: TicketDocument;
  readonly manifest: ManifestDocument;
  readonly situation: Situation;
}> {
  await finishOpenCommits(context, keyVersion);
  const situation = await soundSituation(context);
  const { installation, trust } = situation;
  const ticket = acceptTicket(entry, installation, kind);
  const { database } = context;
  const set = await trustedSet(database, trust, keyVersion, installation.mode, entry);
  assertOperator(ticket, set.roster);
  return { ticket, manifest: set.manifest, situation };
}

/**
 * Whether Vault and the database hold the vault component of this set now; only its release takes it out.
 * @returns what was compared
 * @throws Refusal of {@link rotatable}
 */
export async function compareComponent(
  context: FlowContext,
  keyVersion: string,
  manifest: Manifest,
): Promise<Rotatable> {
  const { component, compared } = await rotatable(context, keyVersion, manifest);
  component.fill(0);
  return compared;
}
