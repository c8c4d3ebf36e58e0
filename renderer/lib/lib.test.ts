import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { emptyHome } from '../fixtures/answers.ts';
import type { HomeSet } from '../../shared/ceremony/home.ts';
import { planSchema } from '../../shared/plan/set-plan.ts';
import { MAX_CUSTODIANS } from '../../shared/sharing/envelope.ts';
import { wordsFault, wordsMissing } from '../../ui/eight.ts';
import {
  emptiedInWords,
  hasTwoVersions,
  joinedInWords,
  sortSets,
  standingOf,
  useInWords,
} from './ledger.ts';
import { newest } from './newest.ts';
import {
  emptyForm,
  faults,
  formOf,
  mailOf,
  MOST,
  planOf,
  thresholdMeaning,
  withoutPerson,
  withPerson,
  type PlanForm,
} from './plan.ts';
import { count, list, sayDuration, sayMinutes, saySince, saySize, yours } from './say.ts';

describe('what the screens say', () => {
  it('counts, lists and measures as people do', () => {
    expect(count(1, 'share')).toBe('1 share');
    expect(count(0, 'share')).toBe('0 shares');
    expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
    expect([16e9, 15.8e9, 7.9e9, 512e6, 900].map(saySize)).toEqual([
      '16 GB',
      '16 GB',
      '7.9 GB',
      '512 MB',
      '1 kB',
    ]);
    expect(yours(['share 2 of 4', 'personal identity'])).toBe(
      'share 2 of 4 and your personal identity',
    );
  });

  it('says how long ago, and how long still', () => {
    const start = '2026-05-03T09:00:00Z';
    const after = (minutes: number) => saySince(start, new Date(Date.parse(start) + minutes * 6e4));
    expect([0, 1, 59, 60, 125, 47 * 60, 72 * 60].map(after)).toEqual([
      'under a minute',
      '1 minute',
      '59 minutes',
      '1 hour',
      '2 hours 5 minutes',
      '47 hours',
      '3 days',
    ]);
    expect([sayDuration(40), sayDuration(150)]).toEqual(['about 40 seconds', 'about 3 minutes']);
    expect([0, 1, 59, 60, 61, 125].map(sayMinutes)).toEqual([
      'about a minute',
      'about a minute',
      'about 59 minutes',
      'about 1 hour',
      'about 1 hour 1 minute',
      'about 2 hours 5 minutes',
    ]);
  });
});

describe('the list of sticks', () => {
  it('chooses what was just plugged in', () => {
    expect(newest(['a'], ['a', 'b'], 'a')).toBe('b');
    expect(newest(null, ['a'], null)).toBe('a');
    expect(newest(null, ['a', 'b'], null)).toBeNull();
    expect(newest(['a', 'b'], ['a', 'b'], 'b')).toBe('b');
    expect(newest(['a', 'b'], ['a'], 'b')).toBe('a');
    expect(newest(['a'], [], 'a')).toBeNull();
  });

  it('never chooses what is not there', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(ids, ids, fc.option(fc.constantFrom('a', 'b', 'c')), (before, now, chosen) => {
        const next = newest(before, now, chosen);
        return next === null || now.some((id) => id === next);
      }),
    );
  });
});

