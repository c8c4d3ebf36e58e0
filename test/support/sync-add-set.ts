/**
 * The laptop's side of a further set with a real sync: asks for the package, answers with a set beside
 * those in force.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';
import { makeAddSetBundle, makeFurtherSet, type TestAddSetPackage } from './add-set-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import type { Admins, MadeBundle } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';
import { approveRotation, type Rotation } from './sync-rotate.ts';

/** The same admins, who name this set in whatever package they ask for. */
export function heldWith(admins: Admins, { manifest }: TestShareSet): Admins {
  const { operator } = admins;
  const set = manifest.body.setId;
  return {
    ...admins,
    operator: {
      ...operator,
      post: (path, body) =>
        path.startsWith('/v1/packages/') && !(body instanceof Uint8Array)
          ? operator.post(path, { ...body, set })
          : operator.post(path, body),
    },
  };
}

/** `package add-set`, with the set that gives its shares. */
export async function addSetPackage(
  operator: Caller,
  set: TestShareSet,
): Promise<TestAddSetPackage> {
  const { keyVersion, setId } = set.manifest.body;
  const asked = { keyVersion, set: setId };
  const file = await operator.post<FileAnswer>('/v1/packages/add-set', asked);
  const { body, ...document } = parsePackage(bytesOf(file), set.mode, set.sync);
  if (body.kind !== 'add-set') throw new Error('a package for a further set was asked for');
  return { ...document, body };
}

/** The ceremony's bundle, which brings `next`. */
export async function addSetBundle(
  set: TestShareSet,
  next: TestShareSet,
  source: TestAddSetPackage,
  options: Parameters<typeof makeAddSetBundle>[3] = {},
): Promise<MadeBundle> {
  const { document } = await makeAddSetBundle(set, next, source, options);
  return {
    bytes: bundleType.toBytes(document),
    digest: document.digest,
    nonce: document.body.nonce,
  };
}

/** Imported, and approved by two: it waits to be committed. */
export async function approvedFurtherSet(
  admins: Admins,
  set: TestShareSet,
  options: Parameters<typeof makeFurtherSet>[1] = {},
): Promise<Rotation> {
  const source = await addSetPackage(admins.operator, set);
  const next = await makeFurtherSet(set, options);
  const made = await addSetBundle(set, next, source);
  await admins.operator.post('/v1/bundles', made.bytes);
  await approveRotation(admins, { next, made });
  return { next, made };
}
