/**
 * How the key versions are: their rows in CheckTick, their escrows, the share sets that sync trusts,
 * how old its shares are, and whether Vault, the row and the manifest agree on the vault component.
 * Reads only. No component leaves this file, nor anything computed from one but yes or no.
 * @module
 */
import { z } from 'zod';
import { CHANGES_TRUST } from '../../shared/bundle/bundle.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { DUE_DAYS } from '../../shared/ledger/ledger.ts';
import type { Mode } from '../../shared/mode.ts';
import { Refusal } from '../../shared/refusal.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import { databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { readInstallation } from '../database/settings.ts';
import type { FlowContext } from '../trust/context.ts';
import { type InVault, readVaultComponent } from '../checktick/in-vault.ts';
import { readTrust, type Trust, trustedSets } from '../trust/trust.ts';
import { type Finding, finding } from './findings.ts';

/** Days before its shares are due from which a share set is a finding. */
export const DUE_SOON_DAYS = 60;
const DAY = 86_400_000;

/**
 * `inactive`: another version took its place, and sync trusts a share set of it as before; only its
 * retirement ends that. `missing`: sync trusts a share set of it, and CheckTick has no row.
 */
export const VERSION_STATES = ['active', 'waiting', 'inactive', 'retired', 'missing'] as const;
export type VersionState = (typeof VERSION_STATES)[number];

export interface ShareAge {
  /** Made, or made anew. */
  readonly since: Date;
  readonly dueAt: Date;
  /** Whole days; 0: due within a day; -1: overdue since less than a day. */
  readonly daysLeft: number;
}

export interface VersionHealth {
  readonly version: string;
  readonly state: VersionState;
  readonly createdAt: Date | null;
  readonly activatedAt: Date | null;
  readonly retiredAt: Date | null;
  /** Surveys whose keys are stored under it, how many were ever recovered, and how often in all. */
  readonly escrows: {
    readonly count: number;
    readonly recovered: number;
    readonly recoveries: number;
  };
  /** The share sets that sync trusts, their signatures verified, in the order in which they came. */
  readonly sets: readonly ManifestDocument[];
  /** Null where no shares are needed: never activated, or retired with nothing under it. */
  readonly shares: ShareAge | null;
  /**
   * Whether Vault, the row and the manifest agree on the vault component, or row and manifest where
   * Vault's entry holds that of another version; null: not comparable.
   */
  readonly componentAgrees: boolean | null;
  /** The version whose component Vault's entry holds, where that is another; null: its own, or unknown. */
  readonly vaultHolds: string | null;
  readonly findings: readonly Finding[];
}

export interface VersionsHealth {
  /** By the database's clock. */
  readonly now: Date;
  readonly epoch: { readonly vault: number; readonly database: number };
  /** Newest first. */
  readonly versions: readonly VersionHealth[];
  /** What concerns no single version. */
  readonly findings: readonly Finding[];
}

const row = z.object({
  version: columns.text,
  component: columns.bytes,
  createdAt: columns.time,
  activatedAt: columns.time.nullable(),
  retiredAt: columns.time.nullable(),
  rotatedAt: columns.time.nullable(),
  escrows: columns.integer,
  recovered: columns.integer,
  recoveries: columns.integer,
});
type Row = z.infer<typeof row>;

const ROWS = `
  SELECT v.version, v.vault_component AS component, v.created_at AS "createdAt",
         v.activated_at AS "activatedAt", v.retired_at AS "retiredAt",
         v.shares_last_rotated AS "rotatedAt", coalesce(e.escrows, 0) AS escrows,
         coalesce(e.recovered, 0) AS recovered, coalesce(e.recoveries, 0) AS recoveries
    FROM public.surveys_platformkeyversion v
    LEFT JOIN (
      SELECT platform_key_version_id AS version, count(*) AS escrows,
             count(*) FILTER (WHERE recovered_count > 0) AS recovered,
             sum(recovered_count) AS recoveries
        FROM public.surveys_usersurveykekescrow GROUP BY 1
    ) e USING (version)
   ORDER BY v.created_at DESC, v.version DESC`;

type TheSets = readonly ManifestDocument[] | 'none' | 'unreadable' | 'other-escrow-key';

/** @throws Refusal of database/refusals.ts or vault/refusals.ts when a part cannot be asked */
export async function versionHealth(
  context: Pick<FlowContext, 'database' | 'kv'>,
): Promise<VersionsHealth> {
  const { database } = context;
  // A commit between two of the reads would look like a disagreement: then it is looked again.
  for (let again = 2; ; again -= 1) {
    const before = await commitMark(database);
    const found = await look(context);
    if (again === 0 || (await commitMark(database)) === before) return found;
  }
}

