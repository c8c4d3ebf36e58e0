/**
 * The package for a change of the roster: no secrets, so it is released at once.
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { PackageDocument } from '../../../shared/bundle/package.ts';
import { packagedParts } from '../../../shared/bundle/packaged-set.ts';
import { longestDelayHours } from '../../config/config.ts';
import type { Beginner } from '../bundles/commit-kind.ts';
import type { FlowContext } from '../../trust/context.ts';
import { packageHead, releaseAtOnce } from './out.ts';
import { expiryFrom } from './packages.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { type Named, trustedSet } from '../../trust/trust.ts';

/**
 * @param by who asks; the console asks only when no admin has a key left, and then the ceremony
 *   names two new admins
 * @throws Refusal `no-trust`, `set-not-named`, `commit-unfinished`
 */
export async function makeRosterPackage(
  context: FlowContext,
  by: Beginner,
  keyVersion: string,
  named: Named = {},
): Promise<PackageDocument> {
  const { database, config } = context;
  await finishOpenCommits(context, keyVersion);
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const set = await trustedSet(database, trust, keyVersion, installation.mode, named);
  const replacesAdmins = by === 'console';
  // Its bundle waits through the longest delay and must not expire in it.
  const waits = replacesAdmins ? longestDelayHours(config) * 3_600_000 : 0;
  const expiresAt = new Date(expiryFrom(context, now).getTime() + waits);
  const nonce = randomBytes(16).toString('hex');
  const head = await packageHead(database, situation, { nonce, expiresAt });
  return releaseAtOnce(
    context,
    situation,
    { ...head, kind: 'roster', keyVersion, ...packagedParts(set), replacesAdmins },
    { by, expiresAt, told: { replacesAdmins } },
  );
}