describe('the plan', () => {
  const filled = (): PlanForm => {
    const form = emptyForm(2026);
    return {
      ...form,
      custodians: form.custodians.map((one) => ({ ...one, name: `custodian ${one.id}` })),
      operator: { ...form.operator, name: ' operator ' },
      witness: { ...form.witness, name: 'witness' },
    };
  };

  it('knows the contract’s limit', () => expect(MOST).toBe(MAX_CUSTODIANS));

  it('that has no faults is one that main takes', () => {
    const form = filled();
    expect(faults(form).size).toBe(0);
    expect(planSchema.safeParse(planOf(form)).success).toBe(true);
    expect(planOf(formOf(planOf(form)))).toEqual(planOf(form));
    expect(planOf(form)).not.toHaveProperty('policy');
    const policy = { allowed: ['usb', 'yubikey-otp'] as const, kinds: 1, apart: false };
    const ruled = planOf({ ...form, policy });
    expect(planSchema.safeParse(ruled).success).toBe(true);
    expect(ruled.policy).toEqual(policy);
    expect(planOf(formOf(ruled))).toEqual(ruled);
  });

  it('without faults is taken by main, whatever was typed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 70 }), { minLength: 7, maxLength: 7 }),
        fc.oneof(fc.emailAddress(), fc.string(), fc.constant('')),
        (texts, mail) => {
          const form = filled();
          const typed: PlanForm = {
            ...form,
            label: texts[0] ?? '',
            custodians: form.custodians.map((one, at) => ({
              ...one,
              name: texts[at + 1] ?? '',
              mail,
            })),
            operator: { ...form.operator, name: texts[5] ?? '' },
            witness: { ...form.witness, name: texts[6] ?? '' },
          };
          return faults(typed).size > 0 || planSchema.safeParse(planOf(typed)).success;
        },
      ),
    );
  });

  it('takes an address or none, cuts its ends, and points at a wrong one', () => {
    const form = filled();
    const [first, second, ...others] = form.custodians;
    if (first === undefined || second === undefined) throw new Error('no custodians');
    const typed: PlanForm = {
      ...form,
      custodians: [
        { ...first, mail: ' keys@hospital.example ' },
        { ...second, mail: 'keys@hospital.example' },
        ...others,
      ],
      operator: { ...form.operator, mail: 'never asked for' },
      witness: { ...form.witness, mail: 'witness@audit' },
    };
    expect([...faults(typed)]).toEqual([
      [mailOf(form.witness.id), expect.stringContaining('leave it empty') as string],
    ]);
    const plan = planOf({ ...typed, witness: form.witness });
    expect(plan.custodians.map(({ mail }) => mail)).toEqual([
      'keys@hospital.example',
      'keys@hospital.example',
      undefined,
      undefined,
    ]);
    expect('mail' in plan.operator).toBe(false);
    expect(planOf(formOf(plan))).toEqual(plan);
    const long = { ...form, witness: { ...form.witness, mail: `a@${'b'.repeat(200)}.example` } };
    expect([...faults(long).values()]).toEqual(['Use 120 letters or fewer.']);
  });

  it('points at the second of two equal names, in any role', () => {
    const form = filled();
    const twice = { ...form, witness: { ...form.witness, name: 'Custodian 2' } };
    expect([...faults(twice).keys()]).toEqual([String(form.witness.id)]);
  });

  it('keeps the threshold within the number of people', () => {
    let form: PlanForm = { ...filled(), threshold: 4 };
    form = withoutPerson(form, form.custodians[0]?.id ?? 0);
    expect([form.custodians.length, form.threshold]).toEqual([3, 3]);
    form = withPerson(form);
    expect(new Set(form.custodians.map(({ id }) => id)).size).toBe(4);
    expect(thresholdMeaning(3, 3)).toContain('none to spare');
    expect(thresholdMeaning(3, 4)).toContain('loss of 1 share.');
  });
});

describe('eight words', () => {
  const eight = 'abandon ability able about above absent absorb abstract';
  it('are counted while they are typed, and pointed at when they cannot be right', () => {
    expect([wordsMissing(''), wordsMissing('abandon, ability'), wordsMissing(eight)]).toEqual([
      8, 6, 0,
    ]);
    expect(wordsFault('abandon')).toBeUndefined();
    expect(wordsFault(eight.toUpperCase())).toBeUndefined();
    expect(wordsFault(eight.replace('able', 'abel'))).toContain('abel');
    expect(wordsFault(`${eight} abuse`)).toContain('9 words');
  });
});

