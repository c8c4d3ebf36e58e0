import { expect, test } from 'vitest';
import { useOf, type VersionTold } from './version-use.ts';

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
