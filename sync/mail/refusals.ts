/**
 * How mail refuses.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

export const refuseMail = refusals({
  'mail-unreachable': (why: string) => ({
    happened: `The mail server cannot be used (${why}).`,
    means: 'Mails wait in the outbox, and users are not told. Nothing is lost.',
    next: 'Check CONCLAVE_SMTP_URL and its certificate authority; sync tries again by itself.',
  }),
});

export const mailMeanings: Meanings = { 'mail-unreachable': { status: 503, part: 'sync' } };
