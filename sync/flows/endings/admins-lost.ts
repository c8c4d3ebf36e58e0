/**
 * All keys of all admins are lost: what the server's console does, where nobody can sign in. The
 * custodians' quorum decides; the console only carries. See docs/decisions/0013.
 * @module
 */
import type { PackageDocument } from '../../../shared/bundle/package.ts';
import { type Admin, listAdmins } from '../../admins/admins.ts';
import { previewBundle } from '../incoming/preview.ts';
import { importBundle } from '../incoming/import.ts';
import {
  type BundleRow,
  bundleByPrefix,
  bundleDocument,
  endNegatively,
  listBundles,
} from '../bundles/bundles.ts';
import { type FlowContext, readSituation, situationToSign } from '../../trust/context.ts';
import { makeRosterPackage } from '../packages/roster.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { commitBundle, soundSituation } from '../commit/resume.ts';
import type { Named } from '../../trust/trust.ts';
import { assertWords } from '../../trust/eight-words.ts';

/** Somebody must be told, and able to object. A rehearsal has nobody to tell. */
function assertCanTell({ config }: FlowContext): void {
  if (config.mode === 'production' && config.mail === undefined) {
    throw refuseFlow('lost-needs-mail');
  }
}

/**
 * The package for the ceremony that names two new admins.
 * @param keyVersion whose custodians sign; may be left out when sync trusts one version only
 * @param named the set of that version whose custodians come
 * @throws Refusal `lost-needs-mail`, `no-trust`, `lost-version`, `set-not-named`
 */
export async function makeLostPackage(
  context: FlowContext,
  keyVersion: string | undefined,
  named: Named = {},
): Promise<PackageDocument> {
  assertCanTell(context);
  const { trust } = await readSituation(context);
  if (trust === null) throw refuseFlow('no-trust');
  const versions = Object.keys(trust.versions).sort();
  const [only] = versions;
  const chosen = keyVersion ?? (versions.length === 1 ? only : undefined);
  if (chosen === undefined || !versions.includes(chosen)) {
    throw refuseFlow('lost-version', versions);
  }
  return makeRosterPackage(context, 'console', chosen, named);
}

/**
 * Takes in the bundle of that ceremony: from now on it waits, and whoever objects ends it.
 * @param words the eight words of the new roster, as the witness's paper has them
 * @throws Refusal as an import, `words-differ`, `lost-needs-mail`, `way-of-import`
 */
export async function importLost(
  context: FlowContext,
  bytes: Uint8Array,
  words: string,
): Promise<BundleRow> {
  assertCanTell(context);
  const { document } = await previewBundle(context, bytes);
  assertWords(words, document.body.rosterDigest);
  return importBundle(context, 'console', bytes);
}

/** Bundles that replace every admin, newest first. */
export async function listLost(context: FlowContext): Promise<BundleRow[]> {
  const { database } = context;
  const found = await listBundles(database);
  return found.filter(({ importedBy }) => importedBy === null);
}

/**
 * The one of them whose digest begins so.
 * @throws Refusal `bundle-unknown`, `way-of-import`
 */
export async function lostByPrefix(context: FlowContext, prefix: string): Promise<BundleRow> {
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) throw refuseFlow('bundle-unknown');
  const { database, config } = context;
  const found = await bundleByPrefix(database, prefix);
  const { body } = await bundleDocument(database, found.digest, config.mode);
  // SECURITY: the signed bundle says whether the console may commit it, not its row.
  if (body.kind !== 'roster' || body.admins === null) throw refuseFlow('way-of-import', false);
  return found;
}

/**
 * Commits it once its delay is over and nobody has objected.
 * @throws Refusal `bundle-too-early`, and whatever else is in the way
 */
export async function commitLost(context: FlowContext, prefix: string): Promise<BundleRow> {
  const { digest } = await lostByPrefix(context, prefix);
  return commitBundle(context, 'console', digest);
}

/**
 * Any one admin who has a key after all stops it, whatever his role.
 * @throws Refusal `way-of-import` for any other bundle, `bundle-state` once it has ended or is being
 *   committed
 */
export async function objectToLost(
  context: FlowContext,
  admin: Pick<Admin, 'id'>,
  prefix: string,
  reason: string,
): Promise<BundleRow> {
  const situation = await situationToSign(context, soundSituation);
  const { digest } = await lostByPrefix(context, prefix);
  const statement = `An admin objected: ${reason}`.slice(0, 600);
  await endNegatively(
    context,
    situation,
    digest,
    { outcome: 'objected', statement },
    { adminId: admin.id },
    ['waiting'],
  );
  return lostByPrefix(context, digest);
}

/** Names of the admins who can sign in, for a last question before anything is begun. */
export async function activeAdmins({ database }: FlowContext): Promise<string[]> {
  return (await listAdmins(database))
    .filter(({ state, kind }) => state === 'active' && kind === 'person')
    .map(({ name }) => name);
}
