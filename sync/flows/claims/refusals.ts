/**
 * How claims refuse: an admin at sync, and the user on the page behind his link.
 * @module
 */
import { refusals } from '../../../shared/refusal.ts';
import type { Meanings } from '../../meaning.ts';

const NOT_SET = 'Your password was not set. Nothing was changed.';

export const refuseClaim = refusals({
  'claim-none': () => ({
    happened: 'Nobody waits to get into a survey by this bundle.',
    means: 'Only a committed recovery has a claim. Nothing was changed.',
    next: 'Look at the bundle (conclave-sync bundle show).',
  }),
  'claim-by-link': () => ({
    happened: 'The user of this recovery sets his own password, by a link in a mail and a code.',
    means: 'So nobody else is shown what opens the survey. Nothing was changed.',
    next: 'Give him a code (conclave-sync claim code). If the mail was lost: claim renew-link. If he cannot read his mail at all: claim end, and a new recovery with CONCLAVE_CLAIM=passphrase.',
  }),
  'claim-by-passphrase': () => ({
    happened: 'The user of this recovery gets a one-time passphrase from an admin.',
    means: 'There is no link, and so no code for it. Nothing was changed.',
    next: 'Show him the passphrase (conclave-sync passphrase show).',
  }),
  'claim-over': (state: string) => ({
    happened: `This claim is ${state}.`,
    means:
      'The key that waited is destroyed, or the user has his own password. Nothing was changed now.',
    next: 'If the user cannot get in, start a new recovery (conclave-sync request create).',
  }),
  'claim-mail-off': () => ({
    happened: 'Mail is not set up any more, so no link can be sent.',
    means: 'The link of the earlier mail is still good. Nothing was changed.',
    next: 'Set mail up again (conclave-sync check says what is missing).',
  }),
  'claim-not-yours': () => ({
    happened: 'Neither did you commit this recovery, nor are you an approver.',
    means: 'Codes are given by people who know about the recovery. Nothing was changed.',
    next: 'Ask the operator who committed it, or an approver.',
  }),
  'claim-own-code': () => ({
    happened: 'This would be a code for your own survey.',
    means: 'Link and code must come from two sides. Nothing was changed.',
    next: 'Have a colleague make the code and read it to you.',
  }),
  'claim-key-gone': () => ({
    happened: 'The key that waits for you cannot be found any more.',
    means: NOT_SET,
    next: 'Call your administrators and tell them exactly this. They know what to do.',
  }),
  'claim-words-gone': () => ({
    happened: 'The one-time words of this claim are not in Vault.',
    means: 'Somebody deleted it, or Vault was restored from a backup. Nothing was changed.',
    next: 'Put it back from a backup of Vault, or end the claim and start a new recovery.',
  }),
  'claim-code-none': () => ({
    happened: 'There is no code for this link yet.',
    means: NOT_SET,
    next: 'Call your administrators. They make a code and read it to you.',
  }),
  'claim-code-wrong': (left: number) => ({
    happened: 'The code is not right.',
    means: `${NOT_SET} You can try ${left} more ${left === 1 ? 'time' : 'times'} with this code.`,
    next: 'Compare it letter by letter. Only the newest code counts. Capital and small letters are the same.',
  }),
  'claim-code-replaced': () => ({
    happened: 'A newer code has just been made.',
    means: `${NOT_SET} The code that you typed no longer counts.`,
    next: 'Ask your administrators for the newest code.',
  }),
  'claim-code-ended': () => ({
    happened: 'A wrong code was typed five times, so this code has ended.',
    means: `${NOT_SET} The link is still good.`,
    next: 'Call your administrators and ask for a new code.',
  }),
  'claim-form': () => ({
    happened: 'The form did not arrive whole.',
    means: NOT_SET,
    next: 'Fill in all three fields and press the button again.',
  }),
  'password-differs': () => ({
    happened: 'The two passwords are not the same.',
    means: NOT_SET,
    next: 'Type the new password twice.',
  }),
  'password-short': (least: number) => ({
    happened: `The password has fewer than ${least} characters.`,
    means: NOT_SET,
    next: `Use at least ${least} characters. Spaces in a row count as one.`,
  }),
  'password-long': (most: number) => ({
    happened: `The password has more than ${most} characters.`,
    means: NOT_SET,
    next: `Use at most ${most} characters.`,
  }),
  'password-characters': () => ({
    happened: 'There is a character in the password that looks like another or cannot be seen.',
    means: `${NOT_SET} Another keyboard would write it differently, and you could not get in.`,
    next: 'Use letters, digits and the signs that are printed on the keys.',
  }),
  'password-weak': () => ({
    happened: 'The password is too easy to guess.',
    means: NOT_SET,
    next: 'Take four words that have nothing to do with each other, or more characters.',
  }),
});

export const claimMeanings: Meanings = {
  'claim-none': { status: 404 },
  'claim-by-link': { status: 409 },
  'claim-by-passphrase': { status: 409 },
  'claim-over': { status: 410 },
  'claim-words-gone': { status: 409 },
  'claim-not-yours': { status: 403 },
  'claim-own-code': { status: 403 },
};
