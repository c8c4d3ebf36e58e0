/**
 * Sentences about survey keys that move to another key version.
 * @module
 */
import type { Entry } from './entry.ts';
import { has, list, type Say, type Sentences } from './narrate-words.ts';

export const MOVE_SENTENCES: Sentences<
  | 'move-files-compared'
  | 'moved-file-kept'
  | 'move-agreed'
  | 'organisation-half-sealed'
  | 'file-moved'
  | 'move-read'
> = {
  'move-files-compared': (say) =>
    `The ${say('files')} files of survey keys were found on ${say('description')}, each as the package says.` +
    (say('kept') === '0' ? '' : ` ${say('kept')} of them had come back in an earlier ceremony.`),
  'moved-file-kept': (say) =>
    `File ${say('file')} of ${say('files')} was moved in ceremony ${say('madeIn')}, under the seal of its shares; what came back lies on the stick, ${say('digest')}: ${counts(say)}.`,
  'move-agreed': (say, entry) =>
    `Everybody agreed that the survey keys under key version ${say('keyVersion')} move to ${say('movesTo')}, whose set is ${say('otherLabel')} (${say('otherSet')}); shares of the set ${say('label')} open them. ` +
    `In ${say('files')} files: ${say('checktick')} as CheckTick stores them, ${say('sealed')} sealed. The laptop was measured, and needs about ${say('minutes')} minutes.` +
    (has(entry, 'handsOver')
      ? ` Handed over to the custodians of ${say('movesTo')}: ${say('handsOver')}.`
      : ''),
  'organisation-half-sealed': (say) =>
    `The half for organisations of key version ${say('keyVersion')} was sealed to the escrow key of ${say('movesTo')} (${say('digest')}): its custodians open with it, and with an owner’s passphrase, what organisations keep under ${say('keyVersion')}.`,
  'file-moved': (say, entry) =>
    `File ${say('file')} of ${say('files')}, ${say('from')}, was moved; what comes back, ${say('digest')}, was written and read back: ${counts(say)}.${staying(entry)}`,
  'move-read': (say) => `Everybody read what became of the survey keys: ${counts(say)}.`,
};

function counts(say: Say): string {
  return (
    `${say('moved')} moved, of these ${say('notCompared')} compared with nothing; ` +
    `${say('notOpened')} did not open, ${say('notTheSurveys')} held another key than the survey’s, ` +
    `${say('sealedWithoutHash')} were sealed with nothing to compare them with`
  );
}

function staying(entry: Entry): string {
  const left = list(entry, 'left');
  return left === '' ? '' : ` These stay as they are: ${left}.`;
}
