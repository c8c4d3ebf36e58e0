/**
 * The laptop's side of a new key version with a real sync: asks for the package, opens it, answers
 * with a bundle that brings the first set of the next version. And what makes a version active, or
 * retires it.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import {
  type NewVersionPackage,
  type PackageDocument,
  parsePackage,
} from '../../shared/bundle/package.ts';
import { openRotatePackage } from '../../shared/bundle/rotate-package.ts';
import type { FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, type TestTicket } from './documents.ts';
import type { NextSetOptions } from './rotate-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import { asking } from './sync-adopt.ts';
import type { Admins, MadeBundle } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';
import { approveRotation, type Rotation } from './sync-rotate.ts';
import {
  makeChangeBundle,
  makeNextVersion,
  makeVersionBundle,
  type VersionBundleOptions,
} from './version-documents.ts';

export interface AskedVersion {
  readonly nonce: string;
  readonly ticket: TestTicket;
}

/** `package new-version`, not yet released. */
export async function askedVersion(operator: Caller, set: TestShareSet): Promise<AskedVersion> {
  const ticket = await makeTicket(set, undefined, 'new-version');
  const { ticket: file, words } = asking(ticket);
  const { nonce } = await operator.post<PackageAnswer>('/v1/packages/new-version', {
    ticket: file,
    words,
  });
  return { nonce, ticket };
}

export interface OpenedVersion {
  readonly document: PackageDocument & { readonly body: NewVersionPackage };
  readonly vaultComponent: Uint8Array;
}

/** Asked for, released by two, opened. */
export async function versionPackage(
  admins: Admins,
  set: TestShareSet,
  asked?: AskedVersion,
): Promise<OpenedVersion> {
  const { nonce, ticket } = asked ?? (await askedVersion(admins.operator, set));
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('package-release', nonce, { reason: 'the key is to be another' });
  }
  const file = await admins.operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  const { body } = document;
  if (body.kind !== 'new-version') throw new Error('a package for a new version was asked for');
  const vaultComponent = await openRotatePackage(body, ticket.keys.privateKey);
  return { document: { ...document, body }, vaultComponent };
}

/** The ceremony's bundle, which brings `next`. */
export async function versionBundle(
  set: TestShareSet,
  next: TestShareSet,
  { document }: Pick<OpenedVersion, 'document'>,
  options: VersionBundleOptions = {},
): Promise<MadeBundle> {
  const made = await makeVersionBundle(set, next, { package: document, ...options });
  return {
    bytes: bundleType.toBytes(made.document),
    digest: made.document.digest,
    nonce: document.body.nonce,
  };
}

/**
 * Imported, and approved by two: it waits to be committed.
 * @param options `roster`: the one in force, where another set than `set` has signed it
 */
export async function approvedVersion(
  admins: Admins,
  set: TestShareSet,
  options: NextSetOptions & { readonly roster?: TestShareSet['roster'] } = {},
): Promise<Rotation> {
  const { roster = set.roster, ...more } = options;
  const opened = await versionPackage(admins, set);
  const keyVersion = opened.document.body.nextVersion;
  const next = await makeNextVersion({ ...set, roster }, { ...more, keyVersion });
  const made = await versionBundle(set, next, opened);
  await admins.operator.post('/v1/bundles', made.bytes);
  await approveRotation(admins, { next, made });
  return { next, made };
}

/** `package activate` or `package retire`, then the ceremony of the active set. */
export async function changeBundle(
  operator: Caller,
  set: TestShareSet,
  kind: 'activate' | 'retire',
  keyVersion: string,
  options: Parameters<typeof makeChangeBundle>[2] = {},
): Promise<MadeBundle> {
  const file = await operator.post<FileAnswer>(`/v1/packages/${kind}`, { keyVersion });
  const { body, ...document } = parsePackage(bytesOf(file), set.mode, set.sync);
  if (body.kind !== kind) throw new Error(`a package for ${kind} was asked for`);
  const made = await makeChangeBundle(set, { ...document, body }, options);
  return {
    bytes: bundleType.toBytes(made.document),
    digest: made.document.digest,
    nonce: body.nonce,
  };
}

/** Imported, and approved by two: it waits to be committed. */
export async function approvedChange(
  admins: Admins,
  set: TestShareSet,
  kind: 'activate' | 'retire',
  keyVersion: string,
): Promise<MadeBundle> {
  const made = await changeBundle(admins.operator, set, kind, keyVersion);
  await admins.operator.post('/v1/bundles', made.bytes);
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('bundle-approve', made.digest, { reason: 'as agreed' });
  }
  return made;
}
