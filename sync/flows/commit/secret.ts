/**
 * What a commit opens: the package's one-time key and the secret of the bundle, and what is known
 * where the key is gone.
 * @module
 */
import { type Bundle, type BundleDocument, isRecoveryKind } from '../../../shared/bundle/bundle.ts';
import { openBundle } from '../../../shared/bundle/bundle-secret.ts';
import { openOrganisationBundle } from '../../../shared/bundle/organisation-bundle.ts';
import { concatBytes } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { Queryable } from '../../database/database.ts';
import type { BundleRow } from '../bundles/bundles.ts';
import { openIntent } from './intent.ts';
import type { CommitKind, CommitWork } from '../bundles/commit-kind.ts';
import { addSetCommit } from './add-set.ts';
import { adoptCommit } from './adopt.ts';
import { activateCommit, retireCommit } from './change-version.ts';
import { drillCommit } from './drill.ts';
import { moveCommit } from './move.ts';
import { organisationCommit } from './organisation.ts';
import { recoverCommit } from './recover.ts';
import { refreshCommit } from './refresh.ts';
import { rosterCommit } from './roster.ts';
import { rotateCommit } from './rotate.ts';
import { setupCommit } from './setup.ts';
import { versionCommit } from './version.ts';
import type { FlowContext } from '../../trust/context.ts';
import { recipientKeyOf } from '../../trust/recipient.ts';

export const KINDS: Record<BundleRow['kind'], CommitKind> = {
  setup: setupCommit,
  recover: recoverCommit,
  roster: rosterCommit,
  adopt: adoptCommit,
  'recover-member': recoverCommit,
  'rotate-shares': rotateCommit,
  'new-version': versionCommit,
  activate: activateCommit,
  retire: retireCommit,
  refresh: refreshCommit,
  'add-set': addSetCommit,
  drill: drillCommit,
  'migrate-organisation': organisationCommit,
  'migrate-escrows': moveCommit,
};

/** Of a bundle that carries none: it needs no key either. */
export const NO_SECRET = new Uint8Array();

/** Whether bundles of this kind, or their files, are sealed to a one-time key. */
export function hasSecret(kind: Bundle['kind']): boolean {
  return (
    kind === 'setup' ||
    kind === 'rotate-shares' ||
    kind === 'new-version' ||
    kind === 'migrate-organisation' ||
    kind === 'migrate-escrows' ||
    isRecoveryKind(kind)
  );
}

/**
 * The package's key, or why it is not there. Asked before the intent, so that a bundle that cannot
 * be opened begins nothing; the reason counts only if the bundle is open when it is looked at next.
 */
export async function packageKey(
  context: FlowContext,
  nonce: string,
): Promise<Uint8Array | Refusal> {
  return recipientKeyOf(context, nonce).catch((cause: unknown) => {
    if (cause instanceof Refusal && cause.code === 'package-key-missing') return cause;
    throw cause;
  });
}

/** The opened secret; the caller wipes it. */
export async function opened({ body }: BundleDocument, key: Uint8Array): Promise<Uint8Array> {
  if (!hasSecret(body.kind)) return NO_SECRET;
  // The bundle itself holds nothing secret: the key opens its files, one at a time.
  if (body.kind === 'migrate-escrows') return key.slice();
  if (body.kind !== 'migrate-organisation') return openBundle(body, key);
  // Ciphertext, and the only secret of several parts: one after another, each of the same length.
  return concatBytes(...(await openOrganisationBundle(body, key)));
}

type Base = Pick<CommitWork, 'context' | 'situation' | 'document'>;

/**
 * Whether Vault holds something of this bundle although the database says nothing of it: its commit
 * died in between, and goes forward only. Asked under the bundle's row lock.
 * @throws Refusal when Vault does not answer
 */
export async function isInVault(on: Queryable, base: Base, found: BundleRow): Promise<boolean> {
  const intent = await openIntent(on, base.document.digest);
  if (intent === undefined) return false;
  const kind = KINDS[found.kind];
  const secret = await secretOf(base, found);
  if (secret === undefined) return false;
  const started = kind.start();
  try {
    return await kind.begun({ ...base, found, intent, secret, started });
  } catch (cause) {
    // Somebody else's value stands where this one would.
    if (cause instanceof Refusal && cause.code === 'third-value') return false;
    throw cause;
  } finally {
    started.forget();
    secret.fill(0);
  }
}

/** The opened secret; the caller wipes it. Undefined: nobody can open it, and nothing of it is there. */
async function secretOf(
  { context, document }: Base,
  found: BundleRow,
): Promise<Uint8Array | undefined> {
  if (!hasSecret(document.body.kind)) return NO_SECRET;
  const key = await packageKey(context, found.nonce);
  if (key instanceof Refusal) return KINDS[found.kind].provenSecret({ context, document });
  return opened(document, key).finally(() => key.fill(0));
}
