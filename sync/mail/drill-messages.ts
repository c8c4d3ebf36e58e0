/**
 * The mail to a custodian whose share is to be proved. It asks for nothing: whoever gets such a mail
 * must not learn to send shares, or to bring them to somebody who writes.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import { dayInWords } from './messages.ts';

export interface DueShare {
  readonly custodian: string;
  readonly index: number;
  readonly count: number;
  readonly label: string;
  readonly dueAt: Date;
  /** In the newest drill it was called, and not proved. */
  readonly failed: boolean;
}

export function dueSubject({ index, label, dueAt, failed }: DueShare): string {
  const what = `share ${index} of ${asOneLine(label, 80)}`;
  return failed
    ? `Not proved in the last drill: ${what}`
    : `To be proved by ${dayInWords(dueAt)}: ${what}`;
}

/** The text of the mail. */
export function dueBody(share: DueShare): string {
  const { custodian, index, count, label, dueAt, failed } = share;
  const which = `share ${index} of ${count} of the set ${asOneLine(label, 80)}`;
  return [
    `Hello ${asOneLine(custodian, 60)},`,
    `You are told because you hold ${which}, with which the keys of CheckTick’s surveys are guarded.`,
    failed
      ? `In the drill of ${dayInWords(dueAt)} it was called and could not be proved. Please look for it, and for its other copy if there is one.`
      : `It is to be proved by ${dayInWords(dueAt)}. In a drill you bring it, it is read on the ceremony’s laptop before a witness, and you take it home again. Nothing is changed by that.`,
    'Nobody needs you to send it, to photograph it, or to say what is on it. An operator whom you know will agree on a day and a place with you; if somebody else asks for it, call your administrators.',
    'If you cannot find it or cannot open it, or if somebody else has seen it, say so now: as long as enough other shares are left, new ones can be made.',
    'This mail was sent automatically by the recovery service of CheckTick. It comes once for this date.',
  ].join('\n\n');
}
