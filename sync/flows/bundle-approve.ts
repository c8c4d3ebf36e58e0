/**
 * Approving and refusing bundles. Only what changes trust is approved here: a setup or a roster, by
 * two people who did not import it, each typing the eight words of the manifest or of the roster
 * from the witness's paper.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type {
  Bundle,
  BundleDocument,
  RosterBundle,
  SetupBundle,
} from '../../shared/bundle/bundle.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { decodeEnvelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { changeInWords, rosterChanges } from '../../shared/identity/roster-change.ts';
import { rosterType } from '../../shared/identity/roster.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import type { Admin } from '../admins/admins.ts';
import type { Approvable, Recorded, Shown } from '../approvals/approvable.ts';
import { approvalsOf, isOneOf, twoDifferentApprovers } from '../approvals/approvals.ts';
import { delayHoursFor } from '../config/config.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent, findDocument } from '../database/documents.ts';
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
import { rosterIn, rosterInWords } from './roster-words.ts';
import { wordsOf } from './words.ts';

/** What is approved: its sentence, its own facts, and the digest whose words are typed. */
interface TrustChange {
  readonly document: BundleDocument;
  readonly body: Bundle;
  readonly sentence: string;
  readonly facts: Shown['facts'];
  readonly typed: string;
}

/** As stored. @throws Refusal `approval-not-needed` */
async function trustChangeOf(tx: Queryable, digest: string): Promise<TrustChange> {
  const { mode } = await readInstallation(tx);
  const document = await bundleDocument(tx, digest, mode);
  const { body } = document;
  if (body.kind === 'setup') return { document, ...setupIn(body) };
  if (body.kind === 'roster' && body.admins === null) {
    return { document, ...(await rosterChangeIn(tx, body)) };
  }
  throw refuseFlow('approval-not-needed');
}

function setupIn(body: SetupBundle): Omit<TrustChange, 'document'> {
  const { label, threshold, count, shares } = parseManifest(
    encodeJson(body.manifest),
    body.mode,
  ).body;
  return {
    body,
    sentence: `Set up platform key version ${body.keyVersion} and trust share set ${asOneLine(label)}, ${threshold} of ${count}.`,
    facts: [
      ['custodians', asOneLine(shares.map(({ custodian }) => custodian.name).join(', '), 1_000)],
    ],
    typed: body.manifestDigest,
  };
}

async function rosterChangeIn(
  tx: Queryable,
  body: RosterBundle,
): Promise<Omit<TrustChange, 'document'>> {
  const source = await findDocument(tx, hexToBytes(body.packageDigest));
  if (source === undefined) throw refuseFlow('package-unknown');
  const { body: from, digest } = packageType.parse(source.content, body.mode);
  // The bundle, which a quorum signed, names the package by its digest.
  if (from.kind !== 'roster' || digest !== body.packageDigest) throw refuseFlow('package-differs');
  const present = rosterType.parseEnvelope(
    decodeEnvelope(encodeJson(from.roster), 'roster'),
    body.mode,
  ).body;
  const roster = rosterIn(body);
  const changes = rosterChanges(present.people, roster.people).map(changeInWords);
  return {
    body,
    sentence: `${rosterInWords(roster, null)}.`,
    facts: [
      ['in force now', `roster ${present.serial}`],
      ...changes.map((change, at) => [`change ${at + 1}`, asOneLine(change, 300)] as const),
      [
        'takes part then',
        asOneLine(
          roster.people.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join(', '),
          2_000,
        ),
      ],
    ],
    typed: body.rosterDigest,
  };
}

async function show(
  tx: Queryable,
  { config }: FlowContext,
  { admin, subject: prefix }: Parameters<Approvable['show']>[2],
): Promise<Shown> {
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) throw refuseFlow('bundle-unknown');
  const { digest } = await bundleByPrefix(tx, prefix);
  const found = await lockBundle(tx, digest);
  const { body, sentence, facts, typed } = await trustChangeOf(tx, digest);
  if (found.state !== 'verified') throw refuseFlow('bundle-state', found.state, 'verified');
  const person = { adminId: admin.id, userId: admin.userId };
  if (isOneOf(person, [importerOf(found)])) throw refuseFlow('own-approval');
  const before = await approvalsOf(tx, aboutBundle(digest));
  if (isOneOf(person, before)) throw refuseFlow('approved-already');
  return {
    subject: digest,
    subjectDigest: hexToBytes(digest),
    sentence,
    delayHours: delayHoursFor(config, found.kind),
    expiresAt: found.expiresAt,
    facts: [
      ['bundle in words', wordsOf(digest)],
      ...facts,
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
      ['words on the witness’s paper', wordsOf(typed)],
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
  await tellCustodians(tx, config, (await trustChangeOf(tx, digest)).document, 'delay', { until });
}

/** @throws Refusal `approval-not-needed`, `bundle-state`, `own-approval`, `approved-already` */
export const approveBundle: Approvable = {
  action: BUNDLE_APPROVE,
  roles: ['approver'],
  async ready(context) {
    await soundSituation(context);
  },
  show,
  words: async (tx, _context, digest) => (await trustChangeOf(tx, digest)).typed,
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
