/**
 * Whether a bundle is authentic: judged when it comes, and again at its commit on the stored bytes,
 * because who can write to the database could have changed them in between.
 * @module
 */
import { createHash } from 'node:crypto';
import {
  type Bundle,
  type BundleDocument,
  bundleType,
  verifyBundle,
} from '../../../shared/bundle/bundle.ts';
import { type PackageDocument, packageType } from '../../../shared/bundle/package.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { Queryable } from '../../database/database.ts';
import { excludedFromBundle, needsApproval } from './approvable.ts';
import { assertBundleApproved, assertTimeToObject } from './approved.ts';
import { signedByOf, type SignedBy } from './signed-by.ts';
import { type BundleRow, bundleDocument, committedRows } from './bundles.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { findPackage, packageDocument, type PackageRow } from '../package-rows/rows.ts';
import { refuseFlow } from '../../trust/refusals.ts';

/** The package that a bundle answers, as sync signed it. */
export async function sourceOf(
  on: Queryable,
  document: BundleDocument,
  situation: Situation,
): Promise<{ readonly document: PackageDocument; readonly state: PackageRow['state'] }> {
  const { nonce, packageDigest, kind } = document.body;
  const found = await findPackage(on, nonce);
  if (found === undefined || found.digest === null) throw refuseFlow('package-unknown');
  if (found.digest !== packageDigest || found.kind !== kind) throw refuseFlow('package-differs');
  const source = await packageDocument(on, found.digest, situation);
  if (source.body.epoch !== document.body.epoch) throw refuseFlow('package-differs');
  return { document: source, state: found.state };
}

/**
 * What passed {@link authenticate} in this process, by the exact bytes of bundle and package and by
 * who sync is. One commit asks three times, and signatures of the same bytes do not change.
 */
const passed = new Map<string, SignedBy>();
const PASSED_AT_MOST = 16;

/** Verifies every signature. What has passed here was made by a quorum and an operator. */
export function authenticate(
  document: BundleDocument,
  source: PackageDocument,
  situation: Situation,
): SignedBy {
  const { installation, identity } = situation;
  const bytes = createHash('sha256')
    .update(bundleType.toBytes(document))
    .update(packageType.toBytes(source))
    .digest('hex');
  const key = [bytes, installation.mode, installation.audience, identity.signer.keyid].join('/');
  const before = passed.get(key);
  if (before !== undefined) return before;
  const signedBy = verifyAll(document, source, situation);
  if (passed.size >= PASSED_AT_MOST) passed.clear();
  passed.set(key, signedBy);
  return signedBy;
}

function verifyAll(
  document: BundleDocument,
  source: PackageDocument,
  { identity, installation }: Situation,
): SignedBy {
  const signedBy = signedByOf(document.body, source, installation.mode);
  const { manifest } = signedBy;
  if (
    manifest.body.sync.audience !== installation.audience ||
    manifest.body.sync.publicKey !== identity.signer.keyid
  ) {
    throw refuseFlow('manifest-differs');
  }
  verifyBundle(document, manifest.body, signedBy.roster.body);
  return signedBy;
}

/** Runs `check`; whatever it refuses means that stored bytes are not those that were imported. */
async function asImported<T>(check: () => Promise<T> | T): Promise<T> {
  try {
    return await check();
  } catch (cause) {
    // A database that does not answer says nothing about the bytes.
    if (!(cause instanceof Refusal) || /^(?:database|bundle-not)-/.test(cause.code)) throw cause;
    throw refuseFlow('bundle-not-as-imported', cause.sentences.happened);
  }
}

/** The stored bundle, if its bytes, its row, the package that it answers and every signature fit together. */
async function authenticStored(
  on: Queryable,
  row: BundleRow,
  situation: Situation,
): Promise<BundleDocument> {
  const { installation } = situation;
  const document = await bundleDocument(on, row.digest, installation.mode);
  const { body } = document;
  const source = await asImported(() => sourceOf(on, document, situation));
  const same = body.nonce === row.nonce && body.kind === row.kind;
  if (!same || body.audience !== installation.audience) {
    throw refuseFlow('bundle-not-as-imported', 'Its row in the database is about another bundle.');
  }
  await asImported(() => authenticate(document, source.document, situation));
  return document;
}

/**
 * Judges a bundle at its commit as if it came now: the stored bytes, their digest, every signature,
 * by the set that sync trusts (recover, roster, rotate-shares, refresh, add-set, drill) or that two people approved (setup, adopt); and who
 * approved what needs it (approvable.ts).
 * @param everApproved counts approvers who have been disabled since: a commit that has written goes
 *   on without asking them again
 * @throws Refusal `bundle-not-as-imported`, `approvals-missing`, `approval-altered`, `delay-altered`
 */
export async function assertAuthentic(
  on: Queryable,
  found: BundleRow,
  work: { readonly context: FlowContext; readonly situation: Situation },
  options: { readonly everApproved: boolean },
): Promise<void> {
  // SECURITY: read again under the caller's lock; nothing that was parsed before is taken for it.
  const { body } = await authenticStored(on, found, work.situation);
  // The set of a recovery is the one that its manifest digest names, which was compared; that trust
  // names the same digest, and that two approved the request, is checked by commit/recover.ts.
  if (body.kind === 'roster' && body.admins !== null) await assertTimeToObject(on, found);
  if (!needsApproval(body)) return;
  const notAlso = await excludedFromBundle(on, found, body);
  await assertBundleApproved(on, work, found, { ...options, notAlso });
}

type BodyOf<K extends Bundle['kind']> = Extract<Bundle, { kind: K }>;

/**
 * What the committed bundles of a kind say, newest first.
 * SECURITY: that a bundle was committed, and when, its row says; what it says, a quorum signed. So
 * whoever writes to the database can leave one out or put one back, and never make one up.
 * @throws Refusal `bundle-not-as-imported` at the first that is not
 */
export async function* committedOf<K extends Bundle['kind']>(
  on: Queryable,
  kind: K,
  situation: Situation,
): AsyncGenerator<BodyOf<K>> {
  for (const row of await committedRows(on, kind)) {
    const { body } = await authenticStored(on, row, situation);
    // Its kind was compared with that of the row.
    yield body as BodyOf<K>;
  }
}
