import { describe, expect, test } from 'vitest';
import { RECOVER_PLAN, SPLIT_PLAN } from '../../test/support/plans.ts';
import { lintPlan, type PlanRoom } from './lint.ts';
import type { CeremonyPlan } from './plan.ts';

const ROOM: PlanRoom = { now: '2026-12-01T09:00:00Z', printers: 1, unsealKeys: null };

const found = (plan: CeremonyPlan, room: PlanRoom = ROOM) =>
  lintPlan(plan, room).map(({ level, code, about }) => `${level} ${code} ${about}`.trim());

const split = (change: Partial<CeremonyPlan>): CeremonyPlan => ({ ...SPLIT_PLAN, ...change });
const set = (change: Partial<NonNullable<CeremonyPlan['set']>>): CeremonyPlan => {
  if (SPLIT_PLAN.set === undefined) throw new Error('A Split has a set.');
  return split({ set: { ...SPLIT_PLAN.set, ...change } });
};
const [first, second, third, fourth] = SPLIT_PLAN.set?.custodians ?? [];
if (!first || !second || !third || !fourth) throw new Error('The plan has four custodians.');

describe('a plan is looked at', () => {
  test('a good one has no finding', () => {
    expect(found(SPLIT_PLAN)).toEqual([]);
  });

  test.each([
    ['more shares needed than there are', set({ threshold: 5 }), ['error too-few']],
    ['none to spare', set({ threshold: 4 }), ['warning none-spare']],
    ['one to spare', set({ threshold: 3 }), ['warning two-ill']],
    [
      'a custodian twice',
      set({ custodians: [first, { ...second, name: 'Custodian  1' }, third, fourth] }),
      ['error same-name Custodian  1', 'warning no-bag Custodian  1'],
    ],
    [
      'a custodian who is witness, too',
      set({ witness: { name: 'custodian 3', medium: 'usb' } }),
      ['error two-roles custodian 3'],
    ],
    [
      'a deputy twice',
      split({
        expected: [...SPLIT_PLAN.expected, { name: 'witness 2', role: 'witness', brings: '' }],
      }),
      ['error same-name witness 2'],
    ],
    [
      'two on one kind, against the rule',
      set({ custodians: [first, { ...second, medium: 'paper' }, third, fourth] }),
      ['error policy-same-kind custodian 2: paper'],
    ],
    [
      'no deputies',
      split({ expected: [] }),
      ['warning no-deputy operator', 'warning no-deputy witness'],
    ],
    [
      'letters that no sheet has',
      set({ custodians: [first, second, third, { ...fourth, name: 'Ελένη' }] }),
      ['warning letters Ελένη', 'warning no-bag Ελένη'],
    ],
    [
      'one bag for two',
      split({ seals: SPLIT_PLAN.seals.map((seal) => ({ ...seal, number: 'A 1' })).slice(0, 2) }),
      ['error same-bag custodian 2', 'warning no-bag custodian 3', 'warning no-bag custodian 4'],
    ],
    ['a day that is over', split({ begins: '2026-11-30T09:00:00Z' }), ['warning past']],
  ])('%s', (_, plan, findings) => {
    expect(found(plan)).toEqual(findings);
  });

  test('bags are nobody’s duty, and the very day is not over', () => {
    expect(found(split({ seals: [], begins: '2026-12-01T07:00:00Z' }))).toEqual([]);
  });

  test('paper without a printer; where nobody looked, nothing is said', () => {
    expect(found(SPLIT_PLAN, { ...ROOM, printers: 0 })).toEqual(['warning no-printer']);
    expect(found(SPLIT_PLAN, { ...ROOM, printers: null })).toEqual([]);
  });

  test('empty names are the form’s matter', () => {
    expect(found(set({ custodians: [first, second, third, { ...fourth, name: '' }] }))).toEqual([]);
  });

  test('new shares: whoever gives an old one and gets a new one stands in it twice', () => {
    const expected = [
      ...SPLIT_PLAN.expected,
      { name: 'custodian 1', role: 'custodian' as const, brings: 'the old sheet' },
      { name: 'custodian 8', role: 'custodian' as const, brings: 'the old stick' },
    ];
    expect(found(split({ ceremony: 'rotate', expected, needed: 2 }))).toEqual([
      'warning none-spare',
    ]);
  });

  test('a recovery: who is missing, and how many may be ill', () => {
    expect(found(RECOVER_PLAN)).toEqual([
      'warning none-spare',
      'warning no-deputy operator',
      'warning no-deputy witness',
    ]);
    const alone = { ...RECOVER_PLAN, expected: RECOVER_PLAN.expected.slice(0, 2) };
    expect(found(alone)).toEqual([
      'error too-few',
      'warning nobody operator',
      'warning nobody witness',
    ]);
  });
});

describe('who gets shares and unseals Vault', () => {
  const unsealed = (holders: readonly string[], needed: number, plan = SPLIT_PLAN) =>
    lintPlan(plan, { ...ROOM, unsealKeys: { holders, needed } });
  const names = [first.name, second.name];

  test('is named where nobody else is needed for both halves', () => {
    const plan = set({ threshold: 2 });
    expect(unsealed([...names, 'admin 3'], 2, plan)).toEqual([
      {
        level: 'warning',
        code: 'same-people',
        about: names.join(', '),
        words: `${names.join(', ')} hold unseal keys of Vault, and 2 unseal it. With these shares they would need nobody else for either half of the key: give shares to others, or have Vault’s keys held by others.`,
      },
    ]);
    // One key more than they have, one share more than they get.
    expect(unsealed([...names, 'admin 3'], 3, plan)).toEqual([]);
    expect(unsealed([first.name, 'admin 2', 'admin 3'], 1, plan)).toEqual([]);
  });

  test('is nobody where no set is made, or nobody said it', () => {
    expect(unsealed(names, 1, RECOVER_PLAN)).toEqual(lintPlan(RECOVER_PLAN, ROOM));
    expect(found(set({ threshold: 2 }))).toEqual([]);
  });
});
