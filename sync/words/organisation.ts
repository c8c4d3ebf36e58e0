/**
 * A package or bundle for survey keys of an organisation that are wrapped anew, in words: for approvers,
 * for custodians, for the users whose escrows are opened, for the receipt.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { OrganisationBundle } from '../../shared/bundle/bundle.ts';
import {
  LEFT_IN_WORDS,
  type LeftSurvey,
  organisationInWords,
  type OrganisationPackaged,
  sourceInWords,
  surveyInWords,
  type UnopenedSurvey,
  whosePassphrase,
  type WhosePassphrase,
} from '../../shared/bundle/organisation.ts';
import { packed } from '../approvals/packed.ts';

/** `organisation 4 (Ward group)`, visible and not too long. */
const whose = ({ facts }: Pick<OrganisationPackaged, 'facts'>): string =>
  asOneLine(organisationInWords(facts), 200);

const count = (surveys: number): string =>
  surveys === 1 ? 'the key of 1 survey' : `the keys of ${surveys} surveys`;

/** Those that stay as they are, by the reason. */
function leftFacts(
  label: string,
  surveys: readonly Pick<LeftSurvey | UnopenedSurvey, 'surveyId' | 'teamId' | 'why'>[],
): [string, string][] {
  const reasons = [...new Set(surveys.map(({ why }) => why))];
  return reasons.flatMap((why) =>
    packed(
      label,
      surveys.filter((one) => one.why === why).map(surveyInWords),
      // With the reason before them.
      800,
    ).map(([name, those]): [string, string] => [name, `${LEFT_IN_WORDS[why]}: ${those}`]),
  );
}

/** Which passphrase, label and value. */
function passphraseFact(which: WhosePassphrase): [string, string] {
  const said = {
    new: 'a new one; what an earlier such ceremony wrapped and this one does not bring keeps the one of then',
    continued: 'the one that an earlier ceremony was given',
    kept: 'the one in use; it stays',
  };
  return ['passphrase', said[which]];
}

/** Between which versions it moves; nothing where it does not. */
function movesFact(from: string | undefined, to: string): [string, string][] {
  if (from === undefined) return [];
  return [['moves', `from key version ${from} to ${to}`]];
}

/** What whoever releases the package reads of it. */
export function packageFacts({
  facts,
  surveys,
  left,
  further,
  ...asked
}: OrganisationPackaged): [string, string][] {
  return [
    ['organisation', whose({ facts })],
    ['owner', asOneLine(facts.owner)],
    ['request', facts.requestCode],
    passphraseFact(whosePassphrase(asked)),
    ...movesFact(asked.moves?.from, facts.keyVersion),
    ...packed(
      'wrapped anew',
      surveys.map(
        (one) => `${surveyInWords(one)} “${asOneLine(one.surveyName, 40)}” ${sourceInWords(one)}`,
      ),
    ),
    ...leftFacts('stays as it is', left),
    ...(further === 0
      ? []
      : [
          ['no room in this package', `${further} more, for a package that goes on`] as [
            string,
            string,
          ],
        ]),
    ['key version', facts.keyVersion],
  ];
}

/** One sentence without its end. */
export function bundleInWords(body: OrganisationBundle): string {
  const { movedFrom, facts } = body;
  if (movedFrom !== undefined) {
    return `Move ${count(body.moved.length)} of ${whose(body)} from key version ${movedFrom} to ${facts.keyVersion}, under the same passphrase, which ${asOneLine(facts.owner, 60)} has, request ${facts.requestCode}`;
  }
  const under =
    body.passphrase === 'new' ? 'a new passphrase' : 'the passphrase of an earlier such bundle';
  return `Wrap ${count(body.moved.length)} of ${whose(body)} under ${under}, which ${asOneLine(body.facts.owner, 60)} has, request ${body.facts.requestCode}`;
}

