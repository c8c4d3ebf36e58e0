/**
 * Two approvers accept that a recovery was written and is not there as it was written. Only a commit
 * whose rows were written, and only what they were shown.
 * @module
 */
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { isRecovery, type RecoveryBundle } from '../../../shared/bundle/bundle.ts';
import { openBundle } from '../../../shared/bundle/bundle-secret.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { Approvable, Recorded, Shown } from '../../approvals/approvable.ts';
import { approvalsOf, isOneOf } from '../../approvals/approvals.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { readInstallation } from '../../database/settings.ts';
import { bundleByPrefix, bundleDocument, type BundleRow, lockBundle } from '../bundles/bundles.ts';
import { isWritten, openIntent } from '../commit/intent.ts';
import type { Intent, ReadBack } from '../bundles/commit-kind.ts';
import { KINDS } from '../commit/secret.ts';
import { runCommit } from '../commit/commit.ts';
import type { FlowContext } from '../../trust/context.ts';
import { aboutDifferences, ACCEPT, excludedFromAccepting } from '../bundles/differences.ts';
import { recipientKeyOf } from '../../trust/recipient.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { wordsOf } from '../../trust/eight-words.ts';

/** A recovery that was written and has no receipt. Its row is locked. */
interface Unfinished {
  readonly found: BundleRow;
  readonly document: Awaited<ReturnType<typeof bundleDocument>>;
  readonly body: RecoveryBundle;
  readonly intent: Intent;
}

async function unfinished(tx: Queryable, prefix: string): Promise<Unfinished> {
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) throw refuseFlow('bundle-unknown');
  const { digest } = await bundleByPrefix(tx, prefix);
  const found = await lockBundle(tx, digest);
  const { mode } = await readInstallation(tx);
  const document = await bundleDocument(tx, digest, mode);
  const { body } = document;
  if (!isRecovery(body)) throw refuseFlow('difference-never');
  const intent = await openIntent(tx, digest);
  if (intent === undefined || !(await isWritten(tx, digest))) {
    throw refuseFlow('bundle-state', found.state, 'written and without a receipt');
  }
  return { found, document, body, intent };
}

async function readNow(
  tx: Queryable,
  context: FlowContext,
  { found, document, body, intent }: Unfinished,
): Promise<ReadBack> {
  const secret = await secretOf(context, body);
  const kind = KINDS[found.kind];
  const started = kind.start();
  try {
    return await kind.readBack({ context, document, intent, secret, started }, tx);
  } finally {
    started.forget();
    secret?.fill(0);
  }
}

/** Null: the package's key is gone. The bundle's row is locked, so it has not ended. */
async function secretOf(context: FlowContext, body: RecoveryBundle): Promise<Uint8Array | null> {
  try {
    const key = await recipientKeyOf(context, body.nonce);
    return await openBundle(body, key).finally(() => key.fill(0));
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code !== 'package-key-missing') throw cause;
    return null;
  }
}

async function show(
  tx: Queryable,
  context: FlowContext,
  { admin, subject: prefix }: Parameters<Approvable['show']>[2],
): Promise<Shown> {
  const open = await unfinished(tx, prefix);
  const { found, body } = open;
  const { digest } = found;
  const person = { adminId: admin.id, userId: admin.userId };
  if (isOneOf(person, await excludedFromAccepting(tx, found, body)))
    throw refuseFlow('own-approval');
  const { read, differs } = await readNow(tx, context, open);
  if (differs.length === 0) throw refuseFlow('difference-none');
  const about = aboutDifferences(digest, differs);
  const before = await approvalsOf(tx, about);
  if (isOneOf(person, before)) throw refuseFlow('approved-already');
  const { surveyId, surveyName, userId, userName, requestCode } = body.facts;
  return {
    subject: digest,
    subjectDigest: about.subject,
    sentence: `End the commit of the recovery of survey ${surveyId} (${asOneLine(surveyName)}) for user ${userId} (${asOneLine(userName)}), request ${requestCode}, although ${differs.some(({ why }) => why === 'changed') ? 'not everything that it wrote is there any more' : 'not everything that it wrote can be proved'}.`,
    facts: [
      ['bundle in words', wordsOf(digest)],
      ['written at', formatTime(open.intent.at)],
      ...differs.map(
        ({ place, found: there }, at) =>
          [`difference ${at + 1}`, asOneLine(`${place}: ${there}`, 1_000)] as const,
      ),
      ['as it was written', asOneLine(read.join('; ') || 'nothing', 1_000)],
      [
        'before you approve',
        'Ask the user, and whoever looks after CheckTick, who wrote there. If nobody did who may, have it put right instead and let an operator commit again.',
      ],
      [
        'what it does',
        'Nothing is written. The receipt names these places as not read back. The one-time passphrase stays as it is until it is acknowledged or expires.',
      ],
      ...before.map(
        (one) =>
          [
            'first approval',
            `${asOneLine(one.adminName)} at ${formatTime(one.at)}: ${asOneLine(one.reason, 600)}`,
          ] as const,
      ),
      ['after this', before.length === 0 ? 'one more approver is needed' : 'the commit ends'],
    ],
  };
}

async function apply(
  tx: Queryable,
  _context: FlowContext,
  { admin, shown }: Recorded,
): Promise<void> {
  await appendEvent(tx, {
    type: 'difference-accepted',
    adminId: admin.id,
    subject: hexToBytes(shown.subject),
  });
}

/**
 * @throws Refusal `difference-never` (a setup or a roster), `difference-none`, `bundle-state`,
 *   `own-approval`, `approved-already`
 */
export const acceptDifference: Approvable = {
  action: ACCEPT,
  roles: ['approver'],
  show,
  apply,
  async after(context, { shown }) {
    try {
      await runCommit(context, shown.subject, undefined);
    } catch (cause) {
      // One more approver is needed, or a part is down: every replica goes on with it by itself.
      if (!(cause instanceof Refusal)) throw cause;
    }
  },
};
