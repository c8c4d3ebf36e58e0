/**
 * What came of the e-mail address that an escrow keeps: opened on the laptop under the platform
 * key, and compared there. The bundle says how it compared, never an address.
 *
 * Source: docs/decisions/0014-the-escrowed-address.md
 * @module
 */
import { z } from '../encoding/schema.ts';

/** What sync found of it, said openly in the package. */
export const ESCROWED_EMAIL = [
  /** The escrow holds one; it is in the package's sealed part. */
  'sealed',
  /** The escrow holds none, and CheckTick's table says so too. */
  'none',
  /** CheckTick's table says that there is one, and Vault holds none. */
  'missing',
] as const;
export type EscrowedEmail = (typeof ESCROWED_EMAIL)[number];

/** The escrowed address against another one. `none`: there is no other one. */
const COMPARISONS = ['same', 'differs', 'none'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Against the account's address today, and against the one that the person gave. */
export interface Compared {
  readonly account: Comparison;
  readonly stated: Comparison;
}

export const EMAIL_OUTCOMES = [
  /** The same as at least one other address, and different from none. */
  'matched',
  'differs',
  'none',
  'missing',
  /** It did not open: damaged, of another user, or sealed under another key. */
  'not-openable',
  /** It opened, and the account has no address and the person gave none. */
  'not-comparable',
] as const;
export type EmailOutcome = (typeof EMAIL_OUTCOMES)[number];

const NOT_COMPARED: Compared = { account: 'none', stated: 'none' };

/** What follows from an opened address and what it was compared with. */
export function outcomeOf({ account, stated }: Compared): EmailOutcome {
  if (account === 'differs' || stated === 'differs') return 'differs';
  return account === 'same' || stated === 'same' ? 'matched' : 'not-comparable';
}

/** Whether people have to say why they go on, and two approvers at sync have to agree. */
export function isUnusual(outcome: EmailOutcome): boolean {
  return outcome !== 'matched' && outcome !== 'none';
}

/** Why they went on: one line. SECURITY: the place for an address is not in here. */
const emailReason = z
  .string()
  .min(3)
  .max(500)
  .regex(/^[^@\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u);

/** As a bundle carries it: only what can be true. */
export const emailCheckSchema = z
  .strictObject({
    outcome: z.enum(EMAIL_OUTCOMES),
    account: z.enum(COMPARISONS),
    stated: z.enum(COMPARISONS),
    /** Null where nobody had to give one. */
    reason: emailReason.nullable(),
  })
  .refine((check) => {
    const opened = ['matched', 'differs', 'not-comparable'].includes(check.outcome);
    const fits = opened
      ? outcomeOf(check) === check.outcome
      : check.account === 'none' && check.stated === 'none';
    return fits && (check.reason !== null) === isUnusual(check.outcome);
  });
export type EmailCheck = z.infer<typeof emailCheckSchema>;

/** A reason as one line, white space collapsed; undefined: too short, too long, or with an `@`. */
export function reasonLine(text: string): string | undefined {
  return emailReason.safeParse(text.replaceAll(/\s+/g, ' ').trim()).data;
}

/**
 * The check as the people leave it; undefined when a reason is needed and none fits (3 to 500
 * characters, no `@`). White space in it is collapsed; where none is needed it is left out.
 */
export function emailCheck(
  outcome: EmailOutcome,
  compared: Compared | null,
  reason: string,
): EmailCheck | undefined {
  return emailCheckSchema.safeParse({
    outcome,
    ...(compared ?? NOT_COMPARED),
    reason: isUnusual(outcome) ? reasonLine(reason) : null,
  }).data;
}

/** Whether a bundle may say this of a package that said that; undefined: from before there was any. */
export function answersPackage(
  said: EscrowedEmail | undefined,
  check: EmailCheck | undefined,
): boolean {
  if (said === undefined || check === undefined) return said === check;
  const of: EscrowedEmail =
    check.outcome === 'none' || check.outcome === 'missing' ? check.outcome : 'sealed';
  return of === said;
}

/** For a statement that somebody signs. */
export function outcomeSentence({ outcome }: Pick<EmailCheck, 'outcome'>): string {
  return SENTENCES[outcome];
}

const SENTENCES: Record<EmailOutcome, string> = {
  matched: 'The escrowed e-mail address matched.',
  differs: 'The escrowed e-mail address differed, and we went on with a reason.',
  none: 'The escrow holds no e-mail address.',
  missing: 'The escrowed e-mail address was missing, and we went on with a reason.',
  'not-openable': 'The escrowed e-mail address did not open, and we went on with a reason.',
  'not-comparable':
    'There was nothing to compare the escrowed e-mail address with, and we went on with a reason.',
};

const AGAINST: Record<Comparison, string> = {
  same: 'is the same as',
  differs: 'DIFFERS from',
  none: 'was not compared with',
};

/** `it DIFFERS from the account’s address today and is the same as the one that the person gave`. */
export function comparedInWords({ account, stated }: Compared): string {
  return `it ${AGAINST[account]} the account’s address today${account === 'none' ? ' (there is none)' : ''} and ${AGAINST[stated]} the one that the person gave${stated === 'none' ? ' (none was recorded)' : ''}`;
}

/** One line for people, without any address. */
export function emailInWords(check: EmailCheck): string {
  return `${outcomeInWords(check)}${check.reason === null ? '' : `; they went on because: ${check.reason}`}`;
}

function outcomeInWords(check: EmailCheck): string {
  switch (check.outcome) {
    case 'matched':
    case 'differs':
    case 'not-comparable':
      return `opened on the laptop: ${comparedInWords(check)}`;
    case 'none':
      return 'the escrow holds none';
    case 'missing':
      return 'MISSING: CheckTick’s table says that there is one, and Vault holds none';
    case 'not-openable':
      return 'NOT OPENABLE on the laptop: damaged, of another user, or sealed under another key';
  }
}
