/**
 * The mails: plain text, short, calm, no secret but the link.
 * @module
 */

/** The steps of a recovery that are told. */
export type Told = 'submitted' | 'approved' | 'delay' | 'completed' | 'stopped';

interface Message {
  readonly subject: string;
  /** Whether the user gets a link to stop it. */
  readonly hasLink: boolean;
}

export const MESSAGES: Readonly<Record<Told, Message>> = {
  submitted: { subject: 'Somebody asked to recover', hasLink: true },
  approved: { subject: 'First approval to recover', hasLink: true },
  delay: { subject: 'Waiting time to recover has begun', hasLink: true },
  completed: { subject: 'Recovered', hasLink: false },
  stopped: { subject: 'Recovery stopped', hasLink: false },
};

export interface MessageFacts {
  /** `survey 31 (Clinic follow-up)` */
  readonly survey: string;
  readonly code: string;
  readonly at: string;
  readonly until?: string;
  readonly link?: string;
}

/** `3 May 2026, 14:10 UTC` */
export function inWords(at: Date): string {
  return `${dayInWords(at)}, ${at.toISOString().slice(11, 16)} UTC`;
}

/** `3 May 2026` */
export function dayInWords(at: Date): string {
  return at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

const SENTENCES: Readonly<Record<Told, (facts: MessageFacts) => string>> = {
  submitted: ({ survey }) =>
    `Somebody asked us to open ${survey} for you, because your password and recovery phrase were said to be lost.\n\nNothing is open yet. Two people must approve it, and then there is a waiting time.`,
  approved: ({ survey }) =>
    `One of two people approved the recovery of ${survey}.\n\nNothing is open yet.`,
  delay: ({ survey, until }) =>
    `Two people approved the recovery of ${survey}. The waiting time has begun and ends on ${until ?? 'a later day'}.\n\nNothing is open yet. After that time it can be opened.`,
  completed: ({ survey }) =>
    `The recovery of ${survey} is complete. Your old password and your old recovery phrase no longer open it. The people who helped you will tell you how you get in.\n\nIf you did not ask for this, call your administrators now.`,
  stopped: ({ survey }) =>
    `The recovery of ${survey} was stopped. Nothing was opened, and nothing was changed.\n\nIf it is still needed, it has to be asked for again.`,
};

/** The text of a mail. */
export function bodyOf(told: Told, facts: MessageFacts): string {
  return [
    'Hello,',
    SENTENCES[told](facts),
    ...(facts.link === undefined
      ? []
      : [
          'If you did not ask for this, open this link and press Stop: nothing will be opened.',
          facts.link,
          'The link works once, and you need not sign in. If you did ask for this, do nothing.',
        ]),
    closing(facts),
  ].join('\n\n');
}

/** The last lines of every mail about a request. */
export const closing = ({ code, at }: Pick<MessageFacts, 'code' | 'at'>): string =>
  `Request ${code}, ${at}\nThis mail was sent automatically by the recovery service of CheckTick.`;
