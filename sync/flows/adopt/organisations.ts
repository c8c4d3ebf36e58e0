/**
 * Survey keys that organisations keep, to go along with an adoption as proof: an operator names them,
 * because CheckTick's tables do not say whose a survey is. All of it is asked before custodians come
 * together: what is wrong there opens nothing, and nobody in the room could say why.
 * @module
 */
import type { Comparison, OrganisationKey } from '../../../shared/bundle/adopt.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { refuseAdoption } from '../../checktick/adopt-refusals.ts';
import type { FlowContext } from '../../trust/context.ts';
import { assertTeamKnown, assertWay, readSurveyKek } from '../../checktick/organisation.ts';

export interface KeptKey {
  readonly key: OrganisationKey;
  /** As Vault holds it, without white space: hex text. */
  readonly kek: string;
}

type Places = Pick<FlowContext, 'database' | 'kv'>;

/**
 * @throws Refusal `adopt-organisations-version`, `organisation-survey-unknown`,
 *   `organisation-unknown`, `organisation-differs`, `organisation-team-unknown`,
 *   `survey-kek-missing`, `survey-kek-damaged`, `vault-document`
 */
export async function organisationKeysNamed(
  context: Places,
  version: string,
  compared: Comparison,
  named: readonly OrganisationKey[],
): Promise<KeptKey[]> {
  // CheckTick makes the keys of organisations with what lies in Vault, whichever version that is of.
  if (named.length > 0 && compared === 'other-version') {
    throw refuseAdoption('adopt-organisations-version', version);
  }
  const kept: KeptKey[] = [];
  for (const key of named) kept.push(await readKept(context, key));
  return kept;
}

/** What says of one survey that its key cannot go along any more, and nothing of Vault. */
const GONE: ReadonlySet<string> = new Set([
  'organisation-survey-unknown',
  'organisation-unknown',
  'organisation-differs',
  'organisation-team-unknown',
  'survey-kek-missing',
  'survey-kek-damaged',
  'vault-document',
]);

/** Of those that its approvers were shown, the ones that can be read still. */
export async function organisationKeysLeft(
  context: Places,
  shown: readonly OrganisationKey[],
): Promise<KeptKey[]> {
  const kept: KeptKey[] = [];
  for (const key of shown) {
    try {
      kept.push(await readKept(context, key));
    } catch (cause) {
      if (!(cause instanceof Refusal) || !GONE.has(cause.code)) throw cause;
    }
  }
  return kept;
}

async function readKept(context: Places, key: OrganisationKey): Promise<KeptKey> {
  const { surveyId, organisationId, teamId } = key;
  await assertWay(context, surveyId, { organisationId, teamId });
  if (teamId !== null) await assertTeamKnown(context, surveyId, teamId);
  const { encrypted_kek: text } = await readSurveyKek(context.kv, surveyId);
  return { key, kek: text.replaceAll(/[ \t\n\r\f\v]/g, '') };
}
