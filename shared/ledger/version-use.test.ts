import { expect, test } from 'vitest';
import { emptiedOf, useOf, type VersionTold } from './version-use.ts';

const told = (active: string, more: Partial<VersionTold> = {}): VersionTold => ({
  mode: 'production',
  at: '2026-11-30T10:00:00Z',
  epoch: 1,
  active,
  retired: null,
  ...more,
});
const use = (keyVersion: string, all: readonly VersionTold[]) =>
  useOf({ mode: 'production', keyVersion }, all);

test('the newest commit says which version is active, in whatever order the logs come', () => {
  const all = [told('v2', { at: '2026-11-30T10:00:01Z' }), told('v1')];
  for (const logs of [all, [...all].reverse()]) {
    expect([use('v1', logs), use('v2', logs)]).toEqual(['beside', 'active']);
  }
});

test('of two commits in one second the later is the one of the higher trust epoch', () => {
  const all = [told('v2', { epoch: 7 }), told('v1', { epoch: 8 })];
  for (const logs of [all, [...all].reverse()]) {
    expect([use('v1', logs), use('v2', logs)]).toEqual(['active', 'beside']);
  }
});

test('a retired version is retired, whatever came later; the other mode says nothing', () => {
  const all = [told('v2', { retired: 'v1' }), told('v2', { at: '2026-12-01T10:00:00Z' })];
  expect(use('v1', all)).toBe('retired');
  expect(useOf({ mode: 'rehearsal', keyVersion: 'v1' }, all)).toBeNull();
  expect(use('v1', [])).toBeNull();
});

test('survey keys that moved away are said of their version, until new ones are stored under it', () => {
  const v1 = { mode: 'production', keyVersion: 'v1' } as const;
  const moved = (at: string, stay: number): VersionTold => ({
    ...told('v2', { at }),
    active: null,
    emptied: { keyVersion: 'v1', to: 'v2', stay },
  });
  const [first, second] = [moved('2026-12-01T10:00:00Z', 3), moved('2026-12-09T10:00:00Z', 0)];
  const last = { at: '2026-12-09T10:00:00Z', to: 'v2', stay: 0 };
  expect(emptiedOf(v1, [first, second, told('v2')])).toEqual(last);
  expect(emptiedOf({ ...v1, keyVersion: 'v2' }, [first, second])).toBeNull();
  expect(emptiedOf({ ...v1, mode: 'rehearsal' }, [first, second])).toBeNull();
  // It tells nothing of which version is active.
  expect(use('v2', [first])).toBeNull();
  expect(use('v2', [first, told('v2')])).toBe('active');
  const back = told('v1', { at: '2026-12-05T10:00:00Z' });
  expect(emptiedOf(v1, [first, back])).toBeNull();
  expect(emptiedOf(v1, [first, back, second])).toEqual(last);
});
