/**
 * What hangs on a key version: asked before it is retired, because its shares would be needed for it.
 * @module
 */
import { z } from 'zod';
import { setThatSigned } from '../../shared/identity/roster.ts';
import { vaultPaths } from '../../shared/checktick/index.ts';
import type { Mode } from '../../shared/mode.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { FlowContext } from '../trust/context.ts';
import { versionOfOrganisation } from '../checktick/organisation.ts';
import { keepsUnder } from '../checktick/organisation-moves.ts';
import { type Trust, trustedSet } from '../trust/trust.ts';
import { refuseVersion } from './refusals.ts';

const counts = z.object({ escrows: columns.integer });

/**
 * Survey keys that are stored under the version $1 as rows of (user_id, survey_id): by CheckTick's
 * table and by sync's own rows. Those are never deleted, so the newest one of each survey key counts,
 * and only while CheckTick has user and survey: of what it deleted nothing can be recovered.
 */
export const UNDER_VERSION = `
  SELECT user_id, survey_id FROM public.surveys_usersurveykekescrow
   WHERE platform_key_version_id = $1
   UNION
  SELECT user_id, survey_id FROM (
    SELECT DISTINCT ON (user_id, survey_id) user_id, survey_id, key_version
      FROM conclave.escrow_history ORDER BY user_id, survey_id, at DESC) newest
   WHERE key_version = $1
     AND EXISTS (SELECT FROM public.auth_user u WHERE u.id = newest.user_id)
     AND EXISTS (SELECT FROM public.surveys_survey s WHERE s.id = newest.survey_id)`;

/** How many of either kind are stored under the version. */
export async function escrowsUnder(on: Queryable, version: string): Promise<number> {
  const { escrows } = await on.one(
    counts,
    `SELECT count(*) AS escrows FROM (${UNDER_VERSION}) AS e`,
    [version],
  );
  return escrows;
}

const organisation = z.object({ id: columns.integer });

/**
 * How many organisations keep survey keys under the version: as the note of each says, which lies under
 * that of Vault's entry where it says nothing; and where CheckTick's table tells its surveys, only while
 * one of their entries is under it.
 */
export async function organisationsUnder(
  context: Pick<FlowContext, 'database' | 'kv'>,
  version: string,
): Promise<number> {
  const { database, kv } = context;
  const all = await database.rows(organisation, 'SELECT id FROM public.surveys_organization');
  let found = 0;
  for (const { id } of all) {
    const { absent } = await kv.read(vaultPaths.organisationMasterKey(id));
    if (absent || (await versionOfOrganisation(context, id)) !== version) continue;
    if ((await keepsUnder(context, id, version)) !== false) found += 1;
  }
  return found;
}

/**
 * @throws Refusal `version-needed` with the counts, `version-signed-roster`; `organisation-key-version`
 *   where nobody can say of which version Vault's entry is
 */
export async function assertNeedless(
  on: Queryable,
  context: Pick<FlowContext, 'database' | 'kv'>,
  about: {
    readonly version: string;
    /** The active version, whose set signs. */
    readonly active: string;
    readonly trust: Trust;
    readonly mode: Mode;
  },
): Promise<void> {
  const { version, active, trust, mode } = about;
  const escrows = await escrowsUnder(on, version);
  const organisations = await organisationsUnder(context, version);
  if (escrows > 0 || organisations > 0) {
    throw refuseVersion('version-needed', version, { escrows, organisations });
  }
  const { roster, manifest, others } = await trustedSet(on, trust, active, mode, 'any');
  // Without the set that signed it nobody could verify the roster any more.
  if (setThatSigned(roster, [manifest, ...others])?.body.keyVersion === version) {
    throw refuseVersion('version-signed-roster', version);
  }
}
