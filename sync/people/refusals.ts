/**
 * How sync refuses who would sign in, register a key, or use one.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../http/meaning.ts';

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
  'passkeys-off': { status: 409 },
};
