/**
 * Sentences about shares of CheckTick’s own splits: those that an adoption takes, and those it makes.
 * @module
 */
import type { Entry } from './entry.ts';
import { has, list, stripSaid, yes, type Say, type Sentences } from './narrate-words.ts';

export const LEGACY_SENTENCES: Sentences<
  | 'adopt-package-opened'
  | 'legacy-practice'
  | 'legacy-given'
  | 'legacy-taken-back'
  | 'legacy-compared'
  | 'legacy-proved'
  | 'legacy-answered'
  | 'legacy-decided'
  | 'key-restored'
  | 'new-legacy-split'
  | 'new-legacy-writing'
  | 'new-legacy-written'
  | 'new-legacy-read-back'
  | 'new-legacy-proved'
  | 'new-legacy-left'
  | 'legacy-destroyed'
  | 'leftovers-looked-for'
> = {
  'adopt-package-opened': (_say, entry) => {
    const versions = list(entry, 'version');
    return `What sync sealed for this adoption was opened${versions === '' ? '' : `; of the vault components sync found: ${versions}`}.`;
  },
  'legacy-practice': () =>
    'Everybody said that the legacy shares of this rehearsal were made for practice, and open no real key.',
  'legacy-given': (say) =>
    say('numbers') === 'whole'
      ? `${say('by')} gave the component as a whole, never split: ${say('source')}.`
      : `${say('by')} gave the legacy shares ${say('numbers')}: ${say('source')}.`,
  'legacy-taken-back': (say) =>
    say('numbers') === 'whole'
      ? 'The component that was given as a whole was taken back.'
      : `The legacy shares ${say('numbers')} were taken back.`,
  'legacy-compared': (say, entry) =>
    `The legacy shares were compared with each other: ${standingInWords(say('standing'))}${has(entry, 'suspects') ? ` (${say('suspects')})` : ''}; ${yes(say('agreed'), 'what they give was compared with more of them than are needed', 'what they give was compared with nothing')}${has(entry, 'needed') ? `; they fit each other if any ${say('needed')} of them are enough, which is not what was said` : ''}.`,
  'legacy-proved': legacyProved,
  'legacy-answered': (say) =>
    `${say('name')} typed “${say('sentence')}”, of the vault component ${placeInWords(say('place'))}.`,
  'legacy-decided': (say) =>
    `${say('by.1.name')} and ${say('by.2.name')} answer for it that the vault component ${placeInWords(say('place'))} is the right one.`,
  'key-restored': (say) =>
    `The platform key in use was taken over; ${say('legacy')} open it as before, until they are destroyed. It is component ${say('componentId')}, ${say('componentBytes')} bytes; check values ` +
    `custodian component ${say('check.custodianComponent')}, vault component ${say('check.vaultComponent')}, ` +
    `platform key ${say('check.platformKey')}. Survey keys can be sealed to its escrow key, SHA-256 ${say('escrowKey.digest')}.`,
  'new-legacy-split': (say) =>
    `The custodian component was split once more, into ${say('count')} new legacy shares for CheckTick’s own commands; any ${say('threshold')} of them open it, and they have no checksum.`,
  'new-legacy-writing': (say) =>
    `New legacy share ${say('number')} was about to be written for ${say('custodian')} on a stick, unlocked.`,
  'new-legacy-written': (say) =>
    `New legacy share ${say('number')} was written for ${say('custodian')}, unlocked: ${say('description')}.`,
  'new-legacy-read-back': (say) =>
    `New legacy share ${say('number')} of ${say('custodian')} was read back from ${say('description')}, digit for digit.`,
  'new-legacy-proved': (say) =>
    `All ${say('count')} new legacy shares, as they were read back, lie on one polynomial, and any ${say('threshold')} of them give the component of the new set.`,
  'new-legacy-left': (say) =>
    `The new legacy shares were left after ${say('done')} of ${say('count')} were read back. What was written of them is to be destroyed.`,
  'legacy-destroyed': (say, entry) =>
    `${say('number') === '0' ? 'The component that was never split' : `Legacy share ${say('number')}`}${has(entry, 'written') ? `, written ${say('written')}` : ''}, which ${say('custodian')} had, was destroyed before everybody’s eyes: ${say('description')}${stripSaid(say, entry)}`,
  'leftovers-looked-for': (say, entry) => {
    const files = list(entry, 'file');
    return `Leftover files were looked for by their names on ${say('where')}: ${say('looked')} entries, ${yes(say('complete'), 'all there are', 'NOT all there are')}; ${files === '' ? 'nothing was found' : `found: ${files}`}.`;
  },
};

/** Words of `LegacyJudgement`; what is none of them as it is. */
function standingInWords(standing: string): string {
  const words: Readonly<Record<string, string>> = {
    whole: 'it was never split',
    uncompared: 'there were only as many as are needed, so nothing could be compared',
    agree: 'all of them agree',
    wrong: 'one or more are wrong',
    'one-of': 'one of several is wrong',
    'several-wrong': 'more than one is wrong',
  };
  return words[standing] ?? standing;
}

function legacyProved(say: Say, entry: Entry): string {
  const [opened, unopened] = [list(entry, 'opened'), list(entry, 'unopened')];
  if (say('proof') === 'none') {
    return unopened === ''
      ? 'Sync has no stored survey key that could prove the restored platform key: it is unproved.'
      : `What the legacy shares give did not open the stored survey keys of ${unopened}: it is unproved.`;
  }
  const by = say('proof') === 'organisation' ? 'what an organisation keeps' : say('proof');
  const words = has(entry, 'owner') ? ` and the passphrase that ${say('owner')} typed` : '';
  const what =
    opened === ''
      ? `the stored survey key of user ${say('userId')} and survey ${say('surveyId')}`
      : `the ${words === '' ? 'stored ' : ''}survey keys of ${opened}`;
  const not = unopened === '' ? '' : `; it did not open those of ${unopened}`;
  const wrong = has(entry, 'wrong') ? `; legacy share ${say('wrong')} is the wrong one` : '';
  return `The restored platform key was proved by ${by}: with the vault component ${placeInWords(say('place'))}${words} it opened ${what}${not}${wrong}.`;
}

/** Words of `ComponentPlace`, after "the vault component". */
function placeInWords(place: string): string {
  const words: Readonly<Record<string, string>> = {
    both: 'that Vault and the database row hold',
    row: 'of the database row',
    vault: 'of Vault',
  };
  return words[place] ?? place;
}
