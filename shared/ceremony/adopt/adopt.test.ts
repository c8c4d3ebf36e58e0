import { describe, expect, test } from 'vitest';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { HostEvent, PersonEvent } from '../events.ts';
import type { LegacyJudgement } from '../types.ts';
import type { AdoptState } from './state.ts';
import { adoptView } from './view.ts';

const HEAD = { entries: 1, words: 'w' };
const at = (step: string): Walk => walk('adopt', step);
const stateOf = (walked: Walk): AdoptState => {
  if (walked.state.ceremony !== 'adopt') throw new Error('no adoption');
  return walked.state;
};
const viewOf = (walked: Walk) => adoptView(stateOf(walked), HEAD);
const refusalAfter = (step: string, event: PersonEvent) => at(step).say(event).state.refusal?.code;

/** Walks up to a question of the host's and answers it differently. */
function answering(step: string, event: HostEvent, say: PersonEvent = { type: 'continue' }): Walk {
  const walked = at(step);
  walked.feed(say);
  walked.feed(event);
  walked.pending = undefined;
  return walked;
}

describe('an adoption from package to receipt', () => {
  const done = at('closed');

  test('restores and proves what exists, between the people and the first new share', () => {
    const places = done.states.map(place).filter((now, index, all) => now !== all[index - 1]);
    const first = places.indexOf('ticket-key');
    expect(places.slice(0, 6)).toEqual([
      'descriptor',
      'descriptor-words',
      'package',
      'plan',
      'environment',
      'clock',
    ]);
    expect(places.slice(first, first + 6)).toEqual([
      'ticket-key',
      'legacy-split',
      'legacy-shares',
      'legacy-proof',
      'legacy-restored',
      '1 handover',
    ]);
    expect(places.at(-1)).toBe('closed');
  });

  test('records what was given by whom, how it compared, what proved it, and the key', () => {
    const kinds = done.effects.flatMap((effect) =>
      effect.effect === 'record' ? [effect.kind] : [],
    );
    const from = kinds.indexOf('adopt-package-opened');
    expect(kinds.slice(from, from + 8)).toEqual([
      'adopt-package-opened',
      'legacy-given',
      'legacy-given',
      'legacy-given',
      'legacy-compared',
      'legacy-proved',
      'key-restored',
      'component-split',
    ]);
    expect(done.recorded('legacy-given')[1]).toEqual({
      numbers: '2',
      by: 'custodian 2',
      source: 'a text file',
    });
    expect(done.recorded('legacy-proved')).toEqual([
      { proof: 'escrow', place: 'both', userId: 7, surveyId: 31 },
    ]);
  });

  test('the bundle says what was made of what sync found', () => {
    const bundle = done.effects.find(({ effect }) => effect === 'make-bundle');
    expect(bundle).toMatchObject({
      adoption: {
        compared: 'same',
        component: 'both',
        proof: 'escrow',
        decided: null,
        legacy: { threshold: 3, count: 4 },
      },
    });
  });

  test('operator and witness sign where the key comes from, and a custodian what is his', () => {
    const shown = done.states.flatMap((state) => {
      const seen = adoptView(state as AdoptState, HEAD);
      return seen.screen === 'attest' ? [[seen.turn?.role, seen.statement] as const] : [];
    });
    const of = (role: string) => shown.find(([who]) => who === role)?.[1] ?? '';
    expect(of('witness')).toContain(
      'The platform key in use was restored from legacy shares 1, 2, 3, and it opened the stored survey key of survey 31 (user 7).',
    );
    expect(of('custodian')).not.toContain('platform key');
  });
});

