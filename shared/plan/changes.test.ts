import { expect, test } from 'vitest';
import { SPLIT_PLAN } from '../../test/support/plans.ts';
import { planChanges } from './changes.ts';
import type { Plan } from './set-plan.ts';

const { set } = SPLIT_PLAN;
if (set === undefined) throw new Error('A Split has a set.');
const [first, second, third, fourth] = set.custodians;
if (!first || !second || !third || !fourth) throw new Error('The plan has four custodians.');

test.each<[string, Partial<Plan>, string[]]>([
  ['nothing', {}, []],
  ['the name of the set', { label: '2026 B' }, ['name of the set: 2026 A became 2026 B']],
  ['the threshold', { threshold: 3 }, ['threshold: 2 became 3']],
  [
    'who holds share 2, and on what',
    { custodians: [first, { name: 'deputy', medium: 'paper' }, third, fourth] },
    ['custodian 2: custodian 2 (USB stick) became deputy (paper)'],
  ],
  [
    'an address',
    { custodians: [{ name: first.name, medium: first.medium }, second, third, fourth] },
    ['mail of custodian 1: custodian.1@hospital.example became none'],
  ],
  [
    'one custodian fewer',
    { custodians: [first, second, third] },
    ['custodian 4: custodian 4 (YubiKey (OTP)) became nobody'],
  ],
  [
    'the witness',
    { witness: { name: 'witness 2', medium: 'usb' } },
    [
      'witness: witness (paper) became witness 2 (USB stick)',
      'mail of witness: witness@audit.example became none',
    ],
  ],
  ['the paper', { page: 'Letter' }, ['paper: A4 became Letter']],
])('%s', (_, change, words) => {
  expect(planChanges(set, { ...set, ...change })).toEqual(words);
});

test('the rule for the media', () => {
  const { policy: _policy, ...without } = set;
  expect(planChanges(set, without)).toEqual([
    'rule for the media: Allowed: paper, USB stick, YubiKey (OTP), YubiKey (FIDO2). At least 3 kinds. No two custodians on the same kind. became none',
  ]);
});
