/**
 * How a ceremony refuses what a person says at the wrong moment or with the wrong facts.
 * @module
 */
import { refusals } from '../refusal.ts';

const nothing = 'Nothing was changed.';

export const refuseStep = refusals({
  'not-now': () => ({
    happened: 'That is not possible at this step.',
    means: `The ceremony is somewhere else by now. ${nothing}`,
    next: 'Go on with what the screen asks for.',
  }),
  'words-differ': (unknown: readonly string[]) => ({
    happened:
      unknown.length > 0
        ? `${unknown.length === 1 ? 'A word is' : 'Some words are'} not in the word list: ${unknown.join(', ')}.`
        : 'These are not the eight words of this file.',
    means: `Either a word was misheard, or the file is not the one that the other side has. ${nothing}`,
    next: 'Have the words read out again, one by one. If they differ again, do not use the file.',
    ...(unknown.length > 0 ? { culprit: unknown.join(', ') } : {}),
  }),
  'plan-names-double': (name: string) => ({
    happened: `Two people have the name ${name}.`,
    means: `Names tell people apart on the screens and on the sheets. ${nothing}`,
    next: 'Add a second name or a department to one of them.',
    culprit: name,
  }),
  'plan-threshold': (threshold: number, count: number) => ({
    happened: `${threshold} shares cannot be needed when there are only ${count}.`,
    means: nothing,
    next: 'Lower the threshold or add custodians.',
  }),
  'plan-label-taken': (label: string) => ({
    happened: `A set that is in use is called ${label}, too.`,
    means: `Shares of both lie side by side until those of one are destroyed: with one name for both, the wrong ones are destroyed. ${nothing}`,
    next: 'Give the new set another name.',
    culprit: label,
  }),
  'renew-sheets-too-many': (good: number) => ({
    happened: 'Every number that a sheet can have was given out in this sitting.',
    means: `Sheet ${good} still opens the share. ${nothing}`,
    next: 'Go on without a new sheet, destroy those that were not read back, and say why.',
    culprit: `sheet ${good}`,
  }),
  'renew-witness': (name: string) => ({
    happened: `${name} is no witness of this roster, or destroyed the sheets alone.`,
    means: `Somebody else must have seen it, whom the auditor knows from the roster. ${nothing}`,
    next: 'Name a witness who is in the room, or say why the sheets are not destroyed today.',
    culprit: name,
  }),
  'sheets-too-many': (most: number) => ({
    happened: `${most} sheets were printed in this sitting, and there are no more numbers.`,
    means: `Each sheet has its own number, so that no other one is read back for it. ${nothing}`,
    next: 'Destroy the sheets that were not read back, and choose a stick as the medium.',
  }),
  'legacy-count': (number: number, count: number) => ({
    happened: `Legacy share ${number} is here, and only ${count} were said to be made.`,
    means: `One of the two is wrong: the number on the share, or how many there are. Everybody signs how many open the key. ${nothing}`,
    next: 'Look in the notes of that day how many were made, and correct it; or take the share back.',
    culprit: `legacy share ${number}`,
  }),
  'legacy-not-practice': () => ({
    happened: 'Nobody said that the legacy shares were made for practice.',
    means: `A rehearsal does not protect what is put in: no check of the laptop stops it. Real legacy shares open the real key, here as everywhere. ${nothing}`,
    next: 'Bring shares that were made for practice, or end the rehearsal and start the real adoption.',
  }),
  'decides-not-there': (name: string) => ({
    happened: `${name} does not take part in this ceremony.`,
    means: `Who answers for it signs the transcript, and only those of the plan do. ${nothing}`,
    next: 'Type the name as the plan has it, or let somebody else of the plan answer.',
    culprit: name,
  }),
  'decides-alone': (name: string) => ({
    happened: `${name} has answered already.`,
    means: `Two people have to answer for this. ${nothing}`,
    next: 'Let somebody else of the plan sit down and answer.',
    culprit: name,
  }),
  'decides-sentence': (sentence: string) => ({
    happened: 'The sentence that was typed is not the one for this choice.',
    means: `Nobody has answered for it with that. ${nothing}`,
    next: `Type: ${sentence}`,
  }),
  'decides-otherwise': (first: string) => ({
    happened: `${first} answered for the other vault component.`,
    means: `Two people have to answer for the same one. ${nothing}`,
    next: 'Talk about it. If the first answer was wrong, go back to what was brought: it is forgotten then.',
    culprit: first,
  }),
  'environment-stops': (headlines: readonly string[]) => ({
    happened: `This laptop is not ready for a real ceremony: ${headlines.join('; ')}.`,
    means: 'A secret could be left behind on it. No secret was made yet.',
    next: 'Follow what stands beside each point, then choose "Check again".',
  }),
  'clock-differs': () => ({
    happened: "The laptop's clock and the operator's watch differ.",
    means: `The transcript would carry a wrong time. ${nothing}`,
    next: 'Set the laptop\'s clock, then choose "Check again".',
  }),
  'identity-other-name': (found: string, wanted: string) => ({
    happened: `This identity belongs to ${found}, and ${wanted} is sitting here.`,
    means: `A signature counts only when it is the person's own. ${nothing}`,
    next: `Use the identity of ${wanted}, or make a new one.`,
    culprit: found,
  }),
  'identity-needs-file': (name: string) => ({
    happened: `The identity of ${name} cannot be on a YubiKey.`,
    means: `An admin of sync approves with it at another computer, whose program opens files and sheets only. ${nothing}`,
    next: 'Make it on a stick or on paper. An admin can add a YubiKey for approvals in sync afterwards.',
    culprit: name,
  }),
  'identity-not-listed': (found: string, role: string) => ({
    happened: `The roster does not list this identity of ${found} as ${role}.`,
    means: `It may have been replaced since. ${nothing}`,
    next: 'Use the identity that the roster lists, or go on without this signature where that is offered.',
    culprit: found,
  }),
  'identity-shared': (name: string, other: string) => ({
    happened: `This identity was used by ${other} already.`,
    means: `Each person signs with their own. ${nothing}`,
    next: `Make a new identity for ${name}.`,
    culprit: other,
  }),
  'plan-needs-identity': (name: string) => ({
    happened: `The roster in force does not list ${name}.`,
    means: `Who comes in needs a personal identity, made or opened here. ${nothing}`,
    next: `Say on what ${name} keeps the new identity, or correct the name.`,
    culprit: name,
  }),
  'plan-admins': (asked: boolean) => ({
    happened: asked
      ? 'The package asks for two new admins of sync.'
      : 'The package does not ask for new admins of sync.',
    means: `Both must be two people with two numbers in CheckTick, and both must be approvers, or nobody could be invited later. ${nothing}`,
    next: asked
      ? 'Name two people, each with their own number in CheckTick, and make both approvers.'
      : 'Leave them out. Admins who still have a key invite others in sync.',
  }),
  'roster-unchanged': () => ({
    happened: 'Nothing would be different with this roster.',
    means: `The same people would take part with the same identities and roles. ${nothing}`,
    next: 'Change what is to be changed, or declare this ceremony void.',
  }),
  'owner-other': (owner: string) => ({
    happened: `The request names ${owner} as who acts for the organisation, and nobody else.`,
    means: `Who makes up the passphrase can open every survey that is wrapped under it. ${nothing}`,
    next: `Let ${owner} sit down. If somebody else is to act for the organisation, end this ceremony and let the business be verified again, for a new request.`,
  }),
  'email-reason': () => ({
    happened: 'This is no reason that can be written down here.',
    means: `It stands in the transcript and at sync for ever: 3 to 500 characters, and no e-mail address (no @). ${nothing}`,
    next: 'Say why in your own words, without any address.',
  }),
  'destroy-own-witness': (name: string) => ({
    happened: `${name} holds a share of this set.`,
    means: `Nobody is the witness of their own destruction. ${nothing}`,
    next: 'Name somebody who holds no share of this set.',
    culprit: name,
  }),
  'backups-one-person': (name: string) => ({
    happened: `${name} is the witness already.`,
    means: `Two people answer for what is said of the backups. ${nothing}`,
    next: 'Name somebody else: whoever runs the backups.',
    culprit: name,
  }),
  'backups-by-holder': (name: string) => ({
    happened: `${name} holds a share of this set.`,
    means: `Whoever could use a backup with that share does not answer for what is said of the backups. ${nothing}`,
    next: 'Name somebody who holds no share of this set.',
    culprit: name,
  }),
  'backups-by-unknown': (name: string) => ({
    happened: `No list of people on this laptop names ${name}.`,
    means: `Nobody could tell whose signature it is. ${nothing}`,
    next: 'Name an operator, a witness or a custodian of another set; write the name as the list has it.',
    culprit: name,
  }),
  'backups-day': (day: string) => ({
    happened: `${day} cannot be the day since which the backups are gone.`,
    means: `It is in the future, or before the other half of the key changed. ${nothing}`,
    next: 'Write the day on which the last backup with the old half was deleted or expired.',
    culprit: day,
  }),
  'destroy-backups': () => ({
    happened: 'Nobody said that the backups were tried.',
    means: `A backup from before the change still needs the old shares: without them it could never be opened. ${nothing}`,
    next: 'Have a backup from after the change restored in a test, then say so here. Where that cannot be done, two people may say why not. Until then keep the old shares.',
  }),
  'destroy-version-backups': () => ({
    happened: 'Nobody said that no backup needs these shares.',
    means: `A backup may hold survey keys under the version that was retired: without its shares they could never be opened. ${nothing}`,
    next: 'Find out which backups hold such keys, and whether one is needed. Until then keep the shares.',
  }),
  'destroy-file-there': (where: string) => ({
    happened: `The file is on the ${where} again.`,
    means:
      'It was removed, and it is there now that the stick was opened anew. It still counts as not destroyed.',
    next: 'Break the stick before everybody’s eyes, as you would have done in any case.',
    culprit: where,
  }),
  'destroy-slot-in-use': (slot: number | null, serial: number) => ({
    happened: `The YubiKey ${serial} also opens a share of a set that is in use.`,
    means: `Erasing ${slot === null ? 'its slot' : `slot ${slot}`} could lose that share for good. Nothing was erased.`,
    next: 'Leave the slot as it is, say why, and destroy the envelope: without it the key opens nothing of this set.',
    culprit: `YubiKey ${serial}`,
  }),
  'destroy-slot-unknown': () => ({
    happened: 'This laptop has no log of the ceremony that made the set.',
    means:
      'So nobody here knows which slot of the YubiKey holds the secret of this share. Nothing was erased.',
    next: 'Go on with the laptop that has that log, or leave the slot as it is, say why, and destroy the envelope: without it the key opens nothing of this set.',
  }),
  'destroy-slot-unnamed': () => ({
    happened: 'This YubiKey hides its number.',
    means: 'So nobody can prove that a slot of the right key would be erased. Nothing was erased.',
    next: 'Leave the slot as it is, say why, and destroy the envelope: without it the key opens nothing of this set.',
  }),
  'destroy-slot-not-empty': (slot: number) => ({
    happened: `Slot ${slot} is not empty after it was erased.`,
    means: 'The key does not do what it is told. It still counts as not destroyed.',
    next: 'Try once more. If it stays so, leave the slot, say why, and have the key itself destroyed.',
    culprit: `slot ${slot}`,
  }),
  'refresh-too-few': (count: number, least: number) => ({
    happened: `Only ${count} shares would live on, and at least ${least} have to.`,
    means:
      'Whose share does not come has none afterwards. With no more than the threshold, one more share that is lost would be the end of the key. Nothing was changed.',
    next: `Wait until ${least} custodians are here with their shares, or make new shares, which takes everybody of the new set and a threshold of the old one.`,
  }),
  'receipt-of-another': () => ({
    happened: 'This receipt belongs to another bundle.',
    means: `The bundle of this ceremony is still waiting. ${nothing}`,
    next: 'Ask the admin of sync for the receipt of this bundle: its eight words are on the screen.',
  }),
  'bundle-exists': () => ({
    happened: 'The bundle was made already, so this ceremony cannot be declared void here.',
    means: 'Sync may have committed it. Only its receipt tells.',
    next: 'Carry the bundle to sync, or have it refused there, and bring the receipt back.',
  }),
});
