/**
 * How sync refuses who would sign in, register a key, or use one.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

export const refusePeople = refusals({
  'sign-in-failed': () => ({
    happened: 'This sign-in was not accepted.',
    means:
      'The key is not registered here, was revoked, or what it signed does not fit. Nothing was done, and it was written down that somebody tried.',
    next: 'Try again with a key that you registered here. If that fails too, ask another admin.',
  }),
  'challenge-ended': () => ({
    happened: 'What your key was asked to sign is no longer good.',
    means: 'It is good once and for five minutes. Nothing was changed.',
    next: 'Begin this step again.',
  }),
  'key-refused': () => ({
    happened: 'What your key answered does not fit what it was asked.',
    means:
      'It may be another key, a copy of one, one that did not ask for your PIN or finger, or the page of another site. Nothing was changed.',
    next: 'Begin this step again with your own key, at the address of this sync.',
  }),
  'key-known': () => ({
    happened: 'This key is registered here already, or was once.',
    means:
      'A key belongs to one admin, and one that was revoked never comes back. Nothing was changed.',
    next: 'Use another key.',
  }),
  'key-unknown': () => ({
    happened: 'You have no such key that could be revoked.',
    means: 'It is not yours, or it was revoked before. Nothing was changed.',
    next: 'See the list of your own keys.',
  }),
  'key-last': () => ({
    happened: 'This is your last key.',
    means: 'Without it you could not sign in any more. Nothing was changed.',
    next: 'Add another key first. If this one was stolen, have your account disabled: conclave-sync admin disable.',
  }),
  'identity-key-form': () => ({
    happened: 'This is not the public key of a personal identity.',
    means: 'Such a key is 32 bytes, 64 characters of 0-9 and a-f. Nothing was changed.',
    next: 'Print it again: conclave-sync identity show.',
  }),
  'enrolment-ended': () => ({
    happened: 'This link is no longer good.',
    means:
      'It is good once and for a limited time, and a newer link voids it. Nothing was changed.',
    next: 'Ask whoever gave it to you for a new one.',
  }),
  'invite-code-wrong': () => ({
    happened: 'The code of the admin who invited you does not fit.',
    means: 'The link alone is not enough. Nothing was changed, and it was written down.',
    next: 'Ask the admin who invited you to read the code out again, or to make a new one.',
  }),
  'invite-self': () => ({
    happened: 'Nobody invites or confirms himself, or confirms whom he invited.',
    means:
      'Three different people of CheckTick are needed: who invites, who confirms, who is new. Nothing was changed.',
    next: 'Ask a colleague to do this step.',
  }),
  'invite-state': (name: string) => ({
    happened: `The invitation of ${name} does not wait for this.`,
    means:
      'It may be finished or ended, or not confirmed yet, or the admin who invited was disabled. Nothing was changed.',
    next: 'Look at the list of admins; if need be, invite the person again.',
    culprit: name,
  }),
  'invite-half': (what: 'code' | 'link', did: 'invited' | 'confirmed') => ({
    happened: `Only the admin who ${did} this person gets the ${what}.`,
    means: 'The new person needs a half from each of two admins. Nothing was changed.',
    next: `Ask the admin who ${did} the person.`,
  }),
  'first-exists': () => ({
    happened: 'There are admins already, or were.',
    means:
      'The first two are made once. Each further one is invited by one admin and confirmed by a second. Nothing was changed.',
    next: 'Let two admins invite and confirm the person.',
  }),
  'first-same': () => ({
    happened: 'The first two admins must be two different people of CheckTick, with two names.',
    means: 'Nothing was changed.',
    next: 'Give two different names and two different user numbers.',
  }),
  'not-active-yet': () => ({
    happened: 'Your key is registered, but your account is not active yet.',
    means:
      'The first two admins become active together, when both have a key. Nothing was changed.',
    next: 'Wait until the other one has registered a key too.',
  }),
  'session-needed': () => ({
    happened: 'This can only be done on the page, signed in with a passkey.',
    means:
      'A token or a certificate alone must not make or revoke keys and tokens. Nothing was changed.',
    next: 'Sign in on the page, or use an identity file: conclave-sync admin token, key-link or revoke-key.',
  }),
  'not-from-our-page': () => ({
    happened: 'This request did not come from sync’s own page.',
    means: 'Another site may have tried to act in your name. Nothing was changed.',
    next: 'Open sync at its own address and do it there. If it is its own page, CONCLAVE_PUBLIC_URL differs from the address you see.',
  }),
  'certificate-unfit': (problem: string) => ({
    happened: `This certificate cannot be used: ${problem}.`,
    means: 'Nothing was changed.',
    next: 'Give the machine’s own certificate as PEM, signed by the authority of CONCLAVE_CLIENT_CA.',
  }),
  'machine-approver': () => ({
    happened: 'A machine is never an approver.',
    means: 'Approving is for people who look at what they approve. Nothing was changed.',
    next: 'Give it the role operator or auditor.',
  }),
  'passkeys-off': () => ({
    happened: 'This sync does not know its own web address, so passkeys cannot be used.',
    means: 'A passkey is bound to that address. Nothing was changed.',
    next: 'Set CONCLAVE_PUBLIC_URL and start sync again, or use an identity file on the command line.',
  }),
});

export const peopleMeanings: Meanings = {
  'sign-in-failed': { status: 401 },
  'challenge-ended': { status: 409 },
  'key-refused': { status: 403 },
  'key-known': { status: 409 },
  'key-unknown': { status: 404 },
  'key-last': { status: 409 },
  'enrolment-ended': { status: 410 },
  'invite-code-wrong': { status: 403 },
  'invite-self': { status: 403 },
  'invite-state': { status: 409 },
  'invite-half': { status: 403 },
  'first-exists': { status: 409 },
  'not-active-yet': { status: 409 },
  'session-needed': { status: 403 },
  'not-from-our-page': { status: 403 },
  'passkeys-off': { status: 409 },
};
