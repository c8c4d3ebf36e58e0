import { describe, expect, test } from 'vitest';
import { emptyHome, home as fixture } from '../fixtures/answers.ts';
import type { HomeSet, HomeView } from '../../shared/ceremony/home.ts';
import type { KeptUnsealKeys } from '../../shared/ledger/unseal-keys.ts';
import type { OpenWay } from '../../shared/ledger/who-opens.ts';
import { formOf, keptInWords, saidOf, sameInWords, sameOfSet } from './duties.ts';

const [set] = fixture.sets;
const [first] = fixture.ways;
if (!set || !first) throw new Error('the fixture has a set and a way');
const base = `${set.setId} ${set.generation}`;
const way = (change: Partial<OpenWay> = {}): OpenWay => ({
  ...first,
  id: base,
  threshold: 2,
  pieces: [
    { number: 1, by: 'a' },
    { number: 2, by: 'b' },
    { number: 3, by: 'c' },
  ],
  ...change,
});
const kept = (holders: readonly string[], needed: number): KeptUnsealKeys => ({
  mode: 'production',
  saidAt: '2026-05-03T09:30:00Z',
  holders: [...holders],
  needed,
});
const homeOf = (keys: KeptUnsealKeys | null, ways: readonly OpenWay[]): HomeView => ({
  ...emptyHome,
  sets: [set],
  ways,
  unsealKeys: [{ mode: 'production', kept: keys, unreadable: null }],
});
const warned = (keys: KeptUnsealKeys | null, ways: readonly OpenWay[], of: HomeSet = set) =>
  sameOfSet(homeOf(keys, ways), of).map(({ way: { id }, people }) => [id, people]);

describe('the card of a set', () => {
  test('warns for the set, its legacy shares, and no other set', () => {
    const ways = [
      way(),
      way({ id: `${base} legacy`, what: 'legacy', threshold: 1 }),
      way({ id: `${base}2` }),
      way({ id: 'another 1' }),
    ];
    expect(warned(kept(['a', 'b'], 2), ways)).toEqual([
      [base, ['a', 'b']],
      [`${base} legacy`, ['a', 'b']],
    ]);
  });

  test('says nothing where nobody said it, the other mode did, or a quorum is missing', () => {
    expect(warned(null, [way()])).toEqual([]);
    expect(warned(kept(['a', 'b'], 2), [way()], { ...set, mode: 'rehearsal' })).toEqual([]);
    expect(warned(kept(['a', 'x', 'y'], 2), [way()])).toEqual([]);
    expect(warned(kept(['a', 'b', 'x'], 3), [way()])).toEqual([]);
  });

  test('in words, for one person and for several, for today and for a backup', () => {
    const same = { way: way(), reachBoth: true };
    expect(sameInWords({ ...same, people: ['a', 'b'] })).toBe(
      'a and b hold enough shares, and enough unseal keys to open Vault, with the other half. The two halves do not guard each other.',
    );
    expect(
      sameInWords({ ...same, people: ['a'], way: way({ what: 'legacy', besides: 'backup' }) }),
    ).toBe(
      'a alone holds enough legacy shares, and enough unseal keys to open a backup of Vault that they can unseal. The two halves do not guard each other.',
    );
  });
});

describe('the form', () => {
  test('shows what was kept: ticks for those the ledger knows, lines for the others and more keys', () => {
    const said = kept(['b', 'x', 'b', 'a'], 3);
    const form = formOf(said, [way()]);
    expect([...form.ticked].sort()).toEqual(['a', 'b']);
    expect(form.others).toBe('x\nb');
    const again = saidOf(form);
    expect(again?.holders.sort()).toEqual([...said.holders].sort());
    expect(again?.needed).toBe(3);
    expect(formOf(null, [way()])).toEqual({ ticked: new Set(), others: '', needed: '' });
  });

  test.each([
    ['no number', '', null],
    ['none needed', '0', null],
    ['more than there are', '3', null],
    ['words', 'two', null],
    ['as many as there are', ' 2 ', { holders: ['a', 'x'], needed: 2 }],
  ])('%s', (_what, needed, said) => {
    expect(saidOf({ ticked: new Set(['a']), others: '\n x \n', needed })).toEqual(said);
  });

  test('no name is longer than any name here, and Vault has 255 keys at most', () => {
    const of = (others: string) => saidOf({ ticked: new Set(), others, needed: '1' });
    expect(of('x'.repeat(60))).not.toBeNull();
    expect(of('x'.repeat(61))).toBeNull();
    expect(of('x\n'.repeat(255))).not.toBeNull();
    expect(of('x\n'.repeat(256))).toBeNull();
  });
});

test('who holds no share that the ledger knows is named, in case of another spelling', () => {
  expect(keptInWords(kept(['a', 'a', 'X'], 2), [way()])).toBe(
    'Vault is unsealed by any 2 of 3 keys, held by a and X. Of these the ledger knows no share: X. If one of them holds a share, the name is spelled otherwise there.',
  );
  expect(keptInWords(kept(['A'], 1), [way()])).toBe(
    'Vault is unsealed by any 1 of 1 key, held by A.',
  );
});
