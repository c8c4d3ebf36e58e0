/**
 * What the window is told when a call to main is not answered by the ceremony itself.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';

export const refuseCall = refusals({
  'call-not-allowed': () => ({
    happened: 'A part of the app asked for something that it may not ask for.',
    means: 'The request was not carried out. Nothing was changed.',
    next: 'Close Conclave, start it again, and tell whoever looks after this laptop.',
  }),
  'call-malformed': (channel: string) => ({
    happened: 'What was entered could not be passed on.',
    means: 'It does not have the form that this step needs. Nothing was changed.',
    next: 'Check the fields on this screen and try again.',
    culprit: channel,
  }),
  'app-fault': () => ({
    happened: 'Conclave met a fault of its own.',
    means: 'What you just asked for was not done. What was recorded before is kept.',
    next: 'Try once more. If it happens again, press "Something is wrong" and write down what you did.',
  }),
  'entry-window-failed': () => ({
    happened: 'The window for secret entries could not be opened.',
    means: 'Nothing was entered and nothing was lost.',
    next: 'Try once more. If it happens again, start Conclave again.',
  }),
  'worker-failed': () => ({
    happened: 'The separate process that keeps the secrets could not be started.',
    means: 'No secret was made or read. Nothing was lost.',
    next: 'Close other programs, start Conclave again, and try once more.',
  }),
});
