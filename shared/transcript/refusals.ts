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
  'transcript-other-set': () => ({
    happened: 'This log is about a share set that sync does not trust.',
    means: `It may belong to another sync, or to a ceremony whose bundle was never committed. ${UNTOUCHED}`,
    next: 'Bring its bundle first. Of a set that came to nothing, keep the log with the auditor’s file.',
  }),
  'transcript-not-signed': () => ({
    happened: 'Nobody whose word is enough signed this log.',
    means: `A log needs the signatures of the quorum of its set; that of a drill needs operator and witness, and that of a destruction the witness, whom the roster of the set lists as one. ${UNTOUCHED}`,
    next: 'Keep it with the auditor’s file. If the witness has not signed yet, hold the destruction again with one who is in the roster.',
  }),
  'transcript-not-committed': () => ({
    happened: 'Sync has not committed the bundle of this log.',
    means: `It may still wait, or it was refused; until then nobody but the laptop says what was done. ${UNTOUCHED}`,
    next: 'Bring the bundle first, and the log when it is committed.',
  }),
  'transcript-added-to': () => ({
    happened: 'This log holds more than was signed.',
    means: `Something was put in behind the last signature that counts. ${UNTOUCHED}`,
    next: 'Keep the file as evidence. Take the log from the laptop once more, or from another stick or sync.',
  }),
  'transcript-withheld': () => ({
    happened: 'Something in this log is withheld.',
    means: `It is a copy for somebody who may not see everything; another laptop has to know all of it. ${UNTOUCHED}`,
    next: 'Use the log as the laptop saved it, from its stick or from sync.',
  }),
  'transcript-not-whole': () => ({
    happened: 'A document is missing that this log names.',
    means: `It was left out after the ceremony, so the log does not show what it was about. ${UNTOUCHED}`,
    next: 'Keep the file as evidence. Take the log from the laptop once more, or from another stick or sync.',
  }),
});
