/**
 * Which surveys an organisation has, and which user's escrow helps each of them where the owner forgot
 * the passphrase. Each survey is read by itself: what is wrong with one takes nothing from another.
 * @module
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  entryDigest,
  type LeftSurvey,
  ORGANISATION_SURVEYS,
  LEFT_SURVEYS,
  type PackagedSurvey,
  type WhyLeft,
} from '../../shared/bundle/organisation.ts';
import type { SurveyEscrow } from '../../shared/bundle/organisation-package.ts';
import {
  parseSurveyKek,
  readKekBlob,
  type SurveyKekDocument,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { Refusal } from '../../shared/refusal.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { Installation } from '../database/settings.ts';
import type { KvStore } from '../vault/kv.ts';
import type { FlowContext } from '../trust/context.ts';
import { readEscrow, surveyColumns } from './escrow.ts';
import { assertWay, linkColumns, notedOrganisation } from './organisation.ts';
import { refuseOrganisation } from './organisation-refusals.ts';
import { keyHashDigest, readKeyHash, sealedEscrowOf } from './packaged-escrow.ts';

/** Surveys that are looked at for one package: two reads of Vault each. */
const LOOKED_AT = 2_000;

/** Which survey, and whose key wraps its key: the team's, or with null the organisation's. */
export interface SurveyPlace {
  readonly surveyId: number;
  readonly teamId: number | null;
}
interface NamedSurvey extends SurveyPlace {
  readonly surveyName: string;
}

/** Where the escrows of an organisation's surveys are sealed. */
export type Where = Pick<Installation, 'mode' | 'audience'> & { readonly keyVersion: string };

const surveyRow = z.object({
  surveyId: columns.integer,
  surveyName: columns.text,
  teamId: columns.integer.nullable(),
});
const teamRow = z.object({ team: columns.integer });

/**
 * Those that CheckTick's table gives to the organisation, or to a team that Vault's note gives to it.
 * @throws Refusal `organisation-surveys-unknown` where this CheckTick's table does not say,
 *   `organisation-too-many`
 */
async function surveysByTable(
  { database, kv }: Pick<FlowContext, 'database' | 'kv'>,
  organisationId: number,
): Promise<NamedSurvey[]> {
  const has = await linkColumns(database);
  if (!has('organization_id')) throw refuseOrganisation('organisation-surveys-unknown');
  const teams: number[] = [];
  if (has('team_id')) {
    const unsaid = await database.rows(
      teamRow,
      `SELECT DISTINCT team_id AS team FROM surveys_survey
        WHERE organization_id IS NULL AND team_id IS NOT NULL ORDER BY 1 LIMIT ${LOOKED_AT + 1}`,
    );
    if (unsaid.length > LOOKED_AT) throw refuseOrganisation('organisation-too-many', LOOKED_AT);
    for (const { team } of unsaid) {
      if ((await notedOrganisation(kv, team)) === organisationId) teams.push(team);
    }
  }
  const team = has('team_id') ? 'team_id' : 'NULL::bigint';
  const found = await database.rows(
    surveyRow,
    `SELECT id AS "surveyId", name AS "surveyName", ${team} AS "teamId" FROM surveys_survey
      WHERE organization_id = $1 OR (organization_id IS NULL AND ${team} = ANY ($2::bigint[]))
      ORDER BY id LIMIT ${LOOKED_AT + 1}`,
    [organisationId, teams.map(String)],
  );
  if (found.length > LOOKED_AT) throw refuseOrganisation('organisation-too-many', LOOKED_AT);
  return found;
}

/** Those that the operator named. @throws Refusal `organisation-survey-unknown` */
async function surveysByName(on: Queryable, named: readonly SurveyPlace[]): Promise<NamedSurvey[]> {
  const rows = await on.rows(
    surveyRow.omit({ teamId: true }),
    `SELECT id AS "surveyId", name AS "surveyName" FROM surveys_survey WHERE id = ANY ($1::bigint[])`,
    [named.map(({ surveyId }) => String(surveyId))],
  );
  return named
    .map(({ surveyId, teamId }) => {
      const row = rows.find((one) => one.surveyId === surveyId);
      if (row === undefined) throw refuseOrganisation('organisation-survey-unknown', surveyId);
      return { ...row, teamId };
    })
    .sort((one, other) => one.surveyId - other.surveyId);
}