/** Changes whenever a commit begins or ends. */
async function commitMark(on: Queryable): Promise<string> {
  const { mark } = await on.one(
    z.object({ mark: columns.text }),
    `SELECT concat(count(*), ' ', count(finished_at)) AS mark
       FROM conclave.intents WHERE step = 'commit'`,
  );
  return mark;
}

async function look({ database, kv }: Pick<FlowContext, 'database' | 'kv'>) {
  const { mode, epoch } = await readInstallation(database);
  const { now } = await databaseTime(database);
  const { trust } = await readTrust(kv);
  const committing = await openComponentCommits(database);
  const rows = await database.rows(row, ROWS);
  const inVault = await readVaultComponent(kv);
  try {
    const versions: VersionHealth[] = [];
    for (const one of rows) {
      const sets = await readSets(database, trust, one.version, mode);
      const found: Compared = committing.has(one.version)
        ? { findings: [finding('commit-open', one.version)], agrees: null }
        : compare(one, sets, inVault, rows);
      versions.push(healthOf(one, sets, found, now));
    }
    for (const version of Object.keys(trust?.versions ?? {})) {
      if (rows.some((one) => one.version === version)) continue;
      const sets = await readSets(database, trust, version, mode);
      versions.push(withoutRow(version, sets, committing.has(version)));
    }
    return {
      now,
      epoch: { vault: trust?.epoch ?? 0, database: epoch },
      versions,
      findings: overall({ rows, trust, epoch, inVault, committing }),
    };
  } finally {
    for (const { component } of rows) component.fill(0);
    if (inVault.is === 'there') inVault.component.fill(0);
  }
}

/** Key versions whose component a commit is changing now. A recovery changes none, nor does a drill. */
async function openComponentCommits(on: Queryable): Promise<ReadonlySet<string>> {
  const rows = await on.rows(
    z.object({ version: columns.text }),
    `SELECT p.key_version AS version FROM conclave.intents i
       JOIN conclave.bundles b ON b.digest = i.bundle_digest
       JOIN conclave.packages p ON p.nonce = b.nonce
      WHERE i.step = 'commit' AND i.finished_at IS NULL AND b.kind = ANY ($1)`,
    [CHANGES_TRUST],
  );
  return new Set(rows.map(({ version }) => version));
}

async function readSets(
  on: Queryable,
  trust: Trust | null,
  version: string,
  mode: Mode,
): Promise<TheSets> {
  if (trust?.versions[version] === undefined) return 'none';
  try {
    return (await trustedSets(on, trust, version, mode)).sets;
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code.startsWith('database')) throw cause;
    return cause.code === 'escrow-key-differs' ? 'other-escrow-key' : 'unreadable';
  }
}

interface Compared {
  readonly findings: readonly Finding[];
  readonly vaultHolds?: string;
  readonly agrees: boolean | null;
}

function compare(one: Row, sets: TheSets, inVault: InVault, rows: readonly Row[]): Compared {
  const { version } = one;
  const bad = (found: Finding): Compared => ({ findings: [found], agrees: false });
  if (inVault.is === 'missing') return bad(finding('kv-missing', version));
  if (inVault.is === 'unreadable') return bad(finding('kv-unreadable', version, inVault.why));
  const { component } = inVault;
  // All sets of a version are of one component.
  const [any] = typeof sets === 'string' ? [] : sets;
  const fits =
    any === undefined
      ? undefined
      : (bytes: Uint8Array): boolean => {
          const { componentId, checks } = any.body;
          return checkValueFits('vault-component', bytes, componentId, checks.vaultComponent);
        };
  if (equalBytes(one.component, component)) {
    if (fits === undefined) {
      return { findings: [finding('component-unproved', version)], agrees: null };
    }
    if (!fits(component)) return bad(finding('check-value-differs', version));
    return { findings: [], agrees: true };
  }
  const other = rows.find((another) => equalBytes(another.component, component));
  const rowFits = fits?.(one.component);
  // Vault's entry stays that of one version; the row of another is proved by its own check value.
  if (other !== undefined && rowFits === true) {
    return { findings: [], agrees: true, vaultHolds: other.version };
  }
  if (other !== undefined && rowFits !== false) {
    return { findings: [finding('kv-other-version', version, other.version)], agrees: null };
  }
  if (fits === undefined) return bad(finding('kv-row-differ', version, 'unknown'));
  const which = rowFits === true ? 'row' : fits(component) ? 'vault' : 'neither';
  return bad(finding('kv-row-differ', version, which));
}

