/**
 * Approving and refusing bundles, by two people who neither asked for their package nor imported
 * them: a setup or a roster, each typing the eight words of the manifest or of the roster from the
 * witness's paper, and a recovery whose escrowed address did not match.
 * @module
 */
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { type BundleDocument, isRecoveryKind } from '../../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import type { Admin } from '../../admins/admins.ts';
import type { Approvable, Recorded, Shown } from '../../approvals/approvable.ts';
import {
  type Approval,
  approvalsOf,
  type Excluded,
  isOneOf,
  twoDifferentApprovers,
} from '../../approvals/approvals.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { readInstallation } from '../../database/settings.ts';
import { tellCustodians } from '../bundles/tell-custodians.ts';
import { aboutOf, excludedFromBundle } from '../bundles/approvable.ts';
import { aboutBundle, BUNDLE_APPROVE } from '../bundles/approved.ts';
import { operatorFacts, peopleOf, toldFacts } from '../bundles/people.ts';
import {
  bundleByPrefix,
  bundleDocument,
  type BundleRow,
  endNegatively,
  findBundle,
  lockBundle,
} from '../bundles/bundles.ts';
import { type FlowContext, situationToSign } from '../../trust/context.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { soundSituation } from '../commit/resume.ts';
import { wordsOf } from '../../trust/eight-words.ts';

/** The bundle as stored. */
async function storedBundle(tx: Queryable, digest: string): Promise<BundleDocument> {
  const { mode } = await readInstallation(tx);
  return bundleDocument(tx, digest, mode);
}

/**
 * Whether this admin may approve a bundle that waits for approvers.
 * @throws Refusal `own-approval`, `approved-already`
 */
export function assertBundleOpenTo(
  admin: Admin,
  {
    notAlso,
    before,
  }: { readonly notAlso: readonly Excluded[]; readonly before: readonly Approval[] },
): void {
  const person = { adminId: admin.id, userId: admin.userId };
  if (isOneOf(person, notAlso)) throw refuseFlow('own-approval');
  if (isOneOf(person, before)) throw refuseFlow('approved-already');
}

async function show(
  tx: Queryable,
  { config }: FlowContext,
  { admin, subject: prefix }: Parameters<Approvable['show']>[2],
): Promise<Shown> {
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) throw refuseFlow('bundle-unknown');
  const { digest } = await bundleByPrefix(tx, prefix);
  const found = await lockBundle(tx, digest);
  const { body } = await storedBundle(tx, digest);
  const { typed, delayHours, sentence, facts } = await aboutOf(tx, body, config);
  if (found.state !== 'verified') throw refuseFlow('bundle-state', found.state, 'verified');
  const before = await approvalsOf(tx, aboutBundle(digest));
  const notAlso = await excludedFromBundle(tx, found, body);
  assertBundleOpenTo(admin, { notAlso, before });
  const last = delayHours === 0 ? 'it can be committed' : 'the delay begins';
  return {
    subject: digest,
    subjectDigest: hexToBytes(digest),
    sentence,
    delayHours,
    expiresAt: found.expiresAt,
    facts: [
      ['bundle in words', wordsOf(digest)],
      ...facts,
      ...operatorFacts(body),
      ['made at', body.createdAt],
      ['transcript head', body.transcript.head],
      ['package asked for by', asOneLine(found.askerName)],
      ['imported by', asOneLine(found.importerName)],
      ['imported at', formatTime(found.receivedAt)],
      ...toldFacts(await peopleOf(tx, digest), {
        isMailSet: config.mail !== undefined,
        addresses: true,
      }),
      // Shown only after they were typed from the witness's paper, and signed with the rest.
      ...(typed === null ? [] : [['words on the witness’s paper', wordsOf(typed)] as const]),
      ...before.map(
        (one) =>
          [
            'first approval',
            `${asOneLine(one.adminName)} at ${formatTime(one.at)}: ${asOneLine(one.reason, 600)}`,
          ] as const,
      ),
      ['after this', before.length === 0 ? 'one more approver is needed' : last],
    ],
  };
}

async function apply(
  tx: Queryable,
  { config }: FlowContext,
  { admin, shown, now }: Recorded,
): Promise<void> {
  const { subject: digest, subjectDigest: subject } = shown;
  const found = await lockBundle(tx, digest);
  await appendEvent(tx, { type: 'bundle-approved', adminId: admin.id, subject });
  const document = await storedBundle(tx, digest);
  const two = twoDifferentApprovers(await approvalsOf(tx, aboutBundle(digest)), {
    notAlso: await excludedFromBundle(tx, found, document.body),
  });
  if (two === undefined) return;
  const { delayHours: hours } = await aboutOf(tx, document.body, config);
  const until = new Date(now.getTime() + hours * 3_600_000);
  await tx.run(
    `UPDATE conclave.bundles SET state = 'waiting', approved_at = $2, not_before = $3
      WHERE digest = $1`,
    [subject, now, until],
  );
  await tellCustodians(tx, config, document, 'delay', { until });
}

/** @throws Refusal `approval-not-needed`, `bundle-state`, `own-approval`, `approved-already` */
export const approveBundle: Approvable = {
  action: BUNDLE_APPROVE,
  roles: ['approver'],
  async ready(context) {
    await soundSituation(context);
  },
  show,
  words: async (tx, { config }, digest) =>
    (await aboutOf(tx, (await storedBundle(tx, digest)).body, config)).typed,
  apply,
};

/**
 * Ends a bundle that nobody has begun to commit, with a signed negative receipt; while Vault is away
 * the receipt follows (endings/due.ts).
 * @throws Refusal `bundle-state` once its commit has begun or it has ended
 */
export async function refuseBundle(
  context: FlowContext,
  admin: Admin,
  digest: string,
  reason: string,
): Promise<void> {
  const situation = await situationToSign(context, soundSituation);
  const found = await findBundle(context.database, digest);
  if (found === undefined) throw refuseFlow('bundle-unknown');
  // A recovery that stopped for a person before its rows were written changed nothing but a line
  // in Vault's audit trail; a setup may have left its component there.
  const open: BundleRow['state'][] = isRecoveryKind(found.kind)
    ? ['verified', 'waiting', 'committing']
    : ['verified', 'waiting'];
  await endNegatively(
    context,
    situation,
    digest,
    { outcome: 'refused', statement: `Refused by an approver: ${reason}`.slice(0, 600) },
    { adminId: admin.id },
    open,
  );
}
