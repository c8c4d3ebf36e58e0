/**
 * The package for a drill: the nonce that shares sign. No secret is in it and nothing is changed by
 * it, so whoever runs ceremonies gets it at once.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { DRILL_NONCE_DAYS } from '../../../shared/bundle/drill.ts';
import type { PackageDocument } from '../../../shared/bundle/package.ts';
import { packagedParts } from '../../../shared/bundle/packaged-set.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import type { Admin } from '../../admins/admins.ts';
import type { FlowContext } from '../../trust/context.ts';
import { packageHead, releaseAtOnce } from './out.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { type Named, trustedSet } from '../../trust/trust.ts';

/**
 * Several may be out for one set: each is for one sitting, and spent by one bundle.
 * @throws Refusal `no-trust`, `set-not-named`, `commit-unfinished`
 */
export async function makeDrillPackage(
  context: FlowContext,
  admin: Admin,
  keyVersion: string,
  named: Named = {},
): Promise<PackageDocument> {
  const { database } = context;
  await finishOpenCommits(context, keyVersion);
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const set = await trustedSet(database, trust, keyVersion, installation.mode, named);
  // Whatever CONCLAVE_PACKAGE_DAYS says: nothing secret waits in it, and custodians travel. From the
  // whole second that stands in it: its days are counted by what it says.
  const issuedAt = Date.parse(formatTime(now));
  const expiresAt = new Date(issuedAt + DRILL_NONCE_DAYS * 86_400_000);
  const nonce = randomBytes(16).toString('hex');
  const head = await packageHead(database, situation, { nonce, expiresAt });
  return releaseAtOnce(
    context,
    situation,
    { ...head, kind: 'drill', keyVersion, ...packagedParts(set) },
    { by: admin, expiresAt },
  );
}