/** What CheckTick's row says; it has one date for a version that is not active now and one that is over. */
export function stateOf({
  activatedAt,
  retiredAt,
}: Pick<Row, 'activatedAt' | 'retiredAt'>): Exclude<VersionState, 'inactive' | 'missing'> {
  return retiredAt !== null ? 'retired' : activatedAt !== null ? 'active' : 'waiting';
}

function healthOf(one: Row, sets: TheSets, found: Compared, now: Date): VersionHealth {
  const { version, createdAt, activatedAt, retiredAt } = one;
  const { escrows: count, recovered, recoveries } = one;
  const shares = shareAge(one, now);
  const inRow = stateOf(one);
  return {
    version,
    state: inRow === 'retired' && sets !== 'none' ? 'inactive' : inRow,
    createdAt,
    activatedAt,
    retiredAt,
    escrows: { count, recovered, recoveries },
    sets: typeof sets === 'string' ? [] : sets,
    shares,
    componentAgrees: found.agrees,
    vaultHolds: found.vaultHolds ?? null,
    findings: worstFirst([
      ...found.findings,
      ...setFindings(version, sets, count),
      ...shareFindings(version, shares),
    ]),
  };
}

function withoutRow(version: string, sets: TheSets, committing: boolean): VersionHealth {
  return {
    version,
    state: 'missing',
    createdAt: null,
    activatedAt: null,
    retiredAt: null,
    escrows: { count: 0, recovered: 0, recoveries: 0 },
    sets: typeof sets === 'string' ? [] : sets,
    shares: null,
    componentAgrees: committing ? null : false,
    vaultHolds: null,
    findings: worstFirst([
      finding(committing ? 'commit-open' : 'row-missing', version),
      ...setFindings(version, sets, 0),
    ]),
  };
}

function shareAge({ activatedAt, retiredAt, rotatedAt, escrows }: Row, now: Date): ShareAge | null {
  const since = rotatedAt ?? activatedAt;
  if (since === null || (retiredAt !== null && escrows === 0)) return null;
  const dueAt = new Date(since.getTime() + DUE_DAYS * DAY);
  // CheckTick: older than 730 days, so the very moment is not overdue yet.
  return { since, dueAt, daysLeft: Math.floor((dueAt.getTime() - now.getTime()) / DAY) };
}

/** Whole days since they were due; 0 within the first. */
export function overdueDays({ daysLeft }: Pick<ShareAge, 'daysLeft'>): number {
  return -daysLeft - 1;
}

function shareFindings(version: string, shares: ShareAge | null): Finding[] {
  if (shares === null || shares.daysLeft > DUE_SOON_DAYS) return [];
  const { daysLeft } = shares;
  return daysLeft < 0
    ? [finding('shares-overdue', version, overdueDays(shares))]
    : [finding('shares-due-soon', version, daysLeft)];
}

function setFindings(version: string, sets: TheSets, escrows: number): Finding[] {
  if (sets === 'none') return [finding('set-none', version, escrows)];
  if (sets === 'other-escrow-key') return [finding('escrow-key-differs', version)];
  return sets === 'unreadable' ? [finding('set-unreadable', version)] : [];
}

function overall(facts: {
  readonly rows: readonly Row[];
  readonly trust: Trust | null;
  readonly epoch: number;
  readonly inVault: InVault;
  readonly committing: ReadonlySet<string>;
}): Finding[] {
  const { rows, trust, epoch, inVault, committing } = facts;
  // Between its writes a commit leaves the two sides apart.
  if (committing.size > 0) return [];
  const found: Finding[] = [];
  const vaultEpoch = trust?.epoch ?? 0;
  if (vaultEpoch !== epoch) found.push(finding('trust-epoch-mismatch', vaultEpoch, epoch));
  const active = rows.filter((one) => one.activatedAt !== null && one.retiredAt === null);
  if (rows.length > 0 && active.length === 0) found.push(finding('no-active'));
  if (active.length > 1) {
    found.push(
      finding(
        'several-active',
        active.map(({ version }) => version),
      ),
    );
  }
  if (rows.length === 0 && trust === null && inVault.is !== 'missing') {
    found.push(finding('kv-alone'));
  }
  return worstFirst(found);
}

function worstFirst(found: readonly Finding[]): Finding[] {
  return [
    ...found.filter(({ severity }) => severity === 'bad'),
    ...found.filter(({ severity }) => severity === 'warn'),
  ];
}
