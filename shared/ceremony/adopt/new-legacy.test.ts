import { describe, expect, test } from 'vitest';
import { PLAN } from '../../../test/support/ceremony-facts.ts';
import { walk, type Walk } from '../../../test/support/ceremony.ts';
import type { PersonEvent } from '../events.ts';
import type { AdoptState } from './state.ts';
import { aboutKey } from './transition.ts';
import { adoptView } from './view.ts';

const SPLIT = { type: 'new-legacy', split: { threshold: 2, count: 3 } } as const;
const write = (by: string): PersonEvent => ({ type: 'new-legacy-write', by, volumeId: 'stick L' });
const asked = (): Walk => walk('adopt', 'new-legacy');
const stateOf = ({ state }: Walk): AdoptState => {
  if (state.ceremony !== 'adopt') throw new Error('no adoption');
  return state;
};
const viewOf = (walked: Walk) => adoptView(stateOf(walked), { entries: 1, words: 'w' });
/** Says it, and the host answers without a fault. */
const goOn = (walked: Walk, ...said: readonly PersonEvent[]): Walk => {
  for (const event of said) walked.say(event);
  return walked;
};
const operatorSigns = (walked: Walk) =>
  aboutKey(stateOf(walked), { name: PLAN.operator.name, role: 'operator', index: null });

describe('new legacy shares of the component of an adopted set', () => {
  test('are asked for after the set was signed; no is one press, and writes nothing', () => {
    const walked = asked();
    expect(viewOf(walked)).toMatchObject({
      screen: 'new-legacy',
      split: { threshold: 3, count: 4 },
    });
    expect(walked.recorded('set-signed')).toHaveLength(1);
    goOn(walked, { type: 'new-legacy', split: null });
    expect(viewOf(walked)).toMatchObject({ screen: 'handover', turn: { role: 'witness' } });
    expect(walked.effects.map(({ effect }) => effect)).not.toContain('split-legacy');
    expect(operatorSigns(walked)).not.toContain('legacy shares too');
  });

  test('each is noted before it is written, read back from a stick that was out, and all are proved', () => {
    const walked = goOn(asked(), SPLIT, write('custodian 1'), write('a doctor'), write('operator'));
    expect(viewOf(walked)).toMatchObject({
      screen: 'new-legacy-prove',
      threshold: 2,
      count: 3,
      done: [
        { number: 1, by: 'custodian 1', description: 'stick L1' },
        { number: 2, by: 'a doctor' },
        { number: 3, by: 'operator' },
      ],
    });
    const kinds = walked.effects.flatMap((one) =>
      one.effect === 'record' ? one.kind : one.effect,
    );
    const from = kinds.indexOf('new-legacy-split');
    expect(kinds.slice(from, from + 7)).toEqual([
      'new-legacy-split',
      'new-legacy-writing',
      'write-legacy',
      'new-legacy-written',
      'await-replug',
      'read-legacy-back',
      'new-legacy-read-back',
    ]);
    goOn(walked, { type: 'continue' });
    expect(walked.recorded('new-legacy-proved')).toEqual([{ threshold: 2, count: 3 }]);
    expect(viewOf(walked)).toMatchObject({ screen: 'handover', turn: { role: 'witness' } });
    expect(operatorSigns(walked)).toContain(
      'The component was written as 3 new legacy shares too; each was read back, and any 2 of them',
    );
    const closed = viewOf(walked.until(({ phase }) => phase.at === 'closed'));
    expect(closed).toMatchObject({
      media: expect.arrayContaining([
        'a doctor: new legacy share 2 of 3 on stick L2, unlocked',
      ]) as string[],
    });
  });

  test('one that the stick changed is written again, and what was there before is named', () => {
    const walked = goOn(asked(), SPLIT);
    walked.feed(write('custodian 1'));
    const description = 'stick BAD (1 GB)';
    const fileName = 'conclave-legacy-share-1-of-3-aaaaaaaa.txt';
    walked.feed({
      type: 'new-legacy-written',
      volumeId: 'b',
      volumeLabel: 'BAD',
      description,
      fileName,
    });
    walked.feed({ type: 'replugged', volumeId: 'b' });
    const note = { code: 'new-legacy-differs', happened: 'h', means: 'm', next: 'n' };
    walked.feed({ type: 'refused', note });
    walked.pending = undefined;
    expect(viewOf(walked)).toMatchObject({ screen: 'new-legacy-replug', refusal: note });
    goOn(walked, { type: 'write-again' });
    expect(viewOf(walked)).toMatchObject({ screen: 'new-legacy-write', number: 1 });
    expect(walked.recorded('exception')[0]?.['text']).toContain(
      `what is on ${description} was not`,
    );
    goOn(walked, write('custodian 1'), { type: 'abandon', reason: 'enough for today' });
    const voided = walked.recorded('declared-void')[0];
    expect(Object.values(voided ?? {})).toEqual(
      expect.arrayContaining([
        `custodian 1: new legacy share 1 of 3 on ${description}, ${fileName}`,
        'custodian 1: new legacy share 1 of 3 on stick L1, conclave-legacy-share-1-of-4-aaaaaaaa.txt',
      ]),
    );
  });

  test.each([
    ['usb-full', false],
    ['file-gone', true],
  ])('a write that is refused with %s may have left something: %s', (code, perhaps) => {
    const walked = goOn(asked(), SPLIT);
    walked.feed(write('custodian 1'));
    walked.feed({ type: 'refused', note: { code, happened: 'h', means: 'm', next: 'n' } });
    walked.pending = undefined;
    goOn(walked, { type: 'abandon', reason: 'enough for today' });
    const listed = Object.values(walked.recorded('declared-void')[0] ?? {});
    const left = 'custodian 1: new legacy share 1 of 3 on a stick, not finished: look for it';
    expect(listed.filter((one) => one === left)).toHaveLength(perhaps ? 1 : 0);
  });

  test('they can be left: the adoption goes on, and what was written is to be destroyed', () => {
    const walked = goOn(asked(), SPLIT, write('custodian 1'), { type: 'new-legacy-leave' });
    expect(walked.effects).toContainEqual({ effect: 'end-new-legacy', proves: false });
    expect(walked.recorded('new-legacy-left')).toEqual([{ done: 1, count: 3 }]);
    expect(operatorSigns(walked)).toContain('were begun and left: 1 were read back.');
    expect(walked.until(({ phase }) => phase.at === 'closed').recorded('bundle-made')).toHaveLength(
      1,
    );
  });

  test('nothing of it is possible at another step', () => {
    for (const step of ['set-ready', 'legacy-shares']) {
      for (const event of [SPLIT, write('custodian 1'), { type: 'new-legacy-leave' } as const]) {
        expect(walk('adopt', step).say(event).state.refusal?.code).toBe('not-now');
      }
    }
    expect(goOn(asked(), write('custodian 1')).state.refusal?.code).toBe('not-now');
  });
});
