/**
 * The packages for making another version active, and for retiring one. No secrets: released at once.
 * @module
 */
import { randomBytes } from 'node:crypto';
import type {
  ActivatePackage,
  PackageDocument,
  RetirePackage,
} from '../../../shared/bundle/package.ts';
import { packagedParts } from '../../../shared/bundle/packaged-set.ts';
import type { Admin } from '../../admins/admins.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { packageHead, releaseAtOnce } from './out.ts';
import { expiryFrom } from './packages.ts';
import { finishOpenCommits, soundSituation } from '../commit/resume.ts';
import { compareComponent } from './asked-of-set.ts';
import { type Named, type Trust, trustedSet } from '../../trust/trust.ts';
import { assertNeedless, escrowsUnder } from '../../versions/needs.ts';
import { refuseVersion } from '../../versions/refusals.ts';
import { onlyActive, versionRows } from '../../versions/rows.ts';

/** What the kind adds, once it is allowed. */
type Own = Pick<ActivatePackage, 'kind' | 'activates'> | Pick<RetirePackage, 'kind' | 'retires'>;

interface Asked {
  readonly active: string;
  readonly trust: Trust;
  readonly situation: Situation;
}

/**
 * @param named the set of the active version, which signs
 * @throws Refusal `version-active`, `version-is-active`, `version-unknown`, `kv-row-differ`,
 *   `no-trust`, `set-not-named`, `commit-unfinished`
 */
export async function makeActivatePackage(
  context: FlowContext,
  admin: Admin,
  version: string,
  named: Named = {},
): Promise<PackageDocument> {
  return make(context, admin, { version, named }, async ({ trust, situation }) => {
    const { database } = context;
    const { mode } = situation.installation;
    const { manifest } = await trustedSet(database, trust, version, mode, 'any');
    // What becomes active has its component, and it is the one that its shares complete.
    await compareComponent(context, version, manifest.body);
    return { kind: 'activate', activates: version };
  });
}

/** @throws as {@link makeActivatePackage}, and `version-needed`, `version-signed-roster` */
export async function makeRetirePackage(
  context: FlowContext,
  admin: Admin,
  version: string,
  named: Named = {},
): Promise<PackageDocument> {
  return make(context, admin, { version, named }, async ({ active, trust, situation }) => {
    const { mode } = situation.installation;
    await assertNeedless(context.database, context, { version, active, trust, mode });
    return { kind: 'retire', retires: version };
  });
}

async function make(
  context: FlowContext,
  admin: Admin,
  { version, named }: { readonly version: string; readonly named: Named },
  own: (asked: Asked) => Promise<Own>,
): Promise<PackageDocument> {
  const { database } = context;
  await finishOpenCommits(context);
  const situation = await soundSituation(context);
  const { installation, trust, now } = situation;
  const rows = await versionRows(database);
  const active = onlyActive(rows);
  if (active === version) throw refuseVersion('version-is-active', version);
  const isKnown =
    trust?.versions[version] !== undefined && rows.some((one) => one.version === version);
  if (trust === null || !isKnown) throw refuseVersion('version-unknown', version);
  const added = await own({ active, trust, situation });
  const stored = {
    active: await escrowsUnder(database, active),
    // Of a version that ends none was found just now; one that comes later stops the commit.
    other: added.kind === 'retire' ? 0 : await escrowsUnder(database, version),
  };
  const set = await trustedSet(database, trust, active, installation.mode, named);
  const nonce = randomBytes(16).toString('hex');
  const expiresAt = expiryFrom(context, now);
  const head = await packageHead(database, situation, { nonce, expiresAt });
  return releaseAtOnce(
    context,
    situation,
    { ...head, keyVersion: active, stored, ...packagedParts(set), ...added },
    { by: admin, expiresAt, told: { version } },
  );
}
