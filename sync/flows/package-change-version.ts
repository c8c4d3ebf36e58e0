/**
 * The packages for making another version active, and for retiring one. No secrets: released at once.
 * @module
 */
import { randomBytes } from 'node:crypto';
import {
  type ActivatePackage,
  type PackageDocument,
  packageType,
  type RetirePackage,
} from '../../shared/bundle/package.ts';
import { packagedParts } from '../../shared/bundle/packaged-set.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Admin } from '../admins/admins.ts';
import { appendEvent, saveDocument } from '../database/documents.ts';
import type { FlowContext, Situation } from './context.ts';
import { expiryFrom } from './packages.ts';
import { receiptHead } from './receipts.ts';
import { finishOpenCommits, soundSituation } from './resume.ts';
import { rotatable } from './rotate-places.ts';
import { type Trust, trustedSet } from './trust.ts';
import { assertNeedless, escrowsUnder } from './version-needs.ts';
import { refuseVersion } from './version-refusals.ts';
import { onlyActive, versionRows } from './version-rows.ts';

/** What the kind adds, once it is allowed. */
type Own = Pick<ActivatePackage, 'kind' | 'activates'> | Pick<RetirePackage, 'kind' | 'retires'>;

interface Asked {
  readonly active: string;
  readonly trust: Trust;
  readonly situation: Situation;
}

/**
 * @throws Refusal `version-active`, `version-is-active`, `version-unknown`, `kv-row-differ`,
 *   `no-trust`, `commit-unfinished`
 */
export async function makeActivatePackage(
  context: FlowContext,
  admin: Admin,
  version: string,
): Promise<PackageDocument> {
  return make(context, admin, version, async ({ trust, situation }) => {
    const { database } = context;
    const { mode } = situation.installation;
    const { manifest } = await trustedSet(database, trust, version, mode);
    // What becomes active has its component, and it is the one that its shares complete.
    const { component } = await rotatable(context, version, manifest.body);
    component.fill(0);
    return { kind: 'activate', activates: version };
  });
}

/** @throws as {@link makeActivatePackage}, and `version-needed`, `version-signed-roster` */
export async function makeRetirePackage(
  context: FlowContext,
  admin: Admin,
  version: string,
): Promise<PackageDocument> {
  return make(context, admin, version, async ({ active, trust, situation }) => {
    const { mode } = situation.installation;
    await assertNeedless(context.database, context, { version, active, trust, mode });
    return { kind: 'retire', retires: version };
  });
}

async function make(
  context: FlowContext,
  admin: Admin,
  version: string,
  own: (asked: Asked) => Promise<Own>,
): Promise<PackageDocument> {
  const { database } = context;
  await finishOpenCommits(context);
  const situation = await soundSituation(context);
  const { installation, identity, trust, now } = situation;
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
  const set = await trustedSet(database, trust, active, installation.mode);
  const nonce = randomBytes(16).toString('hex');
  const expires = expiryFrom(context, now);
  const document = await packageType.sign(
    {
      mode: installation.mode,
      audience: installation.audience,
      nonce,
      keyVersion: active,
      epoch: installation.epoch,
      issuedAt: formatTime(now),
      expiresAt: formatTime(expires),
      receiptHead: await receiptHead(database),
      stored,
      ...packagedParts(set),
      ...added,
    },
    [identity.signer],
  );
  const digest = hexToBytes(document.digest);
  const { kind } = added;
  await database.transaction(async (tx) => {
    await saveDocument(tx, { type: 'package', digest, content: packageType.toBytes(document) });
    await tx.run(
      `INSERT INTO conclave.packages (nonce, kind, state, key_version, document_digest,
         requested_by, created_at, released_at, expires_at)
       VALUES ($1, $2, 'released', $3, $4, $5, $6, $6, $7)`,
      [hexToBytes(nonce), kind, active, digest, admin.id, now, expires],
    );
    await appendEvent(tx, {
      type: 'package-released',
      adminId: admin.id,
      subject: digest,
      facts: { kind, keyVersion: active, version, nonce },
    });
  });
  return document;
}
