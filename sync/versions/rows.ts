/**
 * CheckTick's rows of key versions, seen from what changes them: which is active, which are there.
 * @module
 */
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { Trust } from '../trust/trust.ts';
import { refuseVersion } from './refusals.ts';

const row = z.object({ version: columns.text, active: columns.boolean });

/** Every version, and whether it is active. */
export interface VersionRow {
  readonly version: string;
  readonly active: boolean;
}

/** @param options.lock where this is part of a commit's transaction */
export async function versionRows(
  on: Queryable,
  options: { readonly lock: boolean } = { lock: false },
): Promise<VersionRow[]> {
  return on.rows(
    row,
    `SELECT version, activated_at IS NOT NULL AND retired_at IS NULL AS active
       FROM surveys_platformkeyversion ORDER BY version ${options.lock ? 'FOR UPDATE' : ''}`,
  );
}

/** The one active version. @throws Refusal `version-active` where there is none, or more than one */
export function onlyActive(rows: readonly VersionRow[]): string {
  const active = rows.filter((one) => one.active).map(({ version }) => version);
  const [only] = active;
  if (only === undefined || active.length > 1) throw refuseVersion('version-active', active);
  return only;
}

/** @throws Refusal `version-active`, `version-not-active` */
export function assertActive(rows: readonly VersionRow[], version: string): void {
  const active = onlyActive(rows);
  if (active !== version) throw refuseVersion('version-not-active', version, active);
}

/** `v2` after `v1`: the number is one more than that of any row, and of any version in trust. */
export function nextVersion(rows: readonly VersionRow[], trust: Trust | null): string {
  const known = [...rows.map(({ version }) => version), ...Object.keys(trust?.versions ?? {})];
  const numbers = known.map((version) => Number(/^v(\d{1,15})$/i.exec(version)?.[1] ?? 0));
  return `v${Math.max(0, ...numbers) + 1}`;
}

/** @throws Refusal `version-taken` where a row or trust names it */
export function assertFree(
  rows: readonly VersionRow[],
  trust: Trust | null,
  version: string,
): void {
  const isTaken =
    rows.some((one) => one.version === version) || trust?.versions[version] !== undefined;
  if (isTaken) throw refuseVersion('version-taken', version);
}
