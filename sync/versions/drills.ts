/**
 * What drills have shown of the share sets that sync trusts: when each share was proved last, and
 * when it is due again. Reads only. By sync's clock: a proof counts from the day on which its bundle
 * came, and its nonce was thirty days old then at most.
 * @module
 */
import { z } from 'zod';
import { SHARE_FAILURES, type ShareFailure } from '../../shared/bundle/drill.ts';
import { FULL_DRILL_FAILURES, type FullDrillFailure } from '../../shared/bundle/full-drill.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { isNamed } from '../../shared/identity/roster-change.ts';
import type { Roster } from '../../shared/identity/roster.ts';
import type { Mode } from '../../shared/mode.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { Manifest, MediumKind } from '../../shared/sharing/manifest.ts';
import { MEDIA_KINDS } from '../../shared/sharing/media-kinds.ts';
import type { SyncConfig } from '../config/config.ts';
import { databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { readInstallation } from '../database/settings.ts';
import type { FlowContext } from '../trust/context.ts';
import { readTrust, type Trust, trustedSets } from '../trust/trust.ts';

const DAY = 86_400_000;

export interface ShareStanding {
  readonly index: number;
  readonly custodian: string;
  /** Of the roster in force; null: it lists none. */
  readonly address: string | null;
  /** Where the set has it. */
  readonly media: readonly MediumKind[];
  /** In a drill; null: never. */
  readonly proved: { readonly at: Date; readonly medium: MediumKind } | null;
  /** What the newest drill said of it, where that did not prove it. */
  readonly failed: { readonly at: Date; readonly why: ShareFailure } | null;
  /** In the past where it failed. */
  readonly dueAt: Date;
}

/** What came of a full drill. */
export interface FullDrillStanding {
  /** When its bundle came. */
  readonly at: Date;
  readonly result: 'opened' | FullDrillFailure;
  /** By the laptop's clock; null: nothing was put together. */
  readonly restoreMs: number | null;
  readonly wholeMs: number;
}

export interface SetStanding {
  readonly version: string;
  readonly label: string;
  readonly setId: string;
  readonly generation: number;
  readonly manifest: string;
  readonly threshold: number;
  readonly count: number;
  /** When the set was made: every medium was read back then. */
  readonly madeAt: Date;
  readonly shares: readonly ShareStanding[];
  /** The newest full drill for which enough shares came, else the newest; null: there was none. */
  readonly full: FullDrillStanding | null;
  /** When the first of its shares is due. */
  readonly dueAt: Date;
}

export interface Drills {
  /** By the database's clock. */
  readonly now: Date;
  readonly days: number;
  /** In the order of their key versions. */
  readonly sets: readonly SetStanding[];
  /** Key versions whose set is not as it was signed: `version list` says what is wrong with it. */
  readonly unreadable: readonly string[];
}

/** Whole days; 0: due within a day; below zero: overdue. */
export function daysUntil(dueAt: Date, now: Date): number {
  return Math.floor((dueAt.getTime() - now.getTime()) / DAY);
}

/** Shares of which nothing bad is known. */
export function leftOf({ shares }: SetStanding): number {
  return shares.filter(({ failed }) => failed === null).length;
}

const result = z.object({
  index: columns.integer,
  result: z.enum(['proved', ...SHARE_FAILURES]),
  medium: z.enum(MEDIA_KINDS).nullable(),
  at: columns.time,
});
type Result = z.infer<typeof result>;

/** Of each share of a set the newest result of each kind, newest first. */
async function resultsOf(on: Queryable, manifestDigest: string): Promise<Result[]> {
  return on.rows(
    result,
    `SELECT index, result, medium, at FROM (
       SELECT DISTINCT ON (share_index, result = 'proved')
              share_index AS index, result, medium, received_at AS at
         FROM conclave.drill_results WHERE manifest_digest = $1
        ORDER BY share_index, result = 'proved', received_at DESC, bundle_digest) AS newest
      ORDER BY at DESC`,
    [hexToBytes(manifestDigest)],
  );
}

const fullResult = z.object({
  at: columns.time,
  result: z.enum(['opened', ...FULL_DRILL_FAILURES]),
  restoreMs: columns.integer.nullable(),
  wholeMs: columns.integer,
});

async function fullDrillOf(
  on: Queryable,
  manifestDigest: string,
): Promise<FullDrillStanding | null> {
  const found = await on.maybe(
    fullResult,
    `SELECT received_at AS at, result, restore_ms AS "restoreMs", whole_ms AS "wholeMs"
       FROM conclave.full_drills WHERE manifest_digest = $1
      ORDER BY result = 'too-few', received_at DESC, bundle_digest LIMIT 1`,
    [hexToBytes(manifestDigest)],
  );
  return found ?? null;
}

function standingOf(
  { index, custodian, media }: Manifest['shares'][number],
  { people }: Roster,
  results: readonly Result[],
  due: (since: Date) => Date,
  madeAt: Date,
): ShareStanding {
  const own = results.filter((one) => one.index === index);
  const good = own.find((one) => one.result === 'proved');
  const bad = own.find((one) => one.result !== 'proved');
  const isBad = bad !== undefined && (good === undefined || bad.at >= good.at);
  return {
    index,
    custodian: custodian.name,
    address: people.find(isNamed(custodian.name))?.mail ?? null,
    media: [...new Set(media.map(({ kind }) => kind))],
    proved:
      good === undefined || good.medium === null ? null : { at: good.at, medium: good.medium },
    failed: isBad && bad.result !== 'proved' ? { at: bad.at, why: bad.result } : null,
    dueAt: isBad ? bad.at : due(good?.at ?? madeAt),
  };
}

/** The sets of a version; undefined where what is kept of one is not what Vault trusts. */
async function readSets(on: Queryable, trust: Trust | null, version: string, mode: Mode) {
  try {
    return await trustedSets(on, trust, version, mode);
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code.startsWith('database')) throw cause;
    return undefined;
  }
}

/** What has to be asked for them. */
export type DrillContext = Pick<FlowContext, 'database' | 'kv'> & {
  readonly config: Pick<SyncConfig, 'drillDays'>;
};

/** @throws Refusal of database/refusals.ts or vault/refusals.ts when a part cannot be asked */
export async function drills({
  database,
  kv,
  config: { drillDays: days },
}: DrillContext): Promise<Drills> {
  const { mode } = await readInstallation(database);
  const { now } = await databaseTime(database);
  const { trust } = await readTrust(kv);
  const due = (since: Date): Date => new Date(since.getTime() + days * DAY);
  const sets: SetStanding[] = [];
  const unreadable: string[] = [];
  for (const version of Object.keys(trust?.versions ?? {}).sort()) {
    const found = await readSets(database, trust, version, mode);
    if (found === undefined) {
      unreadable.push(version);
      continue;
    }
    for (const { body, digest } of found.sets) {
      // The laptop's clock: a set that says that it is of tomorrow was made by now.
      const madeAt = new Date(Math.min(Date.parse(body.createdAt), now.getTime()));
      const results = await resultsOf(database, digest);
      const shares = body.shares.map((share) =>
        standingOf(share, found.roster.body, results, due, madeAt),
      );
      sets.push({
        version,
        label: body.label,
        setId: body.setId,
        generation: body.generation,
        manifest: digest,
        threshold: body.threshold,
        count: body.count,
        madeAt,
        shares,
        full: await fullDrillOf(database, digest),
        dueAt: new Date(Math.min(...shares.map(({ dueAt }) => dueAt.getTime()))),
      });
    }
  }
  return { now, days, sets, unreadable };
}
