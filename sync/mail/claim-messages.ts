/**
 * The mails of a claim: the link with which the user sets his own password, and what became of it.
 * @module
 */
import { closing, type MessageFacts } from './messages.ts';

/** What is told after the link: he has it, he stayed away, an admin ended it. */
export type ClaimTold = 'set' | 'over' | 'ended';

const ASK_AGAIN =
  'The key that waited for you is destroyed, so that nobody else can use it. The survey and its data are still there, but nothing opens them now: neither the old password and recovery phrase nor the link. To get in, call your administrators and ask for a new recovery.';

const MESSAGES: Readonly<
  Record<ClaimTold, { readonly subject: string; readonly text: (survey: string) => string }>
> = {
  set: {
    subject: 'New password set',
    text: (survey) =>
      `A new password was set for ${survey}, with the link of our mail and the code of an administrator. Only this password opens the survey now; it also stands in place of the old recovery phrase.\n\nIf it was not you, call your administrators now.`,
  },
  over: {
    subject: 'The time to set a new password is over',
    text: (survey) => `Nobody set a new password for ${survey} in time. ${ASK_AGAIN}`,
  },
  ended: {
    subject: 'The link to set a new password was ended',
    text: (survey) =>
      `An administrator ended the link with which you could set a new password for ${survey}. ${ASK_AGAIN}`,
  },
};

type Facts = Pick<MessageFacts, 'survey' | 'code' | 'at'>;

export const claimSubject = (told: ClaimTold, survey: string): string =>
  `${MESSAGES[told].subject}: ${survey}`;

export const claimBody = (told: ClaimTold, facts: Facts): string =>
  ['Hello,', MESSAGES[told].text(facts.survey), closing(facts)].join('\n\n');

export const linkSubject = (survey: string): string => `Set your new password: ${survey}`;

export const linkBody = (
  facts: Facts & { readonly link: string; readonly until: string; readonly isFirst: boolean },
): string =>
  [
    'Hello,',
    facts.isFirst
      ? `The recovery of ${facts.survey} is complete. Your old password and your old recovery phrase no longer open it.`
      : `This is a new link to set a password for ${facts.survey}. The links of earlier mails no longer work.`,
    'To get in again, set a new password of your own. You need two things: the link below, and a code. An administrator reads the code to you, by telephone or in person, never by mail. If nobody has called you yet, call them.',
    facts.link,
    `The link is good once, until ${facts.until}. After that the key that waits for you is destroyed, and the recovery must be asked for again.`,
    'Nobody else needs this link, the code or your new password. Whoever asks you for them is not one of us.',
    'If you did not ask for this, call your administrators now.',
    closing(facts),
  ].join('\n\n');
