import { expect, it } from 'vitest';
import { judgeSecretId } from './secret-id-state.ts';

const now = new Date('2026-05-03T10:00:00Z');
const after = (seconds: number): string => new Date(now.getTime() + seconds * 1_000).toISOString();
const DAY = 86_400;

it.each([
  ['good', 32 * DAY, 7 * DAY + 1],
  ['due', 32 * DAY, 7 * DAY],
  ['due', 32 * DAY, 1],
  ['ended', 32 * DAY, 0],
  ['ended', 32 * DAY, -1],
  // A short life is due in its last quarter, not from its first second.
  ['good', DAY, DAY / 4 + 1],
  ['due', DAY, DAY / 4],
])('is %s of a life of %d seconds with %d left', (state, lifetimeSeconds, left) => {
  const secretId = { known: true, endsAt: after(left), lifetimeSeconds } as const;
  expect(judgeSecretId({ token: { seconds: 1, renewable: true }, secretId, now })).toEqual({
    state,
    endsAt: after(left),
    seconds: Math.max(0, left),
  });
});

it('tells one without end, one that is gone, and one it may not ask about apart', () => {
  const token = { seconds: 1, renewable: true };
  const forever = { known: true, endsAt: null, lifetimeSeconds: 0 } as const;
  expect(judgeSecretId({ token, secretId: forever, now }).state).toBe('never-ends');
  expect(judgeSecretId({ token, secretId: { known: false }, now })).toEqual({
    state: 'ended',
    endsAt: null,
    seconds: 0,
  });
  expect(judgeSecretId({ token, secretId: undefined, now }).state).toBe('unknown');
});
