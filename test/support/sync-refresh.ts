/**
 * The laptop's side of a refresh with a real sync: asks for the package, answers with the next generation
 * of the set.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';
import {
  makeRefreshBundle,
  makeRefreshed,
  type RefreshedOptions,
  type TestRefreshPackage,
} from './refresh-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import type { Admins, MadeBundle } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';
import { approveRotation, type Rotation } from './sync-rotate.ts';

/** `package refresh`. */
export async function refreshPackage(
  operator: Caller,
  set: TestShareSet,
): Promise<TestRefreshPackage> {
  const { keyVersion } = set.manifest.body;
  const file = await operator.post<FileAnswer>('/v1/packages/refresh', { keyVersion });
  const { body, ...document } = parsePackage(bytesOf(file), set.mode, set.sync);
  if (body.kind !== 'refresh') throw new Error('a package for a refresh was asked for');
  return { ...document, body };
}

/** The ceremony's bundle, which brings `next`. */
export async function refreshBundle(
  set: TestShareSet,
  next: TestShareSet,
  source: TestRefreshPackage,
  options: Parameters<typeof makeRefreshBundle>[3] = {},
): Promise<MadeBundle> {
  const { document } = await makeRefreshBundle(set, next, source, options);
  return {
    bytes: bundleType.toBytes(document),
    digest: document.digest,
    nonce: document.body.nonce,
  };
}

/** Imported, and approved by two: it waits to be committed. */
export async function approvedRefresh(
  admins: Admins,
  set: TestShareSet,
  options: RefreshedOptions = {},
): Promise<Rotation> {
  const source = await refreshPackage(admins.operator, set);
  const next = await makeRefreshed(set, source.body.nonce, options);
  const made = await refreshBundle(set, next, source);
  await admins.operator.post('/v1/bundles', made.bytes);
  await approveRotation(admins, { next, made });
  return { next, made };
}
