/**
 * A custodian or witness stops a bundle that changes trust or components, by a one-time link, at
 * any time before it is written. It ends with a burnt nonce and a signed negative receipt, which
 * follows (due.ts) where Vault was away.
 * @module
 */
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { readInstallation } from '../../database/settings.ts';
import { findLink, type Link, useLink } from '../../mail/links.ts';
import { inWords } from '../../mail/messages.ts';
import { changeOf } from '../../words/change.ts';
import {
  bundleDocument,
  type BundleRow,
  endBundle,
  FINAL,
  findBundle,
  lockBundle,
} from '../bundles/bundles.ts';
import { isInVault } from '../commit/secret.ts';
import { isWritten } from '../commit/intent.ts';
import { type FlowContext, type Situation, situationToSign } from '../../trust/context.ts';
import { destroySpentKeysIfPossible } from '../bundles/receipts.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { wordsOf } from '../../trust/eight-words.ts';

/** What the page shows of a change of trust or components. */
export interface ChangeObjectable {
  readonly state: 'change';
  readonly standing: 'open' | 'stopped' | 'too-late';
  /** One sentence: what would change, or what did. */
  readonly sentence: string;
  readonly broughtBy: string;
  readonly broughtAt: string;
  /** The end of the delay, once it runs. */
  readonly until: string | null;
  /** Eight words, for a call. */
  readonly reference: string;
}

/** A link to a bundle. */
export type BundleLink = Link & { readonly bundleDigest: string };

async function described(
  on: Queryable,
  found: BundleRow,
  standing: ChangeObjectable['standing'],
): Promise<ChangeObjectable> {
  const { mode } = await readInstallation(on);
  const { body } = await bundleDocument(on, found.digest, mode);
  const change = changeOf(body);
  const sentence = (found.state === 'committed' ? change?.done : change?.sentence) ?? '';
  return {
    state: 'change',
    standing,
    sentence,
    broughtBy: asOneLine(found.importerName, 100),
    broughtAt: inWords(found.receivedAt),
    until: found.notBefore === null ? null : inWords(found.notBefore),
    reference: wordsOf(found.digest),
  };
}

/** What a link is about. Changes nothing. */
export async function lookAtBundle(
  on: Queryable,
  { bundleDigest }: BundleLink,
): Promise<ChangeObjectable | undefined> {
  const found = await findBundle(on, bundleDigest);
  if (found === undefined) return undefined;
  const written = found.state === 'committed' || (await isWritten(on, bundleDigest));
  const standing = written ? 'too-late' : FINAL.includes(found.state) ? 'stopped' : 'open';
  return described(on, found, standing);
}

/** Stops it; `undefined` when the link was used a moment earlier. */
export async function objectToBundle(
  context: FlowContext,
  token: string,
  link: BundleLink,
): Promise<ChangeObjectable | undefined> {
  const situation = await situationToSign(context);
  const answer = await context.database.transaction((tx) =>
    objectIn(tx, context, situation, token, link),
  );
  if (answer?.standing === 'stopped') await destroySpentKeysIfPossible(context);
  return answer;
}

/** Locks in the order of a commit: the bundle. Then the link, which is used once. */
async function objectIn(
  tx: Queryable,
  context: FlowContext,
  situation: Situation | undefined,
  token: string,
  { bundleDigest: digest, person }: BundleLink,
): Promise<ChangeObjectable | undefined> {
  const found = await lockBundle(tx, digest);
  const { now } = await databaseTime(tx);
  // Under the lock: two presses of the same button are one objection.
  if ((await findLink(tx, token, now, true)) === undefined) return undefined;
  const end = async (standing: ChangeObjectable['standing']): Promise<ChangeObjectable> => {
    await useLink(tx, token, standing, now);
    return described(tx, found, standing);
  };
  if (found.state === 'committed') return end('too-late');
  if (FINAL.includes(found.state)) return end('stopped');
  const { mode, epoch } = await readInstallation(tx);
  const document = await bundleDocument(tx, digest, mode);
  if (await isWritten(tx, digest)) return end('too-late');
  if (found.state === 'committing') {
    // Only Vault knows whether it is too late: nothing is promised, and the link stays good.
    if (situation === undefined) throw refuseFlow('commit-unfinished', digest);
    // A commit that died between Vault and the database goes on as soon as somebody looks.
    if (await isInVault(tx, { context, situation, document }, found)) return end('too-late');
  }
  const who = person === '' ? 'Somebody who is listed' : asOneLine(person, 400);
  const statement = `${who} objected by the link in the mail. Nothing was changed.`;
  const ending = { outcome: 'objected', statement, readBack: [], epoch } as const;
  await endBundle(tx, context, situation, document, found.keyVersion, ending, now);
  await appendEvent(tx, {
    type: 'bundle-objected',
    subject: hexToBytes(digest),
    facts: { people: [who] },
  });
  return end('stopped');
}
