/**
 * The own entries of an organisation that moves to another key version: which of them lie under the one
 * of before.
 *
 * Source: docs/decisions/0039-organisations-move-to-another-version.md.
 * @module
 */
import type { SurveyEscrow } from '../../shared/bundle/organisation-package.ts';
import {
  ENTRY_BYTES,
  entryDigest,
  type LeftSurvey,
  LEFT_SURVEYS,
  ORGANISATION_SURVEYS,
  type PackagedSurvey,
} from '../../shared/bundle/organisation.ts';
import {
  parseSurveyKek,
  readKekBlob,
  type SurveyKekDocument,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { KvStore } from '../vault/kv.ts';
import type { FlowContext } from '../trust/context.ts';
import { surveyColumns } from './escrow.ts';
import { assertWay, versionInVault } from './organisation.ts';
import { refuseOrganisation } from './organisation-refusals.ts';
import { type Gathered, surveysOf, type SurveyPlace, textDigest } from './organisation-surveys.ts';
import { keyHashDigest, readKeyHash } from './packaged-escrow.ts';

/** What lies at `surveys/{id}/kek`, as far as it can be moved. */
type OwnEntry =
  | { readonly is: 'nothing' }
  | { readonly is: 'damaged' }
  | {
      readonly is: 'entry';
      readonly document: SurveyKekDocument;
      /** 60. */
      readonly bytes: Uint8Array;
      readonly keyVersion: string;
    };

/** @param inVault the version of `platform/master-key`: of entries that say none */
async function ownEntry(kv: KvStore, surveyId: number, inVault: string): Promise<OwnEntry> {
  const path = vaultPaths.surveyKek(surveyId);
  const found = await kv.read(path);
  if (found.absent) return { is: 'nothing' };
  try {
    const document = parseSurveyKek(path, found.data);
    const bytes = readKekBlob(document.encrypted_kek);
    if (bytes.length !== ENTRY_BYTES) return { is: 'damaged' };
    return { is: 'entry', document, bytes, keyVersion: document.platform_key_version ?? inVault };
  } catch (cause) {
    if (cause instanceof Refusal) return { is: 'damaged' };
    throw cause;
  }
}

/**
 * The entries of an organisation under the version of before. Those that have moved already, and
 * surveys of which it keeps no key, are not its matter.
 * @param ask.named by the operator; undefined: all that CheckTick's table gives to the organisation
 * @throws Refusal `organisation-surveys-unknown`, `organisation-survey-unknown`,
 *   `organisation-too-many`, `organisation-differs`, `organisation-nothing-moves`
 */
export async function gatherOwn(
  context: FlowContext,
  organisationId: number,
  ask: {
    readonly from: string;
    readonly to: string;
    readonly named: readonly SurveyPlace[] | undefined;
  },
): Promise<Gathered> {
  const { database, kv } = context;
  const inVault = await versionInVault(context);
  const has = await surveyColumns(database);
  const surveys: PackagedSurvey[] = [];
  const hashes: string[] = [];
  const left: LeftSurvey[] = [];
  let further = 0;
  for (const named of await surveysOf(context, organisationId, ask.named)) {
    const { surveyId, teamId } = named;
    const entry = await ownEntry(kv, surveyId, inVault);
    if (entry.is === 'nothing') continue;
    if (entry.is === 'entry' && entry.keyVersion === ask.to) continue;
    await assertWay(context, surveyId, { organisationId, teamId });
    if (entry.is === 'damaged') {
      left.push({ ...named, why: 'entry-damaged' });
    } else if (entry.keyVersion !== ask.from) {
      left.push({ ...named, why: 'entry-other-version' });
    } else if (surveys.length === ORGANISATION_SURVEYS) {
      further += 1;
    } else {
      const keyHash = await readKeyHash(database, surveyId, has);
      surveys.push({
        ...named,
        userId: null,
        escrow: { kind: 'organisation', digest: entryDigest(entry.bytes) },
        keyHash: keyHash === null ? 'none' : 'sealed',
        entry: textDigest(entry.document),
      });
      hashes.push(keyHashDigest(keyHash));
    }
  }
  if (surveys.length === 0) throw refuseOrganisation('organisation-nothing-moves', ask.from);
  if (left.length > LEFT_SURVEYS) throw refuseOrganisation('organisation-too-many', LEFT_SURVEYS);
  return { surveys, hashes, left, further, continues: null };
}

/**
 * The entries of a package as they lie there now, in its order: each is as its approvers were shown.
 * @throws Refusal `organisation-moved`, `organisation-differs`, `organisation-unknown`
 */
export async function ownEntriesOf(
  context: FlowContext,
  organisationId: number,
  { surveys, hashes }: Pick<Gathered, 'surveys' | 'hashes'>,
  from: string,
): Promise<SurveyEscrow[]> {
  const { database, kv } = context;
  const inVault = await versionInVault(context);
  const has = await surveyColumns(database);
  const found: SurveyEscrow[] = [];
  for (const [at, survey] of surveys.entries()) {
    const { surveyId, teamId } = survey;
    await assertWay(context, surveyId, { organisationId, teamId });
    const entry = await ownEntry(kv, surveyId, inVault);
    const keyHash = await readKeyHash(database, surveyId, has);
    const isSame =
      entry.is === 'entry' &&
      entry.keyVersion === from &&
      textDigest(entry.document) === survey.entry &&
      entryDigest(entry.bytes) === survey.escrow.digest &&
      keyHashDigest(keyHash) === hashes[at];
    if (!isSame) throw refuseOrganisation('organisation-moved', surveyId);
    found.push({ bytes: entry.bytes, keyHash });
  }
  return found;
}

/**
 * Whether anything of an organisation lies under the version, as far as CheckTick's table tells which
 * surveys are its own; undefined: it does not tell.
 */
export async function keepsUnder(
  context: Pick<FlowContext, 'database' | 'kv'>,
  organisationId: number,
  version: string,
): Promise<boolean | undefined> {
  const inVault = await versionInVault(context);
  try {
    for (const { surveyId } of await surveysOf(context, organisationId, undefined)) {
      const entry = await ownEntry(context.kv, surveyId, inVault);
      // Nobody can say what a damaged one is under.
      if (entry.is === 'damaged' || (entry.is === 'entry' && entry.keyVersion === version)) {
        return true;
      }
    }
    return false;
  } catch (cause) {
    if (cause instanceof Refusal && UNTOLD.has(cause.code)) return undefined;
    throw cause;
  }
}

const UNTOLD = new Set(['organisation-surveys-unknown', 'organisation-too-many']);