describe('legacy shares come in', () => {
  test('to a rehearsal only after everybody said that they were made for practice', () => {
    const split = { threshold: 3, count: 4 };
    const rehearsed = walk('adopt', 'legacy-split', 'rehearsal');
    rehearsed.say({ type: 'legacy-split', split });
    expect(rehearsed.state.refusal?.code).toBe('legacy-not-practice');
    expect(place(rehearsed.state)).toBe('legacy-split');
    rehearsed.say({ type: 'legacy-split', split, practice: true });
    expect(place(rehearsed.state)).toBe('legacy-shares');
    expect(rehearsed.recorded('legacy-practice')).toEqual([{}]);
    const real = at('legacy-split').say({ type: 'legacy-split', split });
    expect(place(real.state)).toBe('legacy-shares');
    expect(real.recorded('legacy-practice')).toEqual([]);
  });

  test('until there are enough, nothing is compared', () => {
    expect(refusalAfter('legacy-shares', { type: 'continue' })).toBe('not-now');
    const one = at('legacy-shares').say({ type: 'legacy-give', by: 'somebody', how: 'typed' });
    expect(viewOf(one)).toMatchObject({ screen: 'legacy-shares', enough: false });
    expect(one.say({ type: 'continue' }).state.refusal?.code).toBe('not-now');
  });

  test('one that is taken back is gone, and said so', () => {
    const walked = at('legacy-shares')
      .say({ type: 'legacy-give', by: 'a', how: 'typed' })
      .say({ type: 'legacy-give', by: 'b', how: 'file' })
      .say({ type: 'legacy-take-back', id: 1 });
    expect(stateOf(walked).given).toEqual([
      { id: 2, numbers: [2], by: 'b', source: 'a text file' },
    ]);
    expect(walked.recorded('legacy-taken-back')).toEqual([{ numbers: '1' }]);
  });

  test('several wrong: they stay to be looked at, and nothing is tried', () => {
    const judgement: LegacyJudgement = {
      standing: 'several-wrong',
      agreed: false,
      provable: false,
      suspects: [],
    };
    const walked = at('legacy-shares');
    for (const by of ['a', 'b', 'c']) walked.say({ type: 'legacy-give', by, how: 'file' });
    walked.feed({ type: 'continue' });
    walked.feed({ type: 'legacy-judged', judgement });
    expect(viewOf(walked)).toMatchObject({ screen: 'legacy-shares', judged: judgement });
    expect(walked.recorded('legacy-compared')).toEqual([
      { standing: 'several-wrong', agreed: false },
    ]);
  });

  test('a number that was said wrongly is corrected before anything goes on', () => {
    const walked = at('legacy-shares');
    for (const by of ['a', 'b', 'c']) walked.say({ type: 'legacy-give', by, how: 'file' });
    walked.feed({ type: 'continue' });
    const judgement: LegacyJudgement = {
      standing: 'agree',
      agreed: true,
      provable: true,
      needed: 2,
      suspects: [],
    };
    walked.feed({ type: 'legacy-judged', judgement });
    walked.pending = undefined;
    expect(viewOf(walked)).toMatchObject({ screen: 'legacy-shares', judged: { needed: 2 } });
    expect(walked.recorded('legacy-compared')[0]).toMatchObject({ needed: 2 });
    walked.say({ type: 'legacy-split', split: { threshold: 2, count: 2 } });
    expect(walked.say({ type: 'continue' }).state.refusal?.code).toBe('legacy-count');
    expect(place(walked.state)).toBe('legacy-shares');
  });

  test('a component that was never split is one thing, and enough', () => {
    const walked = at('legacy-split').say({ type: 'legacy-split', split: null });
    walked.say({ type: 'legacy-give', by: 'a', how: 'file' });
    expect(walked.effects.find(({ effect }) => effect === 'take-legacy')).toMatchObject({
      whole: true,
    });
    expect(viewOf(walked)).toMatchObject({ enough: true });
    expect(walked.recorded('legacy-given')).toEqual([
      { numbers: 'whole', by: 'a', source: 'a text file' },
    ]);
  });

  test('what was said wrongly of their number is said again; what was given stays', () => {
    const walked = at('legacy-shares').say({ type: 'legacy-give', by: 'a', how: 'file' });
    walked.say({ type: 'legacy-split', split: { threshold: 2, count: 3 } });
    expect(stateOf(walked)).toMatchObject({ split: { threshold: 2, count: 3 } });
    expect(stateOf(walked).given).toHaveLength(1);
    // A share that is here is no whole component.
    walked.say({ type: 'legacy-split', split: null });
    expect(walked.state.refusal?.code).toBe('not-now');
  });

  test('a share that was found wrong is not among those that restored the key', () => {
    const walked = at('legacy-shares');
    for (const by of ['a', 'b', 'c', 'd']) walked.say({ type: 'legacy-give', by, how: 'file' });
    walked.feed({ type: 'continue' });
    const suspects = [{ number: 2, slip: 'digit', positions: [7] }] as const;
    walked.feed({
      type: 'legacy-judged',
      judgement: { standing: 'wrong', agreed: false, provable: true, suspects },
    });
    walked.pending = undefined;
    walked.say({ type: 'continue' });
    expect(viewOf(walked)).toMatchObject({ from: 'legacy shares 1, 3, 4' });
  });

  test('from the proof one goes back for one more', () => {
    const walked = at('legacy-proof').say({ type: 'legacy-more' });
    expect(place(walked.state)).toBe('legacy-shares');
    expect(stateOf(walked).given).toHaveLength(3);
  });
});

test('ended before the bundle it is void, and every new medium is listed', () => {
  const walked = at('2 copy').say({ type: 'abandon', reason: 'somebody had to leave' });
  expect(walked.state.phase).toMatchObject({ at: 'void' });
  expect(walked.recorded('declared-void')[0]).toMatchObject({
    'medium.1': expect.stringContaining('share 1 of 4') as string,
  });
});

test('a laptop that refuses to try goes on where it was', () => {
  const refused = answering('legacy-proof', {
    type: 'refused',
    note: { code: 'legacy-not-proved', happened: 'h', means: 'm', next: 'n' },
  });
  expect(place(refused.state)).toBe('legacy-proof');
  expect(refused.say({ type: 'legacy-more' }).state.phase.at).toBe('legacy-shares');
});
