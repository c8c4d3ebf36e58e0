/**
 * How the worker says no in its own name: what was asked in the wrong order, what is not on the
 * stick, what does not fit the manifest.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import { shareName } from '../../shared/sharing/refusals.ts';

const nothing = 'Nothing was changed.';
const SHEETS = {
  share: 'a share sheet',
  identity: 'an identity sheet',
  'key-share': 'a sheet for a YubiKey',
} as const;
type Sheet = keyof typeof SHEETS;
const stop = 'Stop here and open an exception sheet with "Something is wrong".';

export const refuseWorker = refusals({
  'move-file-differs': (number: number, of: number) => ({
    happened: `File ${number} of ${of} is not the one that the package names any more.`,
    means: `It was changed on the stick since all files were compared, or the stick is failing. Nothing of it was used. What was moved before stays as it is.`,
    next: 'Copy that file onto the stick once more from where it came, and go on.',
    culprit: `file ${number}`,
  }),
  'worker-fault': () => ({
    happened: 'Something went wrong inside Conclave.',
    means: 'This step was not finished. What was written before it stays as it is.',
    next: 'Try the step again. If it fails again, open an exception sheet and end the ceremony.',
  }),
  'worker-busy': () => ({
    happened: 'The step before this one is still going on.',
    means: nothing,
    next: 'Wait until it is finished, or close the window in front.',
  }),
  'worker-out-of-order': (needed: string) => ({
    happened: `This step needs ${needed}, which is not here yet.`,
    means: nothing,
    next: 'Go back to the step before and do it again.',
  }),
  'not-noted': () => ({
    happened: 'The laptop could not write down what it was about to do.',
    means: 'No slot and no envelope is changed that no list names: both are as they were.',
    next: 'Make room on the laptop’s disk, and do this step again.',
  }),
  'legacy-is-ours': () => ({
    happened: 'This is a sheet of Conclave’s own, and a legacy share is asked for.',
    means: `Shares that Conclave printed belong to a set that it knows; they are not brought here. ${nothing}`,
    next: 'Put it away again, and look for what CheckTick’s own command wrote.',
  }),
  'new-legacy-second': (number: string, label: string) => ({
    happened: `The stick ${label} already holds new legacy share ${number}.`,
    means: `Two of them on one stick would put two into one hand. ${nothing}`,
    next: 'Put in another stick, one for each new legacy share.',
    culprit: `new legacy share ${number}`,
  }),
  'new-legacy-missing': (number: number, label: string) => ({
    happened: `New legacy share ${number} is not on the stick ${label}.`,
    means: 'It was written there, and does not count before it was read back.',
    next: 'Put in the stick that it was written to, or write it to another one.',
    culprit: `new legacy share ${number}`,
  }),
  'new-legacy-differs': (number: number, label: string) => ({
    happened: `What the stick ${label} holds as new legacy share ${number} is not what was written.`,
    means: 'The stick changed it. It has no checksum, so nobody could have told later.',
    next: 'Write it to another stick, and destroy this one: what is on it may still be of use to a thief.',
    culprit: `new legacy share ${number}`,
  }),
  'new-legacy-wrong': () => ({
    happened: 'The new legacy shares do not give the component of this set.',
    means: 'They are of no use, and are to be destroyed. The new share set itself is not touched.',
    next: 'Leave them, and open an exception sheet with "Something is wrong".',
  }),
  'adopt-other-version': (version: string, wanted: string) => ({
    happened: `These shares belong to the key version ${version}, and ${wanted} is being adopted.`,
    means: `With the vault component of ${version} they open its stored survey key. ${nothing}`,
    next: `Bring the shares of ${wanted}. Or end this ceremony and ask sync for a package for ${version}.`,
    culprit: version,
  }),
  'adopt-two-keys': () => ({
    happened:
      'What was brought gives two platform keys, and each of them opens a stored survey key.',
    means: `Surveys were stored under both, and Conclave does not choose which is the key in use. ${nothing}`,
    next: 'Look at which shares were brought, and at what the notes say of a second key. Then ask the maintainers.',
  }),
  'adopt-undecided': () => ({
    happened:
      'Any of several shares could be the wrong one, and sync has no stored survey key that would tell.',
    means: `Each of them gives another key, and only one is right. ${nothing}`,
    next: 'Compare the shares that are named with their originals, or bring one more share.',
  }),
  'adopt-unanswered': () => ({
    happened: 'Nobody, or only one person, answered for the key that is to be taken over.',
    means: `Where nothing proves it, or two vault components differ, two people answer for it. ${nothing}`,
    next: 'Go back to what was brought, and let two people of the plan answer one after the other.',
  }),
  'entry-way-closed': () => ({
    happened: 'That way of reading is not offered here.',
    means: nothing,
    next: 'Use one of the ways that the window offers.',
  }),
  'sheet-other-kind': (found: Sheet, wanted: Sheet) => ({
    happened: `This is ${SHEETS[found]}, and ${SHEETS[wanted]} is asked for.`,
    means: nothing,
    next: `Show ${SHEETS[wanted]}.`,
    culprit: SHEETS[found],
  }),
  'second-sheet-failed': (why: string) => ({
    happened: `The first of two sheets was printed, the second was not. ${why}`,
    means: 'The sheet that came out is not used: both are printed again, with a new number.',
    next: 'Destroy the sheet that came out. Then print again, or choose a stick as the medium.',
  }),
  'volume-missing': () => ({
    happened: 'The stick that was chosen is not there any more.',
    means: `It was taken out, or it does not respond. ${nothing}`,
    next: 'Put it back in, wait until it is listed, and choose it again.',
  }),
  'share-file-missing': (index: number, count: number, label: string) => ({
    happened: `There is no file of ${shareName(index, count)} on the stick ${label}.`,
    means: `It is another stick, or the file was renamed or moved into a folder. ${nothing}`,
    next: 'Put in the stick that the share was written to.',
    culprit: label,
  }),
  'identity-file-missing': (label: string) => ({
    happened: `There is no personal identity on the stick ${label}.`,
    means: `It is another stick, or the file was renamed or moved into a folder. ${nothing}`,
    next: 'Put in the stick whose file name begins with “conclave-identity-”.',
    culprit: label,
  }),
  'ticket-file-missing': (ticketId: string, label: string) => ({
    happened: `The key of ticket ${ticketId.slice(0, 8)} is not on the stick ${label}.`,
    means: `The package was made for this ticket and opens with no other. ${nothing}`,
    next: 'Put in the stick that the ticket was made on. If it is lost, make a new ticket and ask for a new package.',
    culprit: label,
  }),
  'ticket-damaged': (fileName: string) => ({
    happened: `The file ${fileName} opened, but it is not the key of this ticket.`,
    means: `It was made for another ticket or was changed. ${nothing}`,
    next: 'Make a new ticket and ask for a new package.',
    culprit: fileName,
  }),
  'passphrase-needed': () => ({
    happened: 'The six words, or the own passphrase, are needed once more to lock the share.',
    means: `Conclave forgets them as soon as a file is written. ${nothing}`,
    next: 'Read back what was written, or choose new words.',
  }),
  'signing-needs-key': () => ({
    happened: 'The YubiKey of this personal identity is needed to sign.',
    means:
      'It makes the identity anew for each signature, with its PIN and a touch. Nothing was signed.',
    next: 'Put the YubiKey in, and sign in the window in front.',
  }),
  'identity-no-credential': (who: string) => ({
    happened: `No roster that this laptop knows lists an identity of ${who} on a YubiKey.`,
    means:
      'The name may be written differently, the identity may be on a stick or a sheet, or this laptop has not seen its roster. Nothing was asked of the key.',
    next: 'Bring the identity from a stick or a sheet, or take part in a ceremony whose package brings the roster.',
    culprit: who,
  }),
  'page-copy-kept': () => ({
    happened: 'The printing system did not delete its copy of the page.',
    means: 'The page is good, and nothing on it is secret.',
    next: 'Go on.',
  }),
  'renewal-left': () => ({
    happened: 'The window was closed before the share was locked anew.',
    means:
      'The share was given and counts. The stick was looked at to see which envelope is on it.',
    next: 'Try once more, with the key in your hand, or go on without.',
  }),
  'envelope-neither': () => ({
    happened: 'The stick holds neither the envelope of before nor the new one.',
    means: 'The share was given and counts, but this stick may not open it the next time.',
    next: 'Take the stick out, put it in again and have it read once more.',
  }),
  'sheet-other-envelope': (sheet: number) => ({
    happened: `This is not the sheet ${sheet} that was printed a moment ago.`,
    means:
      'It has the same number and another envelope, so it is from another day or from another copy. The sheet that was given still opens the share.',
    next: 'Take the sheet that just came out of the printer.',
    culprit: `sheet ${sheet}`,
  }),
  'sheet-not-printed': (printer: string) => ({
    happened: `The printer ${printer} did not take the whole sheet in two minutes.`,
    means:
      'The job was taken back, so nothing prints later. A part of the sheet may have come out.',
    next: 'See to its paper and its cable, destroy any half-printed page, and print again.',
    culprit: printer,
  }),
  'identity-differs': () => ({
    happened: 'This is not the personal identity that was just made here.',
    means: 'It opened, but its key is another one. The identity does not count yet.',
    next: 'Use the stick or the sheet that was written a moment ago.',
  }),
  'not-all-read-back': (missing: readonly number[], count: number) => ({
    happened: `Not every share was read back: ${missing.map((index) => shareName(index, count)).join(', ')} is missing.`,
    means: 'A share counts only when it was read from its own medium. Nothing is lost.',
    next: 'Let these custodians sit down again.',
    culprit: missing.map((index) => shareName(index, count)).join(', '),
  }),
  'package-component-wrong': () => ({
    happened: "The package's half of the platform key is not the one that the manifest describes.",
    means: 'With it, nothing could be opened. No share has been asked for, so nothing was shown.',
    next: "Ask the admin of sync to compare Vault's component with the manifest, and for a new package.",
  }),
  'package-not-open': () => ({
    happened: 'This package was not opened here before.',
    means: nothing,
    next: "Open the package with the ticket's stick first.",
  }),
  'platform-key-wrong': () => ({
    happened: 'The two halves do not give the platform key that the manifest describes.',
    means: 'Each half fits its own check value, together they do not. Nothing was opened.',
    next: stop,
  }),
  'component-repeated': () => ({
    happened: 'What was to be made at random came out as what is in use.',
    means:
      'That cannot happen by chance: this laptop’s randomness is broken. The shares of before stay valid; nothing was changed.',
    next: 'Stop. Declare the ceremony void, use another laptop, and keep this one for the auditor.',
  }),
  'escrow-key-wrong': () => ({
    happened: 'The escrow key that was made is not the one that the shares give.',
    means:
      'Survey keys would be sealed to a key that these shares do not open. Nothing was sealed.',
    next: stop,
  }),
  'escrow-key-differs': (version: string) => ({
    happened: `The platform key is right, and the manifest of ${version} names another escrow key than the one it gives.`,
    means:
      'What is sealed to the key in the manifest does not open with these shares: somebody else may be able to open it. Nothing was opened.',
    next: 'End this ceremony with “Something is wrong”. Tell the admin of sync that nothing more may be escrowed, and compare the manifest with the witness’s page.',
    culprit: version,
  }),
  'kek-not-the-surveys': (surveyId: number) => ({
    happened: `The sealed escrow opened, but the key in it is not the key of survey ${surveyId}: it does not fit the hash that CheckTick keeps of that key.`,
    means:
      'Either somebody sealed another key in its place, or the hash in CheckTick’s database was changed. The key was forgotten here, and nothing was written anywhere: whatever opened the survey before still does.',
    next: 'End this ceremony with “Something is wrong”. Let the admin of sync find out who wrote to this survey’s row in CheckTick, and who escrowed the key.',
    culprit: `survey ${surveyId}`,
  }),
  'kek-not-openable': () => ({
    happened: "The platform key is right, but it does not open this user's stored survey key.",
    means:
      'The stored key was made under another key version, belongs to another user or survey, or was changed. Nothing was opened.',
    next: 'Let the admin of sync compare the facts of this request, and ask for a new package.',
  }),
  'passphrase-opens-none': (whose: string) => ({
    happened: `That passphrase opens none of the survey keys that ${whose} keeps.`,
    means: `It was typed otherwise than when they were stored, or organisation or team are not the right ones. ${nothing}`,
    next: 'Type it once more, exactly as then: capitals, spaces and signs count. If nobody knows it any more, close this window, end this ceremony with “Something is wrong”, and ask for a new passphrase.',
  }),
  'no-survey-opened': (whose: string) => ({
    happened: `Nothing in the package opened to the key of a survey of ${whose}.`,
    means: `No survey key can be wrapped anew. ${nothing} Whatever opened a survey before still does.`,
    next: 'End this ceremony with “Something is wrong”. Let the admin of sync compare what was brought and its key version, and ask for a new package.',
  }),
  'passphrase-not-the-new': (whose: string) => ({
    happened: `That is not the passphrase with which the survey keys of ${whose} were just wrapped.`,
    means: `One of the two was typed otherwise than meant. ${nothing}`,
    next: 'Type it once more, exactly as before: capitals, spaces and signs count. If nobody can, close this window and begin the step again with another passphrase.',
  }),
  'entry-read-back': (surveyId: number) => ({
    happened: `The newly wrapped key of survey ${surveyId} does not give the survey’s key back.`,
    means: `There is no bundle, and nothing was written anywhere. ${nothing}`,
    next: stop,
    culprit: `survey ${surveyId}`,
  }),
  'owner-opens-nothing': () => ({
    happened: 'With this passphrase nothing opens that an organisation keeps.',
    means: `That says nothing of the platform key: a wrong passphrase looks the same from here as a wrong key, a wrong number of organisation or team, or an entry that was changed. ${nothing}`,
    next: 'Type it once more, exactly as when the key was stored: capitals, spaces and signs count. Or close this window, and go on without it.',
  }),
  'owner-passphrase-wrong': (surveyId: number, whose: string) => ({
    happened: `That passphrase does not open the key of survey ${surveyId} that ${whose} keeps.`,
    means: `It was typed otherwise than when the key was stored, or organisation or team are not the right ones. The stored key has its full length; had somebody changed it, it would look the same from here. ${nothing}`,
    next: 'Type it once more, exactly as then: capitals, spaces and signs count. If it is surely right, close this window; sync’s admin compares the numbers and looks for an older copy of the stored key.',
  }),
});
