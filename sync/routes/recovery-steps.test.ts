import { describe, expect, it } from 'vitest';
import { type Standing, stepsOf } from './recovery-steps.ts';

const begun: Standing = {
  status: 'pending_verification',
  delayUntil: null,
  now: '2026-05-03T10:00:00Z',
  checked: false,
  approvals: 0,
  package: null,
  bundleOpen: false,
  bundleUnusual: false,
  committing: false,
  held: false,
};
const said = (change: Partial<Standing>): string =>
  stepsOf({ ...begun, ...change })
    .map(({ state }) => state[0])
    .join('');

describe('the steps of a recovery', () => {
  const approved = { checked: true, approvals: 2, delayUntil: '2026-05-03T09:00:00Z' };

  it.each([
    ['nobody checked the person', {}, 'nnnnnnnnn'],
    ['checked', { status: 'awaiting_primary', checked: true }, 'dnnnnnnnn'],
    ['one approved', { checked: true, approvals: 1 }, 'ddnnnnnnn'],
    ['the delay runs', { ...approved, delayUntil: '2026-05-03T11:00:00Z' }, 'dddnnnnnn'],
    ['no ticket yet', approved, 'ddddnnnnn'],
    ['not released', { ...approved, package: 'requested' }, 'dddddnnnn'],
    ['at the laptop', { ...approved, package: 'released' }, 'ddddddnnn'],
    ['came back', { ...approved, package: 'released', bundleOpen: true }, 'dddddddnn'],
    ['written, no receipt', { ...approved, status: 'completed', committing: true }, 'dddddddnn'],
    ['committed', { ...approved, status: 'completed', held: true }, 'ddddddddn'],
    ['handed over', { ...approved, status: 'completed' }, 'ddddddddd'],
    ['rejected before a second', { checked: true, approvals: 1, status: 'rejected' }, 'ddsssssss'],
  ] as const)('%s', (_, change, expected) => {
    expect(said(change)).toBe(expected);
    // One step at most is to be done now, and it is the first that is not done.
    const states = stepsOf({ ...begun, ...change }).map(({ state }) => state);
    const now = states.indexOf('now');
    expect(states.filter((state) => state === 'now').length).toBeLessThanOrEqual(1);
    if (now >= 0) expect(states.slice(0, now).every((state) => state === 'done')).toBe(true);
  });

  it('name the approvers of a bundle whose escrowed address did not match', () => {
    const open = { ...begun, ...approved, package: 'released', bundleOpen: true } as const;
    const now = (bundleUnusual: boolean) =>
      stepsOf({ ...open, bundleUnusual }).find(({ state }) => state === 'now')?.who;
    expect(now(true)).toBe('two approvers, then an operator');
    expect(now(false)).toBe('an operator');
  });
});
