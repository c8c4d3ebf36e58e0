/**
 * The package for refreshed shares: the set in force and the nonce that old and new shares sign. Nothing of
 * Vault goes out, so it is released at once.
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { PackageDocument } from '../../shared/bundle/package.ts';
import { packagedParts } from '../../shared/bundle/packaged-set.ts';
import type { Admin } from '../admins/admins.ts';
import type { FlowContext } from './context.ts';
import { packageHead, releaseAtOnce } from './package-out.ts';
import { expiryFrom } from './packages.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { trustedSet } from './trust.ts';

/** @throws Refusal `no-trust`, `commit-unfinished` */
export async function makeRefreshPackage(
  context: FlowContext,
  admin: Admin,
  keyVersion: string,
): Promise<PackageDocument> {
  const { database } = context;
  await finishOpenCommits(context, keyVersion);
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const set = await trustedSet(database, trust, keyVersion, installation.mode);
  const expiresAt = expiryFrom(context, now);
  const nonce = randomBytes(16).toString('hex');
  const head = await packageHead(database, situation, { nonce, expiresAt });
  return releaseAtOnce(
    context,
    situation,
    { ...head, kind: 'refresh', keyVersion, ...packagedParts(set) },
    { by: admin, expiresAt },
  );
}
