/**
 * How sync refuses an approval.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const nothing = 'Nothing was approved, and nothing was changed.';

export const refuseApproval = refusals({
  'action-unknown': (action: string) => ({
    happened: `This sync has nothing that is approved as ${action}.`,
    means: nothing,
    next: 'Use the conclave-sync of the same version as the service.',
    culprit: action,
  }),
  'shown-changed': () => ({
    happened: 'What you are about to approve has changed since it was shown to you.',
    means: `Your signature is for what you saw, and that is gone. ${nothing}`,
    next: 'Ask for the statement again and read what is different.',
  }),
  'proof-wrong': () => ({
    happened: 'This statement was not signed by a key that is registered for you.',
    means: `The key is another one or was revoked, or the signature is for something else. ${nothing}`,
    next: 'Sign with the passkey or the identity that you registered; see your keys with "conclave-sync admin list".',
  }),
  'approval-altered': (who: string, why: string) => ({
    happened: `The approval of ${who} that sync keeps is not what was signed: ${why}.`,
    means: 'Somebody changed the database beside sync. Nothing was changed now.',
    next: 'Stop. Two people and the auditor must find out who wrote to the schema conclave.',
    culprit: who,
  }),
  'delay-altered': (until: string) => ({
    happened: `By what the approvers signed, the delay ends at ${until} and not earlier.`,
    means: 'Somebody shortened it in the database beside sync. Nothing was changed now.',
    next: 'Stop. Two people and the auditor must find out who did it.',
  }),
  'end-altered': (end: string) => ({
    happened: `By what the approvers signed, this ends at ${end} and not later.`,
    means: 'Somebody lengthened it in the database beside sync. Nothing was changed now.',
    next: 'Stop. Two people and the auditor must find out who did it.',
  }),
  'check-aged': (end: string) => ({
    happened: `The identity of whoever asks was checked long ago: it could be acted on until ${end}.`,
    means: `What was true of the person then may not be now. Nothing was released, and nothing was changed.`,
    next: 'Reject this request, ask for the recovery anew, and check the person again.',
  }),
  'identity-unverified': (missing: string) => ({
    happened: `The identity of whoever asks has not been checked: ${missing} is missing.`,
    means: `Nobody approves before that. ${nothing}`,
    next: 'Check the person, then record it: conclave-sync request verify.',
  }),
});

export const approvalMeanings: Meanings = {
  'shown-changed': { status: 409 },
  'proof-wrong': { status: 403 },
  'approval-altered': { status: 409 },
  'delay-altered': { status: 409 },
  'end-altered': { status: 409 },
  'check-aged': { status: 410 },
  'identity-unverified': { status: 409 },
};
