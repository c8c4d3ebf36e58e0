import { describe, expect, test } from 'vitest';
import { RECOVER_PLAN, SPLIT_PLAN } from '../../test/support/plans.ts';
import { plansSet as logSaysSo } from '../../shared/transcript/log.ts';
import { PLANNED_KINDS } from '../../shared/plan/kinds.ts';
import { encodePlan, parsePlan } from '../../shared/plan/plan.ts';
import {
  ceremonyPlanOf,
  emptyPlan,
  makesSet,
  prepareFaults,
  prepareFormOf,
  type PrepareForm,
} from './prepare.ts';

const form = prepareFormOf(SPLIT_PLAN);
const faulty = (change: Partial<PrepareForm>) => [...prepareFaults({ ...form, ...change }).keys()];

describe('a plan in its form', () => {
  test.each([
    ['of a share set', SPLIT_PLAN],
    ['of a recovery', RECOVER_PLAN],
  ])('%s comes back as it was, and without a fault', (_, plan) => {
    const shown = prepareFormOf(plan);
    expect(ceremonyPlanOf(shown)).toEqual(plan);
    expect([...prepareFaults(shown)]).toEqual([]);
  });

  test('an empty one names what is missing', () => {
    const empty = emptyPlan(new Date('2026-12-01T09:00:00Z'), 'production');
    const faults = [...prepareFaults(empty).keys()];
    expect(faults).toEqual(['date', 'place', '1', '2', '3', '4', '-1', '-2']);
    const recovery = prepareFaults({ ...empty, ceremony: 'recover' });
    expect([...recovery.keys()]).toEqual(['date', 'place', 'expected']);
  });

  test.each([
    ['the 30th of February', { date: '2026-02-30' }, ['date']],
    ['a date in words', { date: '14 December' }, ['date']],
    ['half past twenty-five', { time: '25:30' }, ['time']],
    ['too short', { minutes: '4' }, ['minutes']],
    ['a number with a letter', { minutes: '1h' }, ['minutes']],
    ['no place', { place: ' ' }, ['place']],
    ['a long number of a bag', { bags: { 2: 'A'.repeat(41) } }, ['bag 2']],
    [
      'somebody without a name',
      { expected: [{ id: 7, name: '', role: 'other', brings: '' }] },
      ['row 7 name'],
    ],
  ] as const)('%s', (_, change, fields) => {
    expect(faulty(change)).toEqual(fields);
  });

  test('whatever has no fault can be saved', () => {
    const changed = { ...form, place: '  Board room ', remarks: 'a\nb ', date: '2026-1-5' };
    expect([...prepareFaults(changed)]).toEqual([]);
    const plan = ceremonyPlanOf(changed);
    expect(parsePlan(encodePlan(plan)).plan).toEqual(plan);
    expect(plan.place).toBe('Board room');
  });

  test('another ceremony takes only what it has use for', () => {
    const recovery = ceremonyPlanOf({ ...form, ceremony: 'recover', needed: '2' });
    expect(recovery).not.toHaveProperty('set');
    expect(recovery.seals).toEqual([]);
    expect(recovery.needed).toBe(2);
  });

  test('which ceremonies make a set, the log knows too', () => {
    expect(PLANNED_KINDS.filter(makesSet)).toEqual(PLANNED_KINDS.filter(logSaysSo));
  });
});
