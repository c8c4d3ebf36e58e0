/**
 * What the screens of an adoption say: what sync found of the key version, how the legacy shares
 * compare, and what that means.
 * @module
 */
import {
  organisationKeyInWords,
  storedKeyInWords,
  storedKeysOf,
  type AdoptFound,
  type ComponentPlace,
  type FoundVersion,
  type OrganisationKey,
  type StoredKey,
} from '../../shared/bundle/adopt.ts';
import type {
  GivenLegacy,
  LegacyJudgement,
  LegacyProof,
  LegacySplit,
} from '../../shared/ceremony/types.ts';
import { count, list } from './say.ts';

/** The first time that a screen says it. */
export const LEGACY_SHARE = 'A legacy share is one that was made by CheckTick’s own command.';

const STATES: Readonly<Record<FoundVersion['state'], string>> = {
  active: 'in use by CheckTick',
  waiting: 'not in use yet',
  retired: 'retired: older surveys still depend on it',
  missing: 'without a row in CheckTick’s database',
};

export const stateInWords = ({ version, state }: FoundVersion): string =>
  `${version}, ${STATES[state]}`;

/** Where sync found the vault component, and whether the places agree. */
export function placesInWords(
  { compared }: Pick<FoundVersion, 'compared'>,
  vault: AdoptFound['vault'],
): string {
  switch (compared) {
    case 'same':
      return 'The same in Vault and in the database row';
    case 'differs':
      return 'Vault and the database row differ. Both came along, and what opens with them will tell.';
    case 'other-version':
      return 'In the database row only: Vault holds that of another version';
    case 'row-only':
      return vault === 'missing'
        ? 'In the database row only: Vault has no entry'
        : 'In the database row only: Vault’s entry cannot be read';
    case 'vault-only':
      return 'In Vault only: sync will make the database row from it';
  }
}

/** How many stored survey keys there are, and what goes along. */
export function proofInWords(found: FoundVersion): string {
  const { escrows } = found;
  const keys = storedKeysOf(found);
  if (keys.length > 0) {
    const came = keys.length === 1 ? 'That of' : 'Those of';
    return `${escrows}. ${came} ${keysInWords(keys)} came along, to prove the key with.`;
  }
  const none = escrows === 0 ? 'None.' : `${escrows}, and none came along.`;
  if (found.organisationKeys !== undefined) {
    return `${none} What came along is the key of ${keptInWords(found.organisationKeys)}: it proves the key, if an owner types the passphrase.`;
  }
  return escrows === 0
    ? 'None. Nothing exists that could prove the key.'
    : `${escrows}, and none came along. Nothing here can prove the key.`;
}

/** `survey 31 of organisation 4 and survey 32 of team 9 of organisation 5` */
export const keptInWords = (keys: readonly OrganisationKey[]): string =>
  list(keys.map(organisationKeyInWords));

/** What proved the key; goes on after `opened`. Null: nothing did. */
export function openedInWords({ opened, organisation }: LegacyProof): string | null {
  if (opened.length > 0) return storedInWords(opened);
  if (organisation === undefined) return null;
  const { owner, opened: kept } = organisation;
  return `the ${kept.length === 1 ? 'key' : 'keys'} of ${keptInWords(kept)}, with the passphrase that ${owner} typed`;
}

/** `survey 31 (user 7) and survey 32 (user 9)` */
export const keysInWords = (keys: readonly StoredKey[]): string => list(keys.map(storedKeyInWords));

/** `the stored survey keys of survey 31 (user 7) and survey 32 (user 9)` */
export const storedInWords = (keys: readonly StoredKey[]): string =>
  `the stored survey ${keys.length === 1 ? 'key' : 'keys'} of ${keysInWords(keys)}`;

/** `the vault component in the database row` */
export function placeInWords(place: ComponentPlace): string {
  switch (place) {
    case 'both':
      return 'the vault component, which Vault and the database row have alike';
    case 'row':
      return 'the vault component in the database row';
    case 'vault':
      return 'the vault component in Vault';
  }
}

/** `Legacy shares 1 and 3`, `The whole component` */
export function givenInWords({ numbers }: Pick<GivenLegacy, 'numbers'>): string {
  return numbers.length === 0 ? 'The whole component' : sharesInWords(numbers);
}

function sharesInWords(numbers: readonly number[]): string {
  const said = list([...numbers].sort((a, b) => a - b).map(String));
  return numbers.length === 1 ? `Legacy share ${said}` : `Legacy shares ${said}`;
}

/** `any 3 of 4` */
export const splitInWords = ({ threshold, count: total }: NonNullable<LegacySplit>): string =>
  `any ${threshold} of ${total}`;

/** The checker shows digits so, and so do people find them again on paper. */
const GROUP = 4;
const LINE = 32;

/** `digit 217 (line 7, group 7)` */
function digitInWords(position: number): string {
  const line = Math.ceil(position / LINE);
  const group = Math.ceil((((position - 1) % LINE) + 1) / GROUP);
  return `digit ${position} (line ${line}, group ${group})`;
}