/**
 * Those that the operator named, or that CheckTick's table gives to the organisation.
 * @throws Refusal of either
 */
export async function surveysOf(
  context: Pick<FlowContext, 'database' | 'kv'>,
  organisationId: number,
  named: readonly SurveyPlace[] | undefined,
): Promise<NamedSurvey[]> {
  return named === undefined
    ? surveysByTable(context, organisationId)
    : surveysByName(context.database, named);
}

/** SHA-256 of what lies at `surveys/{id}/kek` as text. */
export function textDigest({ encrypted_kek: text }: SurveyKekDocument): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The same of the bytes, as a bundle names an entry; undefined: it is no stored key. */
export function bytesDigest({ encrypted_kek: text }: SurveyKekDocument): string | undefined {
  return unlessRefused(() => entryDigest(readKekBlob(text)));
}

function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Refusal) return undefined;
    throw cause;
  }
}

/** What the organisation has of a survey, and its version for check-and-set. */
export async function readEntry(
  kv: KvStore,
  surveyId: number,
): Promise<{ readonly document: SurveyKekDocument; readonly version: number } | undefined> {
  const path = vaultPaths.surveyKek(surveyId);
  const found = await kv.read(path);
  if (found.absent) return undefined;
  const document = unlessRefused(() => parseSurveyKek(path, found.data));
  return document === undefined ? undefined : { document, version: found.version };
}

const escrowRow = z.object({
  userId: columns.integer,
  version: columns.text,
  path: columns.text,
});

interface Helped {
  readonly userId: number;
  readonly kind: PackagedSurvey['escrow']['kind'];
  readonly escrow: SurveyEscrow;
}

/**
 * One user's escrow of a survey's key.
 * @throws Refusal of Vault where it does not answer; whatever else is wrong is the reason that comes back
 */
async function helpBy(
  { kv }: Pick<FlowContext, 'kv'>,
  surveyId: number,
  { userId, version, path }: z.infer<typeof escrowRow>,
  { mode, audience, keyVersion }: Where,
  keyHash: SurveyEscrow['keyHash'],
): Promise<Helped | WhyLeft> {
  if (version !== keyVersion) return 'other-key-version';
  if (path !== vaultPaths.userSurveyRecoveryKek(userId, surveyId)) return 'damaged';
  try {
    const { document } = await readEscrow(kv, { path, keyVersion });
    const binding = { mode, audience, keyVersion, userId, surveyId };
    const sealed = sealedEscrowOf(document, path, binding);
    if (sealed === undefined) {
      const bytes = readKekBlob(document.encrypted_kek);
      return { userId, kind: 'checktick', escrow: { bytes, keyHash } };
    }
    // SECURITY: anybody with the public half can seal a key; only the hash shows whose it is.
    if (keyHash === null) return 'nothing-proves-it';
    return { userId, kind: 'sealed', escrow: { bytes: sealed, keyHash } };
  } catch (cause) {
    if (!(cause instanceof Refusal) || isVaultAway(cause)) throw cause;
    return 'damaged';
  }
}

const isVaultAway = ({ code }: Refusal): boolean =>
  code.startsWith('vault-') && code !== 'vault-document';

const CLOSEST: readonly WhyLeft[] = ['nothing-proves-it', 'damaged', 'other-key-version'];

/** The first escrow that helps, or why none does: of several reasons the one closest to helping. */
async function helpFor(
  context: Pick<FlowContext, 'kv'>,
  on: Queryable,
  surveyId: number,
  where: Where,
  has: ReadonlySet<string>,
): Promise<Helped | WhyLeft> {
  const rows = await on.rows(
    escrowRow,
    `SELECT user_id AS "userId", platform_key_version_id AS version, vault_path AS path
       FROM surveys_usersurveykekescrow WHERE survey_id = $1 ORDER BY id LIMIT 20`,
    [surveyId],
  );
  const keyHash = await readKeyHash(on, surveyId, has);
  const reasons: WhyLeft[] = [];
  for (const row of rows) {
    const help = await helpBy(context, surveyId, row, where, keyHash);
    if (typeof help !== 'string') return help;
    reasons.push(help);
  }
  return CLOSEST.find((why) => reasons.includes(why)) ?? 'no-escrow';
}

/** Digests of entries that earlier ceremonies wrote under the passphrase in force, by survey. */
export type Moved = ReadonlyMap<number, string>;

