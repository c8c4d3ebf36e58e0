/**
 * How a ceremony log is refused.
 * @module
 */
import { refusals } from '../refusal.ts';

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
});
