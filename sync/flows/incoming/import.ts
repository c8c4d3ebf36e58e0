/**
 * Taking a bundle in: whatever is not wholly authentic changes nothing and burns nothing; what is
 * authentic but may not be committed gets its negative receipt at once.
 * @module
 */
import {
  type BundleDocument,
  bundleType,
  leavesTrust,
  type RecoverBundle,
} from '../../../shared/bundle/bundle.ts';
import { openBundle } from '../../../shared/bundle/bundle-secret.ts';
import { type EmailCheck, isUnusual } from '../../../shared/bundle/escrowed-email.ts';
import { equalBytes, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { checkValueFits } from '../../../shared/sharing/check-value.ts';
import { longestDelayHours } from '../../config/config.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent, findDocument, saveDocument } from '../../database/documents.ts';
import { tellCustodians } from '../bundles/tell-custodians.ts';
import { assertPlaces } from '../../versions/adopt-places.ts';
import { authenticate, sourceOf } from '../bundles/authentic.ts';
import type { SignedBy } from '../bundles/signed-by.ts';
import { needsApproval } from '../bundles/approvable.ts';
import { keepPeople, peopleToTell } from '../bundles/people.ts';
import { type BundleRow, endNegatively, findBundle } from '../bundles/bundles.ts';
import type { Beginner } from '../bundles/commit-kind.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { assertCanBeAdmins } from '../../people/new-admins.ts';
import { findPackage } from '../package-rows/rows.ts';
import { recipientKeyOf } from '../../trust/recipient.ts';
import { replacesAdmins } from '../../words/roster.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { lockRequest, recordChange } from '../requests/requests.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { assertUntouched, fits as isOf, setsOf } from '../../versions/rotate-places.ts';
import { refuseRenewal } from '../../versions/rotate-refusals.ts';
import { assertActive, assertFree, versionRows } from '../../versions/rows.ts';

/**
 * Verifies and keeps a bundle. The same file again answers with the same row.
 * @throws Refusal of shared/bundle (form, mode, signatures), and of trust/refusals.ts
 */
export async function importBundle(
  context: FlowContext,
  by: Beginner,
  bytes: Uint8Array,
): Promise<BundleRow> {
  const { database } = context;
  const situation = await soundSituation(context);
  const { installation } = situation;
  const document = bundleType.parse(bytes, installation.mode);
  if (document.body.audience !== installation.audience) {
    throw refuseFlow('other-audience', 'bundle');
  }
  assertRightWay(document.body, by);
  const before = await sameFile(database, document.digest, bytes);
  if (before !== undefined) return before;

  const source = await sourceOf(database, document, situation);
  // One that expired unused has its receipt; what still waits for its first bundle goes on below.
  if (source.state !== 'released') return orSpent(database, document, bytes);
  const signedBy = authenticate(document, source.document, situation);
  if (isWithComponent(document.body)) {
    try {
      await checkSecret(context, document, signedBy);
    } catch (cause) {
      // Between the two, another process may have ended the package, and its key with it.
      const { state } = await sourceOf(database, document, situation);
      if (state === 'released') throw cause;
      return orSpent(database, document, bytes);
    }
  }
  if (document.body.kind === 'adopt') await assertPlaces(database, context.kv, document.body);
  if (document.body.kind === 'rotate-shares') {
    const { body } = document;
    await assertUntouched(database, context.kv, body, await setsOf(database, body));
  }
  if (document.body.kind === 'new-version') {
    const rows = await versionRows(database);
    assertActive(rows, document.body.keyVersion);
    assertFree(rows, situation.trust, document.body.nextVersion);
  }
  if (document.body.kind === 'roster' && document.body.admins !== null) {
    await assertCanBeAdmins(database, document.body.admins);
  }
  await finishOpenCommits(context, signedBy.manifest.body.keyVersion);

  await database.transaction(async (tx) => {
    const people = await peopleToTell(tx, document, situation);
    if (!(await keep(tx, context, by, document, bytes, signedBy))) return;
    await keepPeople(tx, document.digest, people);
    await tellOfImport(tx, context, document);
  });
  const hindrance = await hindranceOf(context, situation, document);
  if (hindrance !== undefined) {
    // It ends by itself: whoever brought it has refused nothing.
    await endNegatively(context, situation, document.digest, hindrance, undefined);
  }
  const kept = await findBundle(database, document.digest);
  if (kept === undefined) throw refuseFlow('bundle-unknown');
  return kept;
}

/** Those whose secret is a vault component. */
const isWithComponent = ({ kind }: BundleDocument['body']): boolean =>
  kind === 'setup' || kind === 'rotate-shares' || kind === 'new-version';

const idOf = (by: Beginner) => (by === 'console' ? undefined : { adminId: by.id });

/**
 * A bundle that replaces every admin is taken on the console, where nobody signs in, and nothing
 * else is.
 */
function assertRightWay(body: BundleDocument['body'], by: Beginner): void {
  const replaces = replacesAdmins(body);
  if (replaces !== (by === 'console')) throw refuseFlow('way-of-import', replaces);
}

/** The row when exactly this file came before; other signatures under the same digest are refused. */
async function sameFile(
  on: Queryable,
  digest: string,
  bytes: Uint8Array,
): Promise<BundleRow | undefined> {
  const found = await findBundle(on, digest);
  if (found === undefined) return undefined;
  const kept = await findDocument(on, hexToBytes(digest));
  if (kept === undefined || !equalBytes(kept.content, bytes)) throw refuseFlow('bundle-differs');
  return found;
}

/** A package that is used up: by the same file a moment earlier, or by something else. */
async function orSpent(
  on: Queryable,
  document: BundleDocument,
  bytes: Uint8Array,
): Promise<BundleRow> {
  const found = await sameFile(on, document.digest, bytes);
  if (found === undefined) throw refuseFlow('package-spent');
  return found;
}

/** A component that no custodian could complete is found before two people wait for it. */
async function checkSecret(
  context: FlowContext,
  document: BundleDocument,
  { manifest, next }: SignedBy,
): Promise<void> {
  const { body } = next ?? manifest;
  const key = await recipientKeyOf(context, document.body.nonce);
  const component = await openBundle(document.body, key).finally(() => key.fill(0));
  try {
    const fits =
      component.length === body.componentBytes &&
      checkValueFits('vault-component', component, body.componentId, body.checks.vaultComponent);
    if (!fits) throw refuseFlow('component-wrong');
    if (next !== undefined && isOf(manifest.body, component)) {
      throw refuseRenewal('component-unchanged');
    }
  } finally {
    component.fill(0);
  }
}

/** @returns false when exactly this file came a moment earlier */
async function keep(
  tx: Queryable,
  context: FlowContext,
  by: Beginner,
  document: BundleDocument,
  bytes: Uint8Array,
  { manifest, roster, next = manifest }: SignedBy,
): Promise<boolean> {
  const { body } = document;
  const digest = hexToBytes(document.digest);
  const { now } = await databaseTime(tx);
  const found = await findPackage(tx, body.nonce, true);
  await saveDocument(tx, { type: 'bundle', digest, content: bytes });
  const brought = [
    ...('manifest' in body ? [['manifest', next, body.manifest] as const] : []),
    ...('roster' in body ? [['roster', roster, body.roster] as const] : []),
  ];
  for (const [type, one, embedded] of brought) {
    const entry = { type, digest: hexToBytes(one.digest), content: encodeJson(embedded) };
    if (await saveDocument(tx, entry)) continue;
    // Trust would name what is kept, and whoever signed that may be trusted no more.
    const kept = await findDocument(tx, entry.digest);
    if (kept === undefined || !equalBytes(kept.content, entry.content)) {
      throw refuseFlow('signed-otherwise', type);
    }
  }
  const email = body.kind === 'recover' ? body.escrowedEmail : undefined;
  const { state, notBefore } = firstState(context, body, now);
  const inserted = await tx.run(
    `INSERT INTO conclave.bundles (digest, nonce, kind, state, imported_by, not_before, received_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      digest,
      hexToBytes(body.nonce),
      body.kind,
      state,
      by === 'console' ? null : by.id,
      notBefore,
      now,
    ],
  );
  if (inserted === 0) {
    // The same file a moment earlier is no conflict; another bundle for this nonce is.
    if ((await sameFile(tx, document.digest, bytes)) !== undefined) return false;
    throw refuseFlow('package-spent');
  }
  if (found?.state !== 'released') throw refuseFlow('package-spent');
  await appendEvent(tx, {
    type: 'bundle-imported',
    ...idOf(by),
    subject: digest,
    facts: {
      kind: body.kind,
      nonce: body.nonce,
      ...(notBefore === null ? {} : { notBefore: notBefore.toISOString() }),
      ...(email === undefined ? {} : { escrowedEmail: email.outcome }),
    },
  });
  if (by !== 'console' && body.kind === 'recover' && email !== undefined) {
    await tellCheckTick(tx, by, body, email, now);
  }
  return true;
}

/** How the escrowed address compared, in CheckTick's audit tables: also of a bundle that ends. */
async function tellCheckTick(
  tx: Queryable,
  by: Exclude<Beginner, 'console'>,
  { facts }: RecoverBundle,
  check: EmailCheck,
  now: Date,
): Promise<void> {
  const { outcome, account, stated, reason } = check;
  await recordChange(tx, await lockRequest(tx, facts.requestId, now), {
    event: 'escrowed_email_compared',
    severity: isUnusual(outcome) ? 'warning' : 'info',
    actorId: by.userId,
    details: { outcome, account, stated, ...(reason === null ? {} : { reason }) },
    message: `The escrowed e-mail address of recovery ${facts.requestCode} was compared on the laptop: ${outcome}.`,
    at: now,
  });
}

/** What waits for objections alone is told as what waits: its delay has begun. */
async function tellOfImport(
  tx: Queryable,
  { config }: FlowContext,
  document: BundleDocument,
): Promise<void> {
  const found = replacesAdmins(document.body) ? await findBundle(tx, document.digest) : undefined;
  const until = found?.notBefore ?? undefined;
  if (until === undefined) await tellCustodians(tx, config, document, 'verified');
  else await tellCustodians(tx, config, document, 'delay', { until });
}

/** What changes trust waits for two approvers; where nobody is left to approve, it waits longest. */
function firstState(
  { config }: FlowContext,
  body: BundleDocument['body'],
  now: Date,
): { readonly state: 'verified' | 'waiting'; readonly notBefore: Date | null } {
  if (needsApproval(body)) return { state: 'verified', notBefore: null };
  if (leavesTrust(body.kind)) return { state: 'waiting', notBefore: now };
  const wait = longestDelayHours(config) * 3_600_000;
  return { state: 'waiting', notBefore: new Date(now.getTime() + wait) };
}

/** Why an authentic bundle may not be committed, when that is already certain. */
async function hindranceOf(
  { database }: FlowContext,
  { installation }: Situation,
  document: BundleDocument,
): Promise<{ readonly outcome: 'expired' | 'refused'; readonly statement: string } | undefined> {
  const found = await findPackage(database, document.body.nonce);
  const { now } = await databaseTime(database);
  if (found !== undefined && found.expiresAt <= now) {
    return {
      outcome: 'expired',
      statement: `Its package expired at ${formatTime(found.expiresAt)}. Nothing was changed.`,
    };
  }
  if (document.body.epoch !== installation.epoch) {
    return {
      outcome: 'refused',
      statement: `Trust has changed since its package was made (epoch ${document.body.epoch}, now ${installation.epoch}). Nothing was changed.`,
    };
  }
  return undefined;
}
