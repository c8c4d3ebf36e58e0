/**
 * The survey key that an organisation or a team keeps: where it lies, whose key opens it, and under
 * which key version. All of it is asked before custodians come together: what is wrong there opens
 * nothing, and nobody in the room could say why.
 *
 * Source: docs/decisions/0029-organisations.md.
 * @module
 */
import { z } from 'zod';
import { type OrganisationWay } from '../../shared/bundle/package.ts';
import { wayInWords } from '../../shared/bundle/organisation-way.ts';
import {
  parsePlatformMasterKey,
  parseSurveyKek,
  parseTeamOrganisation,
  readKekBlob,
  type SurveyKekDocument,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { Refusal } from '../../shared/refusal.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { KvStore } from '../vault/kv.ts';
import type { FlowContext } from '../trust/context.ts';
import { refuseOrganisation } from './organisation-refusals.ts';

/** Whether two requests mean the same organisation and team, or both none. */
export function isSameWay(one: OrganisationWay | null, other: OrganisationWay | null): boolean {
  return one?.organisationId === other?.organisationId && one?.teamId === other?.teamId;
}

/** @throws Refusal `survey-kek-missing`, `survey-kek-damaged`, `vault-document` */
export async function readSurveyKek(kv: KvStore, surveyId: number): Promise<SurveyKekDocument> {
  const path = vaultPaths.surveyKek(surveyId);
  const found = await kv.read(path);
  if (found.absent) throw refuseOrganisation('survey-kek-missing', path);
  const document = parseSurveyKek(path, found.data);
  try {
    readKekBlob(document.encrypted_kek);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw refuseOrganisation('survey-kek-damaged', path);
  }
  return document;
}

export interface Organisation {
  /** Empty: this CheckTick keeps none, or does not show it to sync. */
  readonly name: string;
  /** The account that CheckTick calls its owner; null: it says none. */
  readonly ownerUserId: number | null;
}

const organisationRow = z.object({
  name: columns.text.nullable(),
  ownerUserId: columns.integer.nullable(),
});

/** @throws Refusal `organisation-unknown` */
export async function findOrganisation(on: Queryable, id: number): Promise<Organisation> {
  const names = await on.rows(
    z.object({ name: columns.text }),
    // A right that was never granted is as a column that is not there.
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = 'public.surveys_organization'::regclass AND NOT attisdropped
        AND attname IN ('name', 'owner_id')
        AND has_column_privilege(attrelid, attnum, 'SELECT')`,
  );
  const has = (name: string) => names.some((one) => one.name === name);
  const found = await on.maybe(
    organisationRow,
    `SELECT ${has('name') ? 'name::text' : 'NULL::text'} AS name,
            ${has('owner_id') ? 'owner_id' : 'NULL::integer'} AS "ownerUserId"
       FROM surveys_organization WHERE id = $1`,
    [id],
  );
  if (found === undefined) throw refuseOrganisation('organisation-unknown', id);
  return { name: (found.name ?? '').slice(0, 255), ownerUserId: found.ownerUserId };
}

const bigint = columns.integer.nullable();
const linked = z.object({ organisation: bigint, team: bigint });

/** Which of the columns that say whose a survey is this CheckTick has. */
export async function linkColumns(
  on: Queryable,
): Promise<(name: 'organization_id' | 'team_id') => boolean> {
  const names = await on.rows(
    z.object({ name: columns.text }),
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = 'public.surveys_survey'::regclass AND NOT attisdropped
        AND attname IN ('organization_id', 'team_id')`,
  );
  return (name) => names.some((one) => one.name === name);
}

/** What CheckTick's table says of a survey, as far as this CheckTick has the columns. */
async function linkOf(
  on: Queryable,
  surveyId: number,
): Promise<{ readonly organisation: number | null; readonly team: number | null | undefined }> {
  const has = await linkColumns(on);
  const column = (name: 'organization_id' | 'team_id') => (has(name) ? name : 'NULL::bigint');
  const row = await on.maybe(
    linked,
    `SELECT ${column('organization_id')} AS organisation, ${column('team_id')} AS team
       FROM surveys_survey WHERE id = $1`,
    [surveyId],
  );
  if (row === undefined) throw refuseOrganisation('organisation-survey-unknown', surveyId);
  const { organisation, team } = row;
  return { organisation, team: has('team_id') ? team : undefined };
}

/**
 * Whether organisation and team can be those of this survey, by CheckTick's tables and Vault's note
 * of the team. Not every CheckTick says it; a wrong number then opens nothing, on the laptop.
 * @throws Refusal `organisation-survey-unknown`, `organisation-unknown`, `organisation-differs`,
 *   `vault-document`
 */
export async function assertWay(
  { database, kv }: Pick<FlowContext, 'database' | 'kv'>,
  surveyId: number,
  way: OrganisationWay,
): Promise<void> {
  const { organisationId, teamId } = way;
  const { exists } = await database.one(
    z.object({ exists: columns.boolean }),
    'SELECT EXISTS (SELECT FROM surveys_organization WHERE id = $1) AS exists',
    [organisationId],
  );
  if (!exists) throw refuseOrganisation('organisation-unknown', organisationId);
  const said = wayInWords(way);
  const { organisation, team } = await linkOf(database, surveyId);
  const differs = (where: string, found: string) =>
    refuseOrganisation('organisation-differs', where, found, said);
  if (team !== undefined && team !== teamId) {
    const found = team === null ? 'that it belongs to no team' : `team ${team}`;
    throw differs(`The row of survey ${surveyId}`, found);
  }
  if (organisation !== null && organisation !== organisationId) {
    throw differs(`The row of survey ${surveyId}`, `organisation ${organisation}`);
  }
  if (teamId === null) return;
  const noted = await notedOrganisation(kv, teamId);
  if (noted === undefined || noted === organisationId) return;
  throw differs(`Vault ${vaultPaths.teamKey(teamId)}`, `organisation ${noted}`);
}

/**
 * Whether anything says that there is this team: CheckTick's row of the survey, which was compared
 * with it, or Vault's note of the team.
 * @throws Refusal `organisation-team-unknown`, `vault-document`
 */
export async function assertTeamKnown(
  { database, kv }: Pick<FlowContext, 'database' | 'kv'>,
  surveyId: number,
  teamId: number,
): Promise<void> {
  if ((await linkOf(database, surveyId)).team === teamId) return;
  if ((await notedOrganisation(kv, teamId)) === undefined) {
    throw refuseOrganisation('organisation-team-unknown', teamId);
  }
}

/** Of which organisation a team is, by Vault's note of it; undefined: there is none. */
export async function notedOrganisation(kv: KvStore, teamId: number): Promise<number | undefined> {
  const path = vaultPaths.teamKey(teamId);
  const note = await kv.read(path);
  return note.absent ? undefined : parseTeamOrganisation(path, note.data);
}

/**
 * Under which key version a survey key of an organisation lies: as its entry says, and where it says
 * nothing under that of `platform/master-key`.
 * @throws as {@link versionInVault}
 */
export async function versionOfEntry(
  context: Pick<FlowContext, 'database' | 'kv'>,
  { platform_key_version: said }: SurveyKekDocument,
): Promise<string> {
  return said ?? versionInVault(context);
}

/** The same of an organisation, as its note in Vault says. */
export async function versionOfOrganisation(
  context: Pick<FlowContext, 'database' | 'kv'>,
  organisationId: number,
): Promise<string> {
  const note = await context.kv.read(vaultPaths.organisationMasterKey(organisationId));
  const said = note.absent ? undefined : note.data[NOTED_VERSION];
  return typeof said === 'string' ? said : versionInVault(context);
}

/** Field of an organisation's note: under which version all that it keeps lies. */
export const NOTED_VERSION = 'platform_key_version';

const versionRow = z.object({ version: columns.text, component: columns.bytes });

/**
 * The key version whose component lies at `platform/master-key`: CheckTick derives the keys of
 * organisations from that entry, whichever version is active.
 * @throws Refusal `organisation-key-version`, and those of the entry's parser
 */
export async function versionInVault({
  database,
  kv,
}: Pick<FlowContext, 'database' | 'kv'>): Promise<string> {
  const found = await kv.read(vaultPaths.platformMasterKey);
  if (found.absent) throw refuseOrganisation('organisation-key-version');
  const { vaultComponent } = parsePlatformMasterKey(found.data);
  const rows = await database.rows(
    versionRow,
    'SELECT version, vault_component AS component FROM surveys_platformkeyversion',
  );
  const same = rows.find(({ component }) => equalBytes(component, vaultComponent));
  vaultComponent.fill(0);
  for (const { component } of rows) component.fill(0);
  if (same === undefined) throw refuseOrganisation('organisation-key-version');
  return same.version;
}
