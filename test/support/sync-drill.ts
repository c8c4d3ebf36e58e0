/**
 * The laptop's side of a drill with a real sync: asks for the package, answers with a bundle in which
 * some shares sign.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';
import {
  type DrillBundleOptions,
  makeDrillBundle,
  type TestDrillPackage,
} from './drill-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import type { Admins, MadeBundle } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';

/** `package drill`. */
export async function drillPackage(operator: Caller, set: TestShareSet): Promise<TestDrillPackage> {
  const { keyVersion } = set.manifest.body;
  const file = await operator.post<FileAnswer>('/v1/packages/drill', { keyVersion });
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  const { body } = document;
  if (body.kind !== 'drill') throw new Error('a package for a drill was asked for');
  return { ...document, body };
}

/** The ceremony's bundle. */
export async function drillBundle(
  set: TestShareSet,
  options: DrillBundleOptions & { readonly package: TestDrillPackage },
): Promise<MadeBundle> {
  const { document } = await makeDrillBundle(set, options);
  const { nonce } = options.package.body;
  return { bytes: bundleType.toBytes(document), digest: document.digest, nonce };
}

/** A package, its bundle, taken in: it waits to be committed. */
export async function importedDrill(
  { operator }: Admins,
  set: TestShareSet,
  options: Omit<DrillBundleOptions, 'package'> = {},
): Promise<MadeBundle> {
  const made = await drillBundle(set, { ...options, package: await drillPackage(operator, set) });
  await operator.post('/v1/bundles', made.bytes);
  return made;
}