type Suspect = LegacyJudgement['suspects'][number];

/** One suspect, as a sentence: which share, and where. `isOnly`: it is wrong, not one of several. */
export function suspectInWords({ number, slip, positions }: Suspect, isOnly: boolean): string {
  return `Legacy share ${number}${isOnly ? '' : ', if it is this one'}: ${slipInWords(slip, positions)}.`;
}

function slipInWords(slip: Suspect['slip'], positions: readonly number[]): string {
  const [first = 0] = positions;
  switch (slip) {
    case 'digit':
      return `${digitInWords(first)} does not fit`;
    case 'swapped':
      return `${digitInWords(first)} and the one after it are exchanged`;
    case 'missing':
      return `a digit is missing before ${digitInWords(first)}`;
    case 'extra':
      return `${digitInWords(first)} is one too many`;
    case 'digits':
      return `${list(positions.map(digitInWords))} do not fit`;
    case 'several':
      return 'digits are wrong in more places than one';
    case 'unlike':
      return 'nothing in it fits the others; it is probably of another split';
  }
}

export interface Judged {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
}

/**
 * What the comparison means.
 *
 * @param proves A survey key is there to be opened; null: that is said on another screen.
 */
export function judgedInWords(
  { standing, agreed, suspects, needed }: LegacyJudgement,
  proves: boolean | null,
): Judged {
  const numbers = suspects.map(({ number }) => number);
  if (needed !== undefined) return numberInWords(needed, standing !== 'several-wrong');
  switch (standing) {
    case 'whole':
      return {
        tone: 'warn',
        title: 'Nothing was compared: there is one component, and nothing beside it.',
        text: `A wrong digit in it gives a wrong key without a sign. ${unproved(proves)}`,
      };
    case 'uncompared':
      return {
        tone: 'warn',
        title: 'Nothing was compared: exactly as many are here as are needed.',
        text: `A wrong digit near the end of any of them gives a wrong key without a sign. ${unproved(proves)}`,
      };
    case 'agree':
      return {
        tone: 'good',
        title: 'The legacy shares agree.',
        text: 'More are here than are needed, and they fit each other: no digit is wrong. Whether they belong to this key version, the comparison cannot say.',
      };
    case 'wrong':
      return {
        tone: 'warn',
        title:
          numbers.length === 1
            ? `${sharesInWords(numbers)} is wrong.${agreed ? ' The others agree.' : ''}`
            : `${sharesInWords(numbers)} are wrong.${agreed ? ' The others agree.' : ''}`,
        text: agreed
          ? 'What is wrong is left out, and the key comes from the others.'
          : `It alone explains why they do not agree, and is left out. The others are exactly as many as are needed, so they were compared with nothing. ${unproved(proves)}`,
      };
    case 'one-of':
      return {
        tone: 'warn',
        title: `One of these is wrong: legacy shares ${list(numbers.map(String))}.`,
        text:
          proves === true
            ? 'One wrong digit in any of them would explain it. Each is left out in turn, and the stored survey key tells which.'
            : 'One wrong digit in any of them would explain it, and the comparison cannot tell which. Bring one more, or compare these with their originals, digit by digit, and give them again.',
      };
    case 'several-wrong':
      return {
        tone: 'bad',
        title: 'They do not agree, and nobody can say which are wrong.',
        text: 'Either more than one has a wrong digit, or they come from different splits, or more are needed than was said. Nothing is lost.',
      };
  }
}

const unproved = (proves: boolean | null): string =>
  proves === false
    ? 'What comes out stays unproved.'
    : 'What comes out is unproved until it opens a stored survey key.';

/** They fit each other, but not with the number that was said. */
function numberInWords(needed: number, fewer: boolean): Judged {
  return {
    tone: 'warn',
    title: fewer
      ? `Fewer are needed than was said: any ${needed} of these give the same.`
      : `More are needed than was said: these fit each other if any ${needed} are needed.`,
    text: fewer
      ? 'The shares are right, and the number is not. Correct it below: everybody signs how many of them open the key.'
      : 'Either that number is wrong, or several shares are. Look in the notes of that day, and correct it below; what is here stays.',
  };
}

/** What to do when nobody can say which are wrong. */
export const SEVERAL_WRONG: readonly string[] = [
  'Look in the notes of that day how many are needed, and correct it below.',
  'Compare each with its original, digit by digit. Take it back here, and give it again.',
  'Bring one more: with every further one a wrong one is easier to name.',
];

/** How far it is, under the heading. */
export function stillNeeded(split: NonNullable<LegacySplit>, have: number): string {
  const { threshold } = split;
  if (have === 0) return `None is here yet, and ${threshold} are needed.`;
  if (have < threshold) return `${have} of the ${threshold} that are needed are here.`;
  return have === threshold
    ? `As many as are needed are here. With one more, a wrong digit can be found and its share named.`
    : `${count(have - threshold, 'more', 'more')} than needed: a wrong digit can be found.`;
}