/** What a package for an organisation brings and names. */
export interface Gathered {
  readonly surveys: readonly PackagedSurvey[];
  /** Of CheckTick's hash of each survey's key, that there is none too; in the same order. */
  readonly hashes: readonly string[];
  readonly left: readonly LeftSurvey[];
  readonly further: number;
  /** The first survey that an earlier ceremony wrapped and that lies there as it left it. */
  readonly continues: SurveyPlace | null;
}

/**
 * @param ask.named by the operator; undefined: all that CheckTick's table gives to the organisation
 * @param ask.moved surveys that are done already; empty where everything begins anew
 * @throws Refusal `organisation-surveys-unknown`, `organisation-survey-unknown`,
 *   `organisation-too-many`, `organisation-differs`, `organisation-none-helped`
 */
export async function gatherSurveys(
  context: FlowContext,
  organisationId: number,
  ask: {
    readonly where: Where;
    readonly named: readonly SurveyPlace[] | undefined;
    readonly moved: Moved;
  },
): Promise<Gathered> {
  const { database, kv } = context;
  const { where, named, moved } = ask;
  const has = await surveyColumns(database);
  const surveys: PackagedSurvey[] = [];
  const hashes: string[] = [];
  const left: LeftSurvey[] = [];
  let further = 0;
  let continues: SurveyPlace | null = null;
  const all = await surveysOf(context, organisationId, named);
  for (const { surveyId, surveyName, teamId } of all) {
    await assertWay(context, surveyId, { organisationId, teamId });
    const entry = await readEntry(kv, surveyId);
    if (entry !== undefined && moved.has(surveyId)) {
      if (bytesDigest(entry.document) === moved.get(surveyId)) {
        continues ??= { surveyId, teamId };
        continue;
      }
    }
    const help =
      entry === undefined ? 'no-entry' : await helpFor(context, database, surveyId, where, has);
    if (typeof help === 'string' || entry === undefined) {
      const why = typeof help === 'string' ? help : 'no-entry';
      left.push({ surveyId, teamId, surveyName, why });
      continue;
    }
    if (surveys.length === ORGANISATION_SURVEYS) {
      further += 1;
      continue;
    }
    const { userId, kind, escrow } = help;
    surveys.push({
      surveyId,
      teamId,
      surveyName,
      userId,
      escrow: { kind, digest: entryDigest(escrow.bytes) },
      keyHash: escrow.keyHash === null ? 'none' : 'sealed',
      entry: textDigest(entry.document),
    });
    hashes.push(keyHashDigest(escrow.keyHash));
  }
  if (surveys.length === 0) throw refuseOrganisation('organisation-none-helped', left.length);
  if (left.length > LEFT_SURVEYS) throw refuseOrganisation('organisation-too-many', LEFT_SURVEYS);
  return { surveys, hashes, left, further, continues };
}

/**
 * The escrows of a package as they lie there now, in its order: they and everything that was said of
 * them are as its approvers were shown.
 * @throws Refusal `organisation-moved`, `organisation-differs`, `organisation-unknown`
 */
export async function escrowsOf(
  context: FlowContext,
  organisationId: number,
  { surveys, hashes }: Pick<Gathered, 'surveys' | 'hashes'>,
  where: Where,
): Promise<SurveyEscrow[]> {
  const { database, kv } = context;
  const has = await surveyColumns(database);
  const found: SurveyEscrow[] = [];
  for (const [at, survey] of surveys.entries()) {
    const { surveyId, teamId, userId } = survey;
    if (userId === null) throw refuseOrganisation('organisation-moved', surveyId);
    await assertWay(context, surveyId, { organisationId, teamId });
    const entry = await readEntry(kv, surveyId);
    const keyHash = await readKeyHash(database, surveyId, has);
    const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
    const row = { userId, version: where.keyVersion, path };
    const help = await helpBy(context, surveyId, row, where, keyHash);
    const isSame =
      entry !== undefined &&
      typeof help !== 'string' &&
      textDigest(entry.document) === survey.entry &&
      help.kind === survey.escrow.kind &&
      entryDigest(help.escrow.bytes) === survey.escrow.digest &&
      keyHashDigest(keyHash) === hashes[at];
    if (!isSame) throw refuseOrganisation('organisation-moved', surveyId);
    found.push(help.escrow);
  }
  return found;
}
