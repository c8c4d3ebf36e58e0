/**
 * The laptop's side of a rotation with a real sync: asks for the package, opens it, answers with a
 * bundle of new shares.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import {
  type PackageDocument,
  parsePackage,
  type RotatePackage,
} from '../../shared/bundle/package.ts';
import { openRotatePackage } from '../../shared/bundle/rotate-package.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { FileAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, type TestTicket } from './documents.ts';
import {
  makeNextSet,
  makeRotateBundle,
  type NextSetOptions,
  type RotateBundleOptions,
} from './rotate-documents.ts';
import type { TestShareSet } from './share-sets.ts';
import { asking } from './sync-adopt.ts';
import type { Admins, MadeBundle } from './sync-ceremony.ts';
import { bytesOf, type Caller } from './sync-client.ts';

export interface AskedRotation {
  readonly nonce: string;
  readonly ticket: TestTicket;
}

/** `package rotate-shares`, not yet released. */
export async function askedRotation(operator: Caller, set: TestShareSet): Promise<AskedRotation> {
  const ticket = await makeTicket(set, undefined, 'rotate-shares');
  const { nonce } = await operator.post<PackageAnswer>(
    '/v1/packages/rotate-shares',
    asking(ticket, set.manifest.body.keyVersion),
  );
  return { nonce, ticket };
}

export interface OpenedRotation {
  readonly document: PackageDocument & { readonly body: RotatePackage };
  readonly vaultComponent: Uint8Array;
}

/** Asked for, released by two, opened. */
export async function rotationPackage(
  admins: Admins,
  set: TestShareSet,
  asked?: AskedRotation,
): Promise<OpenedRotation> {
  const { nonce, ticket } = asked ?? (await askedRotation(admins.operator, set));
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('package-release', nonce, { reason: 'a share was lost' });
  }
  const file = await admins.operator.get<FileAnswer>(`/v1/packages/${nonce}/file`);
  const document = parsePackage(bytesOf(file), set.mode, set.sync);
  const { body } = document;
  if (body.kind !== 'rotate-shares') throw new Error('a package for new shares was asked for');
  const vaultComponent = await openRotatePackage(body, ticket.keys.privateKey);
  return { document: { ...document, body }, vaultComponent };
}

/** The ceremony's bundle, which brings `next`. */
export async function rotationBundle(
  set: TestShareSet,
  next: TestShareSet,
  { document }: Pick<OpenedRotation, 'document'>,
  options: RotateBundleOptions = {},
): Promise<MadeBundle> {
  const made = await makeRotateBundle(set, next, { package: document, ...options });
  return {
    bytes: bundleType.toBytes(made.document),
    digest: made.document.digest,
    nonce: document.body.nonce,
  };
}

export interface Rotation {
  readonly next: TestShareSet;
  readonly made: MadeBundle;
}

/** Two who typed the words of the new set. */
export async function approveRotation(admins: Admins, { next, made }: Rotation): Promise<void> {
  const words = eightWords(hexToBytes(next.manifest.digest));
  for (const approver of [admins.approver1, admins.approver2]) {
    await approver.approve('bundle-approve', made.digest, { words, reason: 'seen on paper' });
  }
}

/** Imported, and approved by two: it waits to be committed. */
export async function approvedRotation(
  admins: Admins,
  set: TestShareSet,
  options: NextSetOptions = {},
): Promise<Rotation> {
  const opened = await rotationPackage(admins, set);
  const next = await makeNextSet(set, options);
  const made = await rotationBundle(set, next, opened);
  await admins.operator.post('/v1/bundles', made.bytes);
  await approveRotation(admins, { next, made });
  return { next, made };
}
