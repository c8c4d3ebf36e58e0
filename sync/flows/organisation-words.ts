/**
 * A package or bundle for an organisation whose owner forgot the passphrase, in words: for approvers,
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
  surveyInWords,
  type UnopenedSurvey,
} from '../../shared/bundle/organisation.ts';
import { packed } from './packed.ts';

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
function passphraseFact(isNew: boolean): [string, string] {
  return [
    'passphrase',
    isNew
      ? 'a new one; what an earlier such ceremony wrapped and this one does not bring keeps the one of then'
      : 'the one that an earlier ceremony was given',
  ];
}

/** What whoever releases the package reads of it. */
export function packageFacts({
  facts,
  surveys,
  left,
  further,
  continues,
}: OrganisationPackaged): [string, string][] {
  return [
    ['organisation', whose({ facts })],
    ['owner', asOneLine(facts.owner)],
    ['request', facts.requestCode],
    passphraseFact(continues === null),
    ...packed(
      'wrapped anew',
      surveys.map(
        (one) =>
          `${surveyInWords(one)} “${asOneLine(one.surveyName, 40)}” by the escrow of user ${one.userId}`,
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
  const under =
    body.passphrase === 'new' ? 'a new passphrase' : 'the passphrase of an earlier such bundle';
  return `Wrap ${count(body.moved.length)} of ${whose(body)} under ${under}, which ${asOneLine(body.facts.owner, 60)} has, request ${body.facts.requestCode}`;
}

/** What two approvers judge. */
export function bundleFacts(body: OrganisationBundle): [string, string][] {
  return [
    ['organisation', whose(body)],
    ['owner', asOneLine(body.facts.owner)],
    passphraseFact(body.passphrase === 'new'),
    ...packed(
      'wrapped anew',
      body.moved.map((one) => `${surveyInWords(one)} by the escrow of user ${one.userId}`),
    ),
    ...leftFacts('stays as it is', body.unopened),
    [
      'afterwards',
      'Whoever has the passphrase opens these surveys through CheckTick. What the passphrase of before opened of them is kept by Vault as an older version.',
    ],
  ];
}

/** For custodians, and for the users whose escrows were opened. */
export function organisationChange(body: OrganisationBundle) {
  const { owner, organisationId } = body.facts;
  const names = body.moved.map(surveyInWords).join(', ');
  const who = asOneLine(owner, 60);
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
  const { organisationId, requestCode } = body.facts;
  const moved = body.moved.length - changed.length;
  const under = body.passphrase === 'new' ? 'the new passphrase' : 'the passphrase that goes on';
  const verb = moved === 1 ? 'is' : 'are';
  const keys = moved === 0 ? 'No survey key' : count(moved).replace('the', 'The');
  const unopened =
    body.unopened.length === 0
      ? ''
      : ` The bundle names ${body.unopened.length} more that did not open; they are as they were.`;
  return `${keys} of organisation ${organisationId} (request ${requestCode}) ${verb} wrapped under ${under}.${changedInWords(changed)}${unopened} What lay there before is an older version in Vault.`;
}