describe('a share set at home', () => {
  const now = new Date('2026-05-03T09:00:00Z');
  const set: HomeSet = {
    mode: 'production',
    setId: '1',
    generation: 1,
    label: '2026 A',
    keyVersion: 'v1',
    threshold: 3,
    count: 4,
    standing: 'live',
    use: null,
    emptied: null,
    proved: 4,
    notProved: 0,
    provedAt: '2026-05-01T09:00:00Z',
    provedByNonce: false,
    policy: null,
    legacy: null,
    legacyLeft: null,
    newLegacyLeft: null,
    dueAt: '2028-04-30T09:00:00Z',
    remnants: { left: 0, of: 0, shares: 0 },
    opensAsWell: [],
    mayBeNeeded: false,
    replacedAt: null,
    fitsToday: false,
    backupsGone: null,
    custodians: [],
  };

  it('is called safe only when enough shares were proved, and not too long ago', () => {
    const word = (change: Partial<HomeSet>) => standingOf({ ...set, ...change }, now, true).word;
    expect(word({})).toBe('Safe');
    expect(standingOf(set, now, false)).toMatchObject({ tone: 'warn', word: 'Halves not apart' });
    expect(standingOf({ ...set, proved: 2 }, now, false).word).toBe('Not proved');
    expect(word({ proved: 2 })).toBe('Not proved');
    expect(word({ proved: 3, notProved: 1 })).toBe('A share was not proved');
    expect(word({ count: 5, proved: 3, notProved: 2 })).toBe('Shares were not proved');
    expect(word({ proved: 2, notProved: 2 })).toBe('Not proved');
    expect(word({ dueAt: '2026-06-01T09:00:00Z' })).toBe('Due soon');
    expect(word({ dueAt: '2026-05-01T09:00:00Z' })).toBe('Overdue');
    expect(word({ standing: 'void' })).toBe('Void');
    expect(word({ standing: 'waiting-for-receipt' })).toBe('Waiting for its receipt');
  });

  it('says where new survey keys go, where a log here tells, and of sets in use alone', () => {
    const said = (change: Partial<HomeSet>) => useInWords({ ...set, ...change });
    expect(said({})).toBe('');
    expect(said({ use: 'active' })).toBe(' New survey keys are stored under it.');
    expect(said({ use: 'beside' })).toBe(' New survey keys are stored under another version.');
    expect(said({ standing: 'superseded', use: 'active' })).toBe('');
    expect(standingOf({ ...set, standing: 'retired', use: 'retired' }, now, true).word).toBe(
      'Retired',
    );
  });

  it('names the other sets that open the same key', () => {
    const said = (...opensAsWell: string[]) => joinedInWords({ opensAsWell });
    expect(said()).toBe('');
    expect(said('On call')).toBe(
      '1 other set opens the same key without these shares, and does not ask for them: On call. New shares end all of them.',
    );
    expect(said('On call', 'Abroad')).toContain('2 other sets open the same key');
  });

  it('says when survey keys moved away, and whether the version can be retired', () => {
    const emptied = { at: '2026-05-03T12:00:00Z', to: 'v2', stay: 0 };
    const said = (change: Partial<HomeSet>) => emptiedInWords({ ...set, emptied, ...change });
    expect(said({})).toBe(
      'On 3 May 2026 sync moved what was stored under it to v2, and nothing stayed: v1 can be retired if sync finds nothing that hangs on it.',
    );
    expect(said({ emptied: { ...emptied, stay: 2 } })).toContain('; 2 survey keys stayed');
    expect([said({ emptied: null }), said({ standing: 'retired' })]).toEqual(['', '']);
  });

  it('another version can be put to use where two are in use beside each other, in one mode', () => {
    const of = (...sets: HomeSet[]) => hasTwoVersions({ ...emptyHome, sets });
    const next: HomeSet = { ...set, setId: '2', keyVersion: 'v2' };
    expect(of(set, next)).toBe(true);
    expect(of(set)).toBe(false);
    expect(of(set, { ...next, mode: 'rehearsal' })).toBe(false);
    expect(of(set, { ...next, standing: 'retired' })).toBe(false);
    expect(of(set, { ...set, setId: '2' })).toBe(false);
  });

  it('stands before rehearsed ones', () => {
    const rehearsed: HomeSet = { ...set, setId: '2', mode: 'rehearsal' };
    const replaced: HomeSet = { ...set, setId: '3', standing: 'superseded' };
    expect(sortSets([rehearsed, replaced, set]).map(({ setId }) => setId)).toEqual(['1', '3', '2']);
  });
});
