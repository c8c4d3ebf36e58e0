/**
 * What the releases of packages that bring the vault component in force have in common: new shares,
 * and a new key version.
 * @module
 */
import { packagedParts } from '../../../shared/bundle/packaged-set.ts';
import type { Package } from '../../../shared/bundle/package.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { type ManifestDocument, parseManifest } from '../../../shared/sharing/manifest.ts';
import type { Mode } from '../../../shared/mode.ts';
import type { Queryable } from '../../database/database.ts';
import { findDocument } from '../../database/documents.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { assertInTime, mustFind } from '../package-rows/approved.ts';
import { packageHead, releaseByTwo } from './out.ts';
import { askedWith, type PackageRow } from '../package-rows/rows.ts';
import { ticketOf } from '../package-rows/ticket.ts';
import { makeRecipient } from './packages.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { soundSituation } from '../commit/resume.ts';
import { rotatable, type Rotatable } from '../../versions/rotate-places.ts';
import { agreedSet } from '../../trust/trust.ts';

/** The set that was in force when the package was asked for. @throws Refusal `set-not-trusted` */
export async function askedSet(
  on: Queryable,
  digest: string,
  mode: Mode,
): Promise<ManifestDocument> {
  const kept = await findDocument(on, hexToBytes(digest));
  const set = kept && parseManifest(kept.content, mode);
  if (set?.digest !== digest) throw refuseFlow('set-not-trusted');
  return set;
}

/** What stands in the package whatever its kind. */
type Open = Awaited<ReturnType<typeof openParts>>;

async function openParts(context: FlowContext, situation: Situation, found: PackageRow) {
  const { database } = context;
  const { keyVersion } = found;
  const { mode } = situation.installation;
  const { manifest } = askedWith.parse(found.facts);
  const ticket = await ticketOf(database, found, mode);
  const set = await agreedSet(database, situation.trust, keyVersion, mode, manifest);
  const head = await packageHead(database, situation, found);
  return {
    ticket,
    set,
    /** With the one-time key, made at the last moment. */
    body: (recipient: string) => ({
      ...head,
      keyVersion,
      recipient,
      ticketId: ticket.body.ticketId,
      ticketDigest: ticket.digest,
      ...packagedParts(set),
    }),
  };
}

/** What a kind does with the component: looks whether all is as it was asked for, and seals. */
export interface ComponentRelease {
  /** @throws Refusal where what would go out is not what the approvers were shown */
  readonly check: (about: {
    readonly found: PackageRow;
    readonly situation: Situation;
    readonly manifest: ManifestDocument;
    readonly compared: Rotatable;
  }) => Promise<void>;
  readonly seal: (
    body: ReturnType<Open['body']>,
    about: {
      readonly found: PackageRow;
      readonly compared: Rotatable;
      /** Public key of the ticket. */
      readonly ticket: string;
      readonly component: Uint8Array;
    },
  ) => Promise<Package>;
}

/** Seals the vault component to the ticket, signs, and hands the package out. */
export async function releaseComponent(
  context: FlowContext,
  nonce: string,
  { check, seal }: ComponentRelease,
): Promise<void> {
  const { database } = context;
  const situation = await soundSituation(context);
  const { now } = situation;
  const found = await mustFind(database, nonce);
  assertInTime(found, now);
  const open = await openParts(context, situation, found);
  const { manifest } = open.set;
  const { component, compared } = await rotatable(context, found.keyVersion, manifest.body);
  const { body, recipient } = await (async () => {
    await check({ found, situation, manifest, compared });
    const made = await makeRecipient(context, nonce, now);
    const ticket = open.ticket.body.recipient;
    const sealed = await seal(open.body(made.publicKey), { found, compared, ticket, component });
    return { body: sealed, recipient: made };
  })().finally(() => component.fill(0));
  await releaseByTwo(context, situation, found, { body, recipientPath: recipient.path });
}
