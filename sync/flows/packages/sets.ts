/**
 * The packages for refreshed shares and for a further set: the set in force whose shares the ceremony takes,
 * and a nonce. Nothing of Vault goes out, so they are released at once.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { VERSION_SETS } from '../../../shared/bundle/add-set.ts';
import type { PackageDocument } from '../../../shared/bundle/package.ts';
import { packagedParts } from '../../../shared/bundle/packaged-set.ts';
import type { Admin } from '../../admins/admins.ts';
import type { FlowContext } from '../../trust/context.ts';
import { packageHead, releaseAtOnce } from './out.ts';
import { expiryFrom } from './packages.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { type Named, trustedSet } from '../../trust/trust.ts';

type Maker = (
  context: FlowContext,
  admin: Admin,
  keyVersion: string,
  named?: Named,
) => Promise<PackageDocument>;

const maker =
  (kind: 'refresh' | 'add-set'): Maker =>
  async (context, admin, keyVersion, named = {}) => {
    const { database } = context;
    await finishOpenCommits(context, keyVersion);
    const situation = await soundSituation(context);
    const { installation, trust, now } = situation;
    const set = await trustedSet(database, trust, keyVersion, installation.mode, named);
    const count = trust?.versions[keyVersion]?.length ?? 0;
    if (kind === 'add-set' && count >= VERSION_SETS) throw refuseFlow('sets-enough', count);
    const expiresAt = expiryFrom(context, now);
    const nonce = randomBytes(16).toString('hex');
    const head = await packageHead(database, situation, { nonce, expiresAt });
    return releaseAtOnce(
      context,
      situation,
      { ...head, kind, keyVersion, ...packagedParts(set) },
      { by: admin, expiresAt },
    );
  };

/**
 * For other shares of the named set, or of the only one.
 * @throws Refusal `no-trust`, `set-not-named`, `commit-unfinished`
 */
export const makeRefreshPackage = maker('refresh');

/**
 * For one more set of the version, vouched for by the named one, or by the only one.
 * @throws Refusal `no-trust`, `set-not-named`, `sets-enough`, `commit-unfinished`
 */
export const makeAddSetPackage = maker('add-set');
