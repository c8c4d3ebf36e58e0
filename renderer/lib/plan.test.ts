import { expect, test } from 'vitest';
import { nextLabel } from './plan.ts';

test('the suggested name of a set goes on behind those of its year, whichever of them is renewed', () => {
  expect(nextLabel(2026, [])).toBe('2026 A');
  expect(nextLabel(2026, ['2024 C'])).toBe('2026 A');
  expect(nextLabel(2026, ['2026 A'])).toBe('2026 B');
  // Whoever finds a sheet of the first set of this year in a safe must not take it for the third.
  expect(nextLabel(2026, ['2026 b'])).toBe('2026 C');
  expect(nextLabel(2026, ['2026 A', 'On call 2026', '2026 C'])).toBe('2026 D');
});
