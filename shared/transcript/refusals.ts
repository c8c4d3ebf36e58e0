/**
 * How a ceremony log is refused.
 * @module
 */
import { refusals } from '../refusal.ts';

const UNTOUCHED = 'Nothing was kept or changed.';

export const refuseTranscript = refusals({
  'transcript-damaged': (line: number) => ({
    happened: `The ceremony log cannot be read at line ${line}.`,
    means: 'The file was cut off or changed there. Nothing after that line can be believed.',
    next: 'Get the log again: sync and every stick of the ceremony keep a copy.',
    culprit: `line ${line}`,
  }),
  'transcript-broken-chain': (n: number) => ({
    happened: `Entry ${n} of the ceremony log does not fit the entry before it.`,
    means: 'An entry was changed, removed or put in later. The log is not what was written.',
    next: 'Keep the file as evidence and compare it with the copy that sync keeps.',
    culprit: `entry ${n}`,
  }),
  'transcript-seal-wrong': (n: number) => ({
    happened: `The signatures after entry ${n} sign something else than this log.`,
    means: 'The log or its signatures were exchanged.',
    next: 'Keep the file as evidence and compare it with the copy that sync keeps.',
    culprit: `entry ${n}`,
  }),
  'transcript-kind': (kind: string) => ({
    happened: `This is the log of a ceremony of kind ${kind}.`,
    means: `Sync keeps the logs of a Split, of an adoption, and of what was destroyed. ${UNTOUCHED}`,
    next: 'Nothing has to be done: what such a ceremony did stands in its receipt.',
    culprit: kind,
  }),
  'transcript-other-set': () => ({
    happened: 'This log is about a share set that sync does not trust.',
    means: `It may belong to another sync, or to a ceremony whose bundle was never committed. ${UNTOUCHED}`,
    next: 'Bring its bundle first. Of a set that came to nothing, keep the log with the auditor’s file.',
  }),
  'transcript-not-signed': () => ({
    happened: 'Nobody whose word is enough signed this log.',
    means: `The log of a set needs the signatures of its quorum; that of a destruction needs the witness, whom the roster of the set lists as one. ${UNTOUCHED}`,
    next: 'Keep it with the auditor’s file. If the witness has not signed yet, hold the destruction again with one who is in the roster.',
  }),
  'transcript-added-to': () => ({
    happened: 'This log holds more than was signed.',
    means: `Something was put in behind the last signature that counts. ${UNTOUCHED}`,
    next: 'Keep the file as evidence. Take the log from the laptop once more, on another stick.',
  }),
});
