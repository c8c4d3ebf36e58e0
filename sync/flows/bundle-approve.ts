/**
 * Approving and refusing bundles. Only what changes trust is approved here: a setup, by two people
 * who did not import it, each typing the manifest's eight words from the witness's paper.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { BundleDocument, SetupBundle } from '../../shared/bundle/bundle.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { type ManifestDocument, parseManifest } from '../../shared/sharing/manifest.ts';
import type { Admin } from '../admins/admins.ts';
import type { Approvable, Recorded, Shown } from '../approvals/approvable.ts';
import { approvalsOf, isOneOf, twoDifferentApprovers } from '../approvals/approvals.ts';
import { delayHoursFor } from '../config/config.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { readInstallation } from '../database/settings.ts';
import { tellCustodians } from '../mail/tell-custodians.ts';
import { aboutBundle, BUNDLE_APPROVE, importerOf } from './bundle-approved.ts';
import { operatorFacts, peopleOf, toldFacts } from './bundle-people.ts';
import {
  bundleByPrefix,
  bundleDocument,
  type BundleRow,
  endNegatively,
  findBundle,
  lockBundle,
} from './bundles.ts';
import { dropClaim } from './claims.ts';
import type { FlowContext } from './context.ts';
import { refuseFlow } from './refusals.ts';
import { soundSituation } from './resume.ts';
import { wordsOf } from './words.ts';

/** A setup as stored, with the share set that it brings. @throws Refusal `approval-not-needed` */
async function setupOf(
  tx: Queryable,
  digest: string,
): Promise<{
  readonly document: BundleDocument;
  readonly body: SetupBundle;
  readonly manifest: ManifestDocument;
}> {
  const { mode } = await readInstallation(tx);
  const document = await bundleDocument(tx, digest, mode);
  const { body } = document;
  if (body.kind !== 'setup') throw refuseFlow('approval-not-needed');
  return { document, body, manifest: parseManifest(encodeJson(body.manifest), mode) };
}

async function show(
  tx: Queryable,
  { config }: FlowContext,
  { admin, subject: prefix }: Parameters<Approvable['show']>[2],
): Promise<Shown> {
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) throw refuseFlow('bundle-unknown');
  const { digest } = await bundleByPrefix(tx, prefix);
  const found = await lockBundle(tx, digest);
  const { body, manifest } = await setupOf(tx, digest);
  if (found.state !== 'verified') throw refuseFlow('bundle-state', found.state, 'verified');
  const person = { adminId: admin.id, userId: admin.userId };
  if (isOneOf(person, [importerOf(found)])) throw refuseFlow('own-approval');
  const before = await approvalsOf(tx, aboutBundle(digest));
  if (isOneOf(person, before)) throw refuseFlow('approved-already');
  const { label, threshold, count, shares } = manifest.body;
  return {
    subject: digest,
    subjectDigest: hexToBytes(digest),
    sentence: `Set up platform key version ${body.keyVersion} and trust share set ${asOneLine(label)}, ${threshold} of ${count}.`,
    delayHours: delayHoursFor(config, found.kind),
    expiresAt: found.expiresAt,
    facts: [
      ['bundle in words', wordsOf(digest)],
      ['custodians', asOneLine(shares.map(({ custodian }) => custodian.name).join(', '), 1_000)],
      ...operatorFacts(body),
      ['made at', body.createdAt],
      ['transcript head', body.transcript.head],
      ['imported by', asOneLine(found.importerName)],
      ['imported at', formatTime(found.receivedAt)],
      ...toldFacts(await peopleOf(tx, digest), {
        isMailSet: config.mail !== undefined,
        addresses: true,
      }),
      // Shown only after they were typed from the witness's paper, and signed with the rest.
      ['words on the witness’s paper', wordsOf(body.manifestDigest)],
      ...before.map(
        (one) =>
          [
            'first approval',
            `${asOneLine(one.adminName)} at ${formatTime(one.at)}: ${asOneLine(one.reason, 600)}`,
          ] as const,
      ),
      ['after this', before.length === 0 ? 'one more approver is needed' : 'the delay begins'],
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
  const two = twoDifferentApprovers(await approvalsOf(tx, aboutBundle(digest)), {
    notAlso: [importerOf(found)],
  });
  if (two === undefined) return;
  const hours = delayHoursFor(config, found.kind);
  const until = new Date(now.getTime() + hours * 3_600_000);
  await tx.run(
    `UPDATE conclave.bundles SET state = 'waiting', approved_at = $2, not_before = $3
      WHERE digest = $1`,
    [subject, now, until],
  );
  await tellCustodians(tx, config, (await setupOf(tx, digest)).document, 'delay', { until });
}

/** @throws Refusal `approval-not-needed`, `bundle-state`, `own-approval`, `approved-already` */
export const approveBundle: Approvable = {
  action: BUNDLE_APPROVE,
  roles: ['approver'],
  async ready(context) {
    await soundSituation(context);
  },
  show,
  words: async (tx, _context, digest) => (await setupOf(tx, digest)).body.manifestDigest,
  apply,
};

/**
 * Ends a bundle that nobody has begun to commit, with a signed negative receipt.
 * @throws Refusal `bundle-state` once its commit has begun or it has ended
 */
export async function refuseBundle(
  context: FlowContext,
  admin: Admin,
  digest: string,
  reason: string,
): Promise<void> {
  const situation = await soundSituation(context);
  const found = await findBundle(context.database, digest);
  if (found === undefined) throw refuseFlow('bundle-unknown');
  // A recovery that stopped for a person before its rows were written changed nothing but a line
  // in Vault's audit trail; a setup may have left its component there.
  const open: BundleRow['state'][] =
    found.kind === 'recover' ? ['waiting', 'committing'] : ['verified', 'waiting'];
  await endNegatively(
    context,
    situation,
    digest,
    { outcome: 'refused', statement: `Refused by an approver: ${reason}`.slice(0, 600) },
    { adminId: admin.id },
    open,
  );
  if (found.kind === 'recover') await dropClaim(context, digest);
}

/** Who approved it so far, oldest first. */
export function bundleApprovals({ database }: FlowContext, digest: string) {
  return approvalsOf(database, aboutBundle(digest));
}
