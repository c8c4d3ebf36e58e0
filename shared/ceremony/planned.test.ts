import { describe, expect, test } from 'vitest';
import { start, type Ceremony } from '../../test/support/ceremony-machines.ts';
import { Walk } from '../../test/support/ceremony.ts';
import { SPLIT_PLAN } from '../../test/support/plans.ts';
import { makeEntry } from '../transcript/entry.ts';
import { narrateEntry } from '../transcript/narrate.ts';
import { PLANNED_KINDS } from '../plan/kinds.ts';
import { viewOf } from './machines.ts';

const DIGEST = '99'.repeat(32);
const HEAD = { entries: 1, words: 'w' };
const { set } = SPLIT_PLAN;
if (set === undefined) throw new Error('A Split has a set.');

const begun = (ceremony: Ceremony) => new Walk(start(ceremony));
const loaded = (ceremony: Ceremony) =>
  begun(ceremony).say({ type: 'load-plan', id: 'stick\nplan' });
const atPlan = (walk: Walk) => walk.until(({ phase }) => phase.at === 'plan');
const screen = ({ state }: Walk) => viewOf(state, HEAD);
const chain = { mode: 'rehearsal' as const, ceremonyId: '44'.repeat(16) };

describe('a plan that was prepared', () => {
  test.each<Ceremony>(PLANNED_KINDS)(
    '%s: its digest is recorded before anything else',
    (ceremony) => {
      const walk = loaded(ceremony);
      expect(walk.effects.filter(({ effect }) => effect === 'record')).toHaveLength(1);
      expect(walk.recorded('plan-loaded')).toMatchObject([
        { digest: { type: 'digest', value: DIGEST }, place: 'Board room, third floor' },
      ]);
      expect(walk.state.phase.at).toBe('descriptor');
      expect(screen(walk)).toMatchObject({ screen: 'descriptor', planned: { digest: DIGEST } });
    },
  );

  test('everybody reads it where the plan is agreed on, with its words and what speaks against it', () => {
    const view = screen(atPlan(loaded('split')));
    expect(view).toMatchObject({ screen: 'plan', plan: null, planned: { plan: SPLIT_PLAN } });
    const planned = view.screen === 'plan' ? view.planned : undefined;
    expect(planned?.words.split(' ')).toHaveLength(8);
    expect(planned?.findings).toEqual([]);
  });

  test('may be loaded there, too', () => {
    const walk = atPlan(begun('adopt')).say({ type: 'load-plan', id: 'stick\nplan' });
    expect(screen(walk)).toMatchObject({ screen: 'plan', planned: { digest: DIGEST } });
    expect(walk.recorded('plan-loaded')).toHaveLength(1);
  });

  test('is agreed on as it is', () => {
    const walk = atPlan(loaded('split')).say({ type: 'plan', plan: set });
    const [agreed = {}] = walk.recorded('plan-agreed');
    expect(agreed).toMatchObject({ plan: { type: 'digest', value: DIGEST }, label: '2026 A' });
    expect(Object.keys(agreed).filter((path) => path.startsWith('changed'))).toEqual([]);
    expect(narrateEntry(makeEntry(chain, undefined, { kind: 'plan-agreed', ...agreed }))).toContain(
      'All of it as the plan 9999999999999999… has it.',
    );
  });

  test('what was changed by hand is recorded', () => {
    const plan = { ...set, witness: { name: 'witness 2', medium: 'usb' as const } };
    const [agreed = {}] = atPlan(loaded('split'))
      .say({ type: 'plan', plan })
      .recorded('plan-agreed');
    expect(agreed).toMatchObject({
      'changed.1': 'witness: witness (paper) became witness 2 (USB stick)',
      'changed.2': 'mail of witness: witness@audit.example became none',
    });
    expect(narrateEntry(makeEntry(chain, undefined, { kind: 'plan-agreed', ...agreed }))).toContain(
      'Changed by hand from the plan 9999999999999999…: 1 witness: witness (paper) became',
    );
  });

  test('without one nothing of it is recorded or shown', () => {
    const walk = atPlan(begun('split'));
    expect(screen(walk)).not.toHaveProperty('planned');
    const [agreed] = walk.say({ type: 'plan', plan: set }).recorded('plan-agreed');
    expect(agreed).not.toHaveProperty('plan');
  });

  test('is not loaded once people sit down', () => {
    const walk = begun('split').until(({ phase }) => phase.at === 'seat');
    walk.say({ type: 'load-plan', id: 'stick\nplan' });
    expect(walk.state.refusal?.code).toBe('not-now');
    expect(walk.recorded('plan-loaded')).toEqual([]);
  });

  test('a recovery shows who was to come beside who came', () => {
    const walk = loaded('recover').until(({ phase }) => phase.at === 'who');
    const here = () => {
      const view = screen(walk);
      return view.screen === 'who' ? view.expected?.map(({ name, here: is }) => [name, is]) : null;
    };
    expect(here()?.slice(0, 3)).toEqual([
      ['custodian 1', null],
      ['custodian 2', null],
      ['custodian 4', null],
    ]);
    walk.until((state) => 'accepted' in state && state.accepted.length === 1);
    walk.until(({ phase }) => phase.at === 'who');
    expect(here()?.filter(([, is]) => is === 'gave')).toHaveLength(1);
  });
});
