/**
 * How the audit list refuses a filter.
 * @module
 */
import { refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

export const refuseAudit = refusals({
  'audit-time': (text: string) => ({
    happened: `${text} is not a time that the audit list understands.`,
    means: 'Nothing was listed or exported.',
    next: 'Write a day (2026-11-24) or a moment with its zone (2026-11-24T14:10:00Z).',
    culprit: text,
  }),
  'audit-type': (text: string) => ({
    happened: `There is no kind of entry called ${text}.`,
    means: 'Nothing was listed or exported.',
    next: 'See which there are: conclave-sync audit types.',
    culprit: text,
  }),
  'audit-admin': (name: string) => ({
    happened: `This sync never had an admin called ${name}.`,
    means: 'Nothing was listed or exported.',
    next: 'Look the name up (conclave-sync admin list); capitals do not matter.',
    culprit: name,
  }),
  'audit-subject': (text: string) => ({
    happened: `${text} is neither the code of a request nor the beginning of a digest or nonce.`,
    means: 'Nothing was listed or exported.',
    next: 'Give a code such as ABC-123-XYZ, or at least 4 of the hex digits.',
    culprit: text,
  }),
  'audit-after': () => ({
    happened: 'The place at which this list should go on is none that sync has given.',
    means: 'Nothing was listed.',
    next: 'Begin again from the newest entry.',
  }),
});

export const auditMeanings: Meanings = {
  'audit-time': { status: 400 },
  'audit-type': { status: 400 },
  'audit-admin': { status: 404 },
  'audit-subject': { status: 400 },
  'audit-after': { status: 400 },
};
