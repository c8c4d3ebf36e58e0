/**
 * How the ceremony host refuses.
 * @module
 */
import { refusals } from '../../../shared/refusal.ts';

const unchanged = 'Nothing was changed.';

/** `26 MB` */
const inMegabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

/** Numbers that a sentence names one by one. */
const MOST_NUMBERS = 5;

function numbersInWords(numbers: readonly number[]): string {
  const first = numbers.slice(0, MOST_NUMBERS).join(', ');
  const more = numbers.length - MOST_NUMBERS;
  return more > 0 ? `${first} and ${more} more` : first;
}

export const refuseHost = refusals({
  'ceremony-running': () => ({
    happened: 'A ceremony is going on.',
    means: `Only one can run at a time. ${unchanged}`,
    next: 'Finish it, or declare it void first.',
  }),
  'ticket-being-made': () => ({
    happened: 'A ticket is being made.',
    means: `Nothing else can run beside it. ${unchanged}`,
    next: 'Finish the ticket, or cancel it in its own window, then try again.',
  }),
  'no-ceremony': () => ({
    happened: 'No ceremony is open.',
    means: unchanged,
    next: 'Start one from the home screen.',
  }),
  'no-set': () => ({
    happened: 'This laptop does not know that share set.',
    means: unchanged,
    next: 'Start the destruction from the share set on the home screen.',
  }),
  'nothing-due': () => ({
    happened: 'No share set is in use here, so nothing is due.',
    means: unchanged,
    next: 'Bring the chain of sync on a stick (“Continue from a stick”), or make a share set.',
  }),
  'set-not-in-use': (label: string) => ({
    happened: `The set ${label} is not in use.`,
    means: `Whether its shares can be read shows nothing that anybody needs. ${unchanged}`,
    next: 'Choose a set that is in use.',
  }),
  'no-roster': (label: string) => ({
    happened: `This laptop has no list of people that the set ${label} signed.`,
    means: `Nobody could tell who sits down. ${unchanged}`,
    next: 'Bring the chain of sync on a stick (“Continue from a stick”), and try again.',
  }),
  'set-in-use': (label: string) => ({
    happened: `The set ${label} is in use, or waits for its receipt.`,
    means: `Its shares are needed, so none of them is destroyed. ${unchanged}`,
    next: 'Destroy a set only when the home screen says that it is void, replaced or retired.',
    culprit: label,
  }),
  'no-legacy': (label: string) => ({
    happened: `The key of the set ${label} was not adopted.`,
    means: `Nothing opened it before that set did, so there are no legacy shares to destroy. ${unchanged}`,
    next: 'Look at the home screen for the set that was adopted.',
    culprit: label,
  }),
  'legacy-needed': (label: string) => ({
    happened: `The set ${label} is not in use.`,
    means: `The legacy shares may be all that opens its key. ${unchanged}`,
    next: 'Keep them locked away. Destroy them when the receipt of the adoption is here.',
    culprit: label,
  }),
  'legacy-unproved': (label: string) => ({
    happened: `Nothing has shown yet that the set ${label} gives the platform key of before.`,
    means: `Two people answered for its key, because no stored survey key could prove it. If it is wrong, the legacy shares are all there is. ${unchanged}`,
    next: 'Keep them. Once a survey key that CheckTick stored itself was recovered with the new set on a laptop whose log is here, and its receipt too, they can be destroyed. A sealed one proves nothing: it was sealed to the key of this set.',
    culprit: label,
  }),
  'no-folder': (path: string) => ({
    happened: `There is no folder ${path === '' ? 'of that name' : path} that can be read.`,
    means: `Nothing was looked for. ${unchanged}`,
    next: 'Type the whole path, which begins with /, or choose a stick.',
    culprit: path,
  }),
  'set-not-replaced-safely': (label: string, by: string) => ({
    happened: `No package has shown on this laptop that sync’s half of the key fits the set ${by}.`,
    means: `Until then the shares of ${label} may be the only ones that open anything. ${unchanged}`,
    next: `Make a ticket for new shares, ask sync for its package, start the new shares with it, and choose “Only compare sync’s half”. The package of a recovery with the set ${by} does as well. Then destroy ${label}.`,
    culprit: label,
  }),
  'set-destroyed': (label: string) => ({
    happened: `Nothing that this laptop knows of is left of the set ${label}.`,
    means: unchanged,
    next: 'Go back to the home screen.',
    culprit: label,
  }),
  'production-refused': (why: string) => ({
    happened: 'A real ceremony cannot run here.',
    means: why,
    next: 'Rehearse instead, or use the laptop that was prepared for real ceremonies.',
  }),
  'laptop-not-ready': (headlines: readonly string[]) => ({
    happened: `This laptop is not ready to hold a real key: ${headlines.join('; ')}.`,
    means: `A secret could be left behind on it. ${unchanged}`,
    next: 'Have it put right as the installation guide says, then make the ticket again.',
  }),
  'worker-gone': () => ({
    happened: 'The part of Conclave that held the secrets has stopped.',
    means:
      'They are gone with it, so this ceremony cannot go on. Shares of an earlier ceremony are not touched by this.',
    next: 'Declare this ceremony void. If it then lists media, destroy exactly those and nothing else; then start again.',
  }),
  'file-needs-exception': () => ({
    happened: 'A picture or a PDF file is not offered here.',
    means: `Another machine held it, so somebody could have a copy. ${unchanged}`,
    next: 'Show the sheet to the camera or type its lines. If that cannot be done, open an exception sheet with "Something is wrong" first.',
  }),
  'document-gone': () => ({
    happened: 'That file is not there any more.',
    means: `The stick was probably pulled out. ${unchanged}`,
    next: 'Plug the stick in again and choose the file.',
  }),
  'no-share-file': (label: string) => ({
    happened: `No file of this share lies on ${label}.`,
    means: `It may be another stick, or the file was renamed or moved into a folder. ${unchanged}`,
    next: 'Choose the stick of this share. Where the file cannot be found, destroy the stick without this.',
    culprit: label,
  }),
  'descriptor-not-trusted': () => ({
    happened: 'No sync was confirmed on this laptop yet.',
    means: `Without it nobody could tell whom to answer. ${unchanged}`,
    next: "Start a ceremony, or continue on this laptop from sync's chain, and type the eight words first.",
  }),
  'package-other-kind': (found: string, wanted: string) => ({
    happened: `This package is for another ceremony (${found}); one for ${wanted} is needed.`,
    means: unchanged,
    next: 'Choose the other package, or start the other ceremony.',
  }),
  'package-old-epoch': (found: number, seen: number) => ({
    happened: `This package was made before the newest change of trust (${found}, and this laptop has seen ${seen}).`,
    means: `It is an old one, or somebody hands out old ones. ${unchanged}`,
    next: 'Ask the admin of sync for a new package.',
  }),
  'package-used': () => ({
    happened: 'This package was used by another ceremony on this laptop.',
    means: `A package is good for one ceremony. ${unchanged}`,
    next: 'Ask the admin of sync for a new package.',
  }),
  'move-files-missing': (missing: readonly number[], of: number, where: string) => ({
    happened: `${missing.length} of ${of} files of survey keys are not on ${where}, or not as the package says: ${numbersInWords(missing)}.`,
    means: `They were not all copied, or one was damaged on the way. Nobody has given a share yet. ${unchanged}`,
    next: 'Choose the stick that has the folder with all of them, or have sync’s admin write the files again.',
    culprit: `file ${missing[0] ?? 1}`,
  }),
  'move-files-room': (where: string, free: number, needed: number) => ({
    happened: `There is too little room on ${where}: ${inMegabytes(free)} are free, and what comes back needs ${inMegabytes(needed)}.`,
    means: `It would be full in the middle. Nobody has given a share yet. ${unchanged}`,
    next: 'Copy the folder with the files of survey keys onto a larger stick, and choose that.',
  }),
  'moved-files-elsewhere': (missing: number, where: string) => ({
    happened: `${missing} of the files with moved survey keys are not on ${where}.`,
    means: 'Sync needs them beside the bundle. They lie on the stick that the files came on.',
    next: 'Choose that stick for the bundle, or copy the folder that begins with conclave-moved onto this one first.',
  }),
  'receipt-of-another': () => ({
    happened: 'This receipt belongs to another bundle.',
    means: `The bundle of this ceremony is still waiting. ${unchanged}`,
    next: 'Ask the admin of sync for the receipt of this bundle: its eight words are on the screen.',
  }),
  'log-not-signed': () => ({
    happened: 'This ceremony log is not signed by a share set that its sync is named in.',
    means: `It ends before the set was signed, or it was put together by somebody. ${unchanged}`,
    next: "Use the log of a ceremony that got as far as its bundle, or continue from sync's chain.",
  }),
  'log-other-mode': (found: string) => ({
    happened: `This is the log of a ${found === 'rehearsal' ? 'rehearsal' : 'real ceremony'}.`,
    means: unchanged,
    next: 'Choose the other kind at the top, then choose the file again.',
  }),
  'log-differs': () => ({
    happened: 'This laptop has another version of the same ceremony log.',
    means: `The two tell different stories; one of them was changed. ${unchanged}`,
    next: 'Keep both for the auditor, and compare them with the copy that sync has.',
  }),
  'chain-not-open': () => ({
    happened: 'The file with the chain is not open any more.',
    means: unchanged,
    next: 'Choose the file again, then type its eight words.',
  }),
  'laptop-fault': () => ({
    happened: 'Something failed inside Conclave.',
    means: 'The step was not done. What was finished before stays as it is.',
    next: 'Try the step again. If it fails again, open an exception sheet with "Something is wrong".',
  }),
  'laptop-storage': (fileName: string) => ({
    happened: `What this laptop keeps cannot be read: ${fileName}.`,
    means: 'The file was damaged or changed. Sticks and sync have copies of every ceremony log.',
    next: 'Keep the file for the auditor, move it away, and continue from a stick or from sync.',
    culprit: fileName,
  }),
});
