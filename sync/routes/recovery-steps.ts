/**
 * The steps of a recovery from the first check to the user, with where it stands.
 * @module
 */
import { CLOSED } from '../flows/requests/requests.ts';
import type { RecoveryStep } from './recovery-answers.ts';

/** In the order in which they come. */
const STEPS = [
  ['Check the person', 'an operator'],
  ['First approval', 'an approver'],
  ['Second approval', 'another approver'],
  ['Delay: time to object', 'nobody'],
  ['Ask for the package, with a ticket', 'an operator'],
  ['Release the package', 'two approvers'],
  ['Ceremony on the laptop', 'custodians; an operator brings the bundle back'],
  ['Commit', 'an operator'],
  ['Hand the survey back', 'an operator or approver'],
] as const;
type Place = number;
const [CHECK, FIRST, SECOND, DELAY, TICKET, RELEASE, CEREMONY, COMMIT, HAND] = STEPS.map(
  (_, at) => at,
) as [Place, Place, Place, Place, Place, Place, Place, Place, Place];

export interface Standing {
  readonly status: string;
  /** When the delay ends, and the database's clock: both as documents write times. */
  readonly delayUntil: string | null;
  readonly now: string;
  readonly checked: boolean;
  readonly approvals: number;
  /** Of the newest package that is still good for something. */
  readonly package: 'requested' | 'released' | null;
  /** A bundle that was taken in and has not ended. */
  readonly bundleOpen: boolean;
  /** It waits for two approvers first: the escrowed address did not match. */
  readonly bundleUnusual: boolean;
  /** A commit has begun and has no receipt yet, though CheckTick's request may say `completed`. */
  readonly committing: boolean;
  /** The user is not in yet. */
  readonly held: boolean;
}

/** The step that is to be done now; past the last one when all is done. */
function placeOf(at: Standing): Place {
  if (at.committing) return COMMIT;
  if (at.status === 'completed') return at.held ? HAND : STEPS.length;
  if (!at.checked) return CHECK;
  if (at.approvals === 0) return FIRST;
  if (at.approvals === 1) return SECOND;
  if (at.delayUntil === null || at.delayUntil > at.now) return DELAY;
  if (at.bundleOpen) return COMMIT;
  if (at.package === 'released') return CEREMONY;
  return at.package === 'requested' ? RELEASE : TICKET;
}

export function stepsOf(at: Standing): RecoveryStep[] {
  const place = placeOf(at);
  const ended = CLOSED.includes(at.status) && at.status !== 'completed';
  return STEPS.map(([name, who], step) => ({
    name: step === COMMIT && at.bundleUnusual ? 'Approve the bundle, then commit' : name,
    who: step === COMMIT && at.bundleUnusual ? 'two approvers, then an operator' : who,
    state: step < place ? 'done' : ended ? 'stopped' : step === place ? 'now' : 'next',
  }));
}