/** What two approvers judge. */
export function bundleFacts(body: OrganisationBundle): [string, string][] {
  return [
    ['organisation', whose(body)],
    ['owner', asOneLine(body.facts.owner)],
    passphraseFact(body.passphrase),
    ...movesFact(body.movedFrom, body.facts.keyVersion),
    ...packed(
      'wrapped anew',
      body.moved.map((one) => `${surveyInWords(one)} ${sourceInWords(one)}`),
    ),
    ...leftFacts('stays as it is', body.unopened),
    [
      'afterwards',
      body.movedFrom === undefined
        ? 'Whoever has the passphrase opens these surveys through CheckTick. What the passphrase of before opened of them is kept by Vault as an older version.'
        : `The passphrase opens these surveys with the shares of ${body.facts.keyVersion}. CheckTick’s own code opens them again when Vault’s platform/master-key holds the component of ${body.facts.keyVersion}: when ${body.movedFrom} is retired.`,
    ],
  ];
}

/** For custodians, and for the users whose escrows were opened. */
export function organisationChange(body: OrganisationBundle) {
  const { owner, organisationId, keyVersion } = body.facts;
  const names = body.moved.map(surveyInWords).join(', ');
  const who = asOneLine(owner, 60);
  if (body.movedFrom !== undefined) {
    const what = `${count(body.moved.length)} of ${whose(body)}`;
    const between = `from platform key version ${body.movedFrom} to ${keyVersion}`;
    return {
      short: `move organisation ${organisationId} to platform key version ${keyVersion}`,
      sentence: `${what.replace('the', 'The')} would move ${between}: ${names}. The passphrase of the organisation stays, and ${who} has typed it.`,
      done: `${what.replace('the', 'The')} moved ${between}: ${names}. The passphrase of the organisation is the same. A survey that somebody else had written since the ceremony was left as it was.`,
    };
  }
  return {
    short: `wrap survey keys of organisation ${organisationId} under another passphrase`,
    sentence: `The owner of ${whose(body)} is said to have forgotten the passphrase. ${who} would be able to open ${count(body.moved.length)} with a passphrase of his own: ${names}.`,
    done: `${count(body.moved.length).replace('the', 'The')} of ${whose(body)} can be opened with the passphrase of ${who}: ${names}. A survey that somebody else had written since the ceremony was left as it was.`,
  };
}

/** Characters of the names in a receipt's sentence. */
const NAMES = 200;

/** Those that somebody else has written since, for the receipt. */
function changedInWords(changed: readonly Pick<LeftSurvey, 'surveyId' | 'teamId'>[]): string {
  if (changed.length === 0) return '';
  const names: string[] = [];
  for (const name of changed.map(surveyInWords)) {
    if ([...names, name].join(', ').length > NAMES) break;
    names.push(name);
  }
  const more = changed.length - names.length;
  return ` Written by somebody else since the package was made, and left alone: ${names.join(', ')}${more === 0 ? '' : ` and ${more} more, which are not among what was read back`}.`;
}

/** For the receipt. */
export function organisationStatement(
  body: OrganisationBundle,
  changed: readonly Pick<LeftSurvey, 'surveyId' | 'teamId'>[],
): string {
  const { organisationId, requestCode, keyVersion } = body.facts;
  const moved = body.moved.length - changed.length;
  const under = {
    new: 'the new passphrase',
    continued: 'the passphrase that goes on',
    kept: `the same passphrase and key version ${keyVersion}`,
  }[body.passphrase];
  const verb = moved === 1 ? 'is' : 'are';
  const keys = moved === 0 ? 'No survey key' : count(moved).replace('the', 'The');
  const unopened =
    body.unopened.length === 0
      ? ''
      : ` The bundle names ${body.unopened.length} more that did not open; they are as they were.`;
  return `${keys} of organisation ${organisationId} (request ${requestCode}) ${verb} wrapped under ${under}.${changedInWords(changed)}${unopened} What lay there before is an older version in Vault.`;
}
