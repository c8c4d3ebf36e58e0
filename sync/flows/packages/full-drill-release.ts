/**
 * The release of a package for a full drill, by two approvers who did not ask for it: a test escrow is
 * made of a random key, and half of the platform key goes out, sealed to the ticket.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { makeTestEscrow } from '../../../shared/bundle/full-drill.ts';
import { sealFullDrillPackage } from '../../../shared/bundle/full-drill-package.ts';
import { packagedParts } from '../../../shared/bundle/packaged-set.ts';
import type { Ask, Shown } from '../../approvals/approvable.ts';
import type { Queryable } from '../../database/database.ts';
import type { FlowContext } from '../../trust/context.ts';
import { refuseDrill } from '../../versions/drill-refusals.ts';
import { assertInTime, mustFind } from '../package-rows/approved.ts';
import { askedInWords } from './asked.ts';
import { askedSet } from './component.ts';
import { packageHead, releaseByTwo } from './out.ts';
import { askedWith, type PackageRow } from '../package-rows/rows.ts';
import { shownRelease } from './shown.ts';
import { ticketOf } from '../package-rows/ticket.ts';
import { soundSituation } from '../commit/resume.ts';
import { rotatable } from '../../versions/rotate-places.ts';
import { setName } from '../../words/set.ts';
import { agreedSet } from '../../trust/trust.ts';

/** @throws as {@link shownRelease}; `set-not-trusted` */
export async function showFullDrill(tx: Queryable, found: PackageRow, ask: Ask): Promise<Shown> {
  const { mode, asked, about } = await shownRelease(tx, found, ask);
  const { manifest } = askedWith.parse(found.facts);
  const { body } = await askedSet(tx, manifest, mode);
  return {
    ...about,
    sentence: `Release the vault component of key version ${found.keyVersion} to the laptop for a full drill, in which the platform key is put together and opens a test escrow. No survey key goes out, and nothing is changed.`,
    facts: [['share set in force', setName(body)], ...askedInWords(found, asked)],
  };
}

/** Makes the test escrow, seals the vault component to the ticket, signs, and hands the package out. */
export async function releaseFullDrill(context: FlowContext, nonce: string): Promise<void> {
  const { database } = context;
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const { mode, audience } = installation;
  const found = await mustFind(database, nonce);
  const { keyVersion } = found;
  assertInTime(found, now);
  const ticket = await ticketOf(database, found, mode);
  const { ticketId, recipient } = ticket.body;
  const { manifest: asked } = askedWith.parse(found.facts);
  const set = await agreedSet(database, trust, keyVersion, mode, asked);
  const { escrowKey } = set.manifest.body;
  if (set.manifest.digest !== asked) {
    throw refuseDrill('full-drill-moved');
  }
  if (escrowKey === undefined) throw refuseDrill('full-drill-without-key');
  const { component } = await rotatable(context, keyVersion, set.manifest.body);
  // SECURITY: it opens nothing. Who has it could say that a drill was held which was not.
  const seed = new Uint8Array(randomBytes(32));
  const body = await (async () => {
    const bound = { mode, audience, nonce, keyVersion, ticketId };
    const escrow = await makeTestEscrow(bound, escrowKey, seed);
    return sealFullDrillPackage(
      {
        ...(await packageHead(database, situation, found)),
        kind: 'drill',
        keyVersion,
        ...packagedParts(set),
        full: { ticketId, ticketDigest: ticket.digest, ...escrow },
      },
      recipient,
      component,
    );
  })().finally(() => {
    component.fill(0);
    seed.fill(0);
  });
  await releaseByTwo(context, situation, found, { body, recipientPath: null });
}
