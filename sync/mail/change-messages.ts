/**
 * The mails about a bundle that changes trust or components: for custodians and witnesses, who may
 * know nothing of sync, and for the admins who had to do with it.
 * @module
 */

/** The steps of such a bundle that are told. */
export type ToldStep = 'verified' | 'delay' | 'committed' | 'stopped';

const SUBJECTS: Readonly<Record<ToldStep, string>> = {
  verified: 'Somebody wants to change the keys',
  delay: 'Waiting time to change the keys has begun',
  committed: 'The keys were changed',
  stopped: 'Change of the keys stopped',
};

/** Only while something can still be stopped. */
const HAS_LINK: readonly ToldStep[] = ['verified', 'delay'];

export interface ChangeFacts {
  readonly short: string;
  readonly sentence: string;
  readonly done: string;
  /** Eight words, for a call. */
  readonly reference: string;
  readonly broughtBy: string;
  readonly at: string;
  /** `48 hours` after the second approval. */
  readonly delay: string;
  /** False: nobody at sync can approve it, so that it waits for objections alone. */
  readonly isApproved: boolean;
  /** The end of the waiting time. */
  readonly until?: string;
  /** Why it was stopped. */
  readonly why?: string;
}

export interface Recipient {
  /** Names, for the greeting. */
  readonly names: string;
  /** Null for an admin: he stops it in sync. */
  readonly link: string | null;
  readonly isListed: boolean;
  /** Of one who is listed: as who guards the keys, and not because a survey is his. */
  readonly isGuard: boolean;
  /** Whom the change takes the address of this mail from; empty: nobody. */
  readonly losing: string;
}

const SENTENCES: Readonly<Record<ToldStep, (facts: ChangeFacts) => string>> = {
  verified: ({ sentence, broughtBy, delay }) =>
    `The admin ${broughtBy} brought a change from a ceremony. ${sentence}\n\nNothing is changed yet. Two other people must approve it, and then there is a waiting time of ${delay}.`,
  delay: ({ sentence, until, isApproved }) =>
    `${isApproved ? 'Two people approved a change.' : 'Custodians signed a change that nobody at the recovery service can approve.'} ${sentence}\n\nNothing is changed yet. The waiting time ends on ${until ?? 'a later day'}; after it the change can be made.`,
  committed: ({ done }) =>
    `A change was made. ${done}\n\nIf you know nothing of it, call your administrators now.`,
  stopped: ({ sentence, why }) =>
    `This change was stopped, and nothing was changed: ${sentence}${why === undefined ? '' : `\n\nThe reason given: ${why}`}\n\nIf it is still wanted, a new ceremony is needed.`,
};

export function changeSubject(step: ToldStep, { short }: Pick<ChangeFacts, 'short'>): string {
  return `${SUBJECTS[step]}: ${short}`;
}

export const hasLink = (step: ToldStep): boolean => HAS_LINK.includes(step);

/** Whoever had his mails sent elsewhere would not hear of it but here. */
function lostAddress(step: ToldStep, losing: string): string {
  return step === 'committed'
    ? `This was the last mail to this address for ${losing}: another address is listed, or none.`
    : `With this change, mails for ${losing} would no longer come to this address: the new list has another one, or none. If that was not asked for, stop the change.`;
}

/** The text of a mail. */
export function changeBody(step: ToldStep, facts: ChangeFacts, to: Recipient): string {
  return [
    `Hello ${to.names},`,
    to.isListed && !to.isGuard
      ? 'You are told because a survey of yours in CheckTick is concerned, or an organisation that you own.'
      : to.isListed
        ? `You are told because you are listed as one of the people who guard the keys of CheckTick’s surveys${facts.isApproved ? '' : ', or are an admin of the recovery service'}.`
        : 'You are told because you brought this change to sync, or approved it.',
    SENTENCES[step](facts),
    ...(to.losing === '' || step === 'stopped' ? [] : [lostAddress(step, to.losing)]),
    ...(to.link === null
      ? []
      : [
          'If you know nothing of it, or something about it is wrong, open this link and press Stop: nothing will be changed.',
          to.link,
          'The link works once, and you need not sign in. If all is as you know it, do nothing.',
        ]),
    `Reference: ${facts.reference}\n${facts.at}\nThis mail was sent automatically by the recovery service of CheckTick.`,
  ].join('\n\n');
}
