/**
 * How sync refuses people.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

export const refuseAdmin = refusals({
  'not-signed-in': () => ({
    happened: 'You are not signed in, or no longer: this request carries nothing that is valid.',
    means: 'Nothing was done.',
    next: 'Sign in with your passkey; on the command line give your own token file with --token-file. A lost or ended token cannot be shown again: make a new one.',
  }),
  'wrong-role': (needed: string) => ({
    happened: `This needs the role ${needed}, which your account does not have.`,
    means: 'Nothing was done.',
    next: 'Ask a colleague who has that role.',
  }),
  'admin-exists': (what: string) => ({
    happened: `There is already an active admin with this ${what}.`,
    means: 'Each person is one admin, so that nobody can approve twice. Nothing was changed.',
    next: 'Disable the other one first: conclave-sync admin disable.',
    culprit: what,
  }),
  'admin-no-such-user': (userId: number) => ({
    happened: `CheckTick has no user with the number ${userId}.`,
    means:
      'Every admin is a user of CheckTick, because its records name them. Nothing was changed.',
    next: 'Look the number up in CheckTick and try again.',
    culprit: `user ${userId}`,
  }),
  'admin-unknown': (name: string) => ({
    happened: `There is no active admin called ${name}.`,
    means: 'Nothing was changed.',
    next: 'See the list: conclave-sync admin list.',
    culprit: name,
  }),
  'token-unknown': (prefix: string) => ({
    happened: `You have no token ${prefix} that could be revoked.`,
    means: 'It is not yours, or it was revoked before. Nothing was changed.',
    next: 'See the list of your own tokens.',
    culprit: prefix,
  }),
  'needs-two-approvers': (have: number) => ({
    happened: `This needs two different approvers and has ${have}.`,
    means: 'Whoever asked for it or imported it does not count. Nothing was changed.',
    next: 'Ask another approver to look at it and approve it.',
  }),
});

export const adminMeanings: Meanings = {
  'not-signed-in': { status: 401 },
  'wrong-role': { status: 403 },
  'admin-exists': { status: 409 },
  'admin-unknown': { status: 404 },
  'token-unknown': { status: 404 },
  'needs-two-approvers': { status: 409 },
};
