/**
 * Entries about OTP envelopes of one share, and the ledger that logs of them fold into.
 * @module
 */
import { foldLedger } from '../../shared/ledger/fold.ts';
import type { EnvelopeRead } from '../../shared/ledger/known-envelopes.ts';
import type { Facts } from '../../shared/transcript/entry.ts';
import type { CeremonyLog } from '../../shared/transcript/log.ts';
import { LogWriter } from './logs.ts';

export const d = (n: number) => n.toString(16).padStart(2, '0').repeat(32);
export const digest = (n: number) => ({ type: 'digest' as const, value: d(n) });
export const [FIRST, SECOND] = ['c1'.repeat(16), 'c2'.repeat(16)];
export const whose = { index: 3, custodian: 'custodian 3' };

export type Line = readonly [kind: string, facts: Facts];
export const renewed = (
  before: number,
  after: number,
  sheets?: readonly [number, number],
): Line => [
  'envelope-renewed',
  {
    ...whose,
    before: digest(before),
    after: digest(after),
    ...(sheets === undefined ? {} : { oldSheet: sheets[0], sheet: sheets[1] }),
  },
];
export const gone = (sheets: string, good: number): Line => [
  'sheets-destroyed',
  { ...whose, sheets, good, witness: 'witness' },
];

export const given = (n: number, sheet: number): Line => [
  'share-accepted',
  { index: 3, medium: 'yubikey-otp', sheet, envelope: digest(n) },
];
export const onStick = (n: number): Line => [
  'share-accepted',
  { index: 3, medium: 'yubikey-otp', envelope: digest(n) },
];
export const printing = (sheet: number): Line => ['envelope-printing', { ...whose, sheet }];
export const kept1: Line = [
  'envelope-kept',
  { ...whose, sheet: 1, envelope: digest(1), reason: 'no printer' },
];
export const chosen = (n: number, standing: string, more: Facts): Line => [
  'replaced-envelope-used',
  { ...whose, envelope: digest(n), standing, reason: 'lost', witness: 'witness', ...more },
];

export function log(ceremonyId: string, begin: number, ...lines: readonly Line[]): CeremonyLog {
  const writer = new LogWriter(
    { mode: 'rehearsal', kind: 'recover', ceremonyId },
    undefined,
    begin,
  );
  writer.entry('ceremony-opened', { ceremony: 'recover', application: 'test' });
  for (const [kind, facts] of lines) writer.entry(kind, facts);
  return writer.log();
}

export function known(logs: readonly CeremonyLog[], running: string | null = null) {
  const now = '2026-06-01T00:00:00Z';
  return foldLedger({ logs, receipts: [], manifests: [], running, now }).envelopes;
}

export const read = (n: number, more: Partial<EnvelopeRead> = {}): EnvelopeRead => ({
  digest: d(n),
  ceremonyId: FIRST,
  setId: null,
  index: 3,
  sheet: null,
  ...more,
});
