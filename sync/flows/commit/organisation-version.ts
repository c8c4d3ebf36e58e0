/**
 * Under which key version survey keys of an organisation may be wrapped: that of `platform/master-key`,
 * which CheckTick's own code derives from, or the active one, which that entry is going to follow.
 * @module
 */
import type { Queryable } from '../../database/database.ts';
import type { FlowContext } from '../../trust/context.ts';
import { versionInVault } from '../../checktick/organisation.ts';
import { refuseOrganisation } from '../../checktick/organisation-refusals.ts';
import type { OrganisationRow } from '../package-rows/rows.ts';
import { onlyActive, versionRows } from '../../versions/rows.ts';

/** @throws Refusal `organisation-version`, `organisation-key-version`, `version-active` */
export async function assertWrapsUnder(
  context: Pick<FlowContext, 'database' | 'kv'>,
  on: Queryable,
  { moves }: Pick<OrganisationRow, 'moves'>,
  keyVersion: string,
): Promise<void> {
  if (moves === undefined && (await versionInVault(context)) === keyVersion) return;
  if (onlyActive(await versionRows(on)) === keyVersion) return;
  throw refuseOrganisation('organisation-version', keyVersion);
}
