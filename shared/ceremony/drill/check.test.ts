/** A drill without sync: shares are read on this laptop's word, and nobody answers it. */
import { expect, test } from 'vitest';
import { DRILL_FACTS, NOW } from '../../../test/support/ceremony-facts.ts';
import { place, Walk } from '../../../test/support/ceremony.ts';
import { startCheck, type DrillState } from './state.ts';
import { drillView } from './view.ts';

const begun = () =>
  new Walk(
    startCheck({ mode: 'production', ceremonyId: '44'.repeat(16), startedAt: NOW }, DRILL_FACTS),
  );
const stateOf = (walked: Walk) => walked.state as DrillState;
const viewOf = (walked: Walk) => drillView(stateOf(walked), { entries: 1, words: 'four words' });
const toRound = () => begun().until((state) => state.phase.at === 'drill-round');
const gives = (walked: Walk, index: number) =>
  walked.say({ type: 'who', index }).until((state) => state.phase.at === 'drill-round');

test('people agree, the laptop is checked, shares are read, the witness signs, and it is over', () => {
  const walked = gives(toRound(), 2);
  walked.say({ type: 'continue' }).until((state) => state.phase.at === 'checked');
  const places = walked.states.map(place).filter((now, at, all) => now !== all[at - 1]);
  expect(places).toEqual([
    'drill-facts',
    'environment',
    'clock',
    'drill-round',
    ...['handover', 'share-in', 'identity', 'attest'].map((step) => `2 ${step}`),
    'drill-round',
    ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
    'checked',
  ]);
  expect(viewOf(walked)).toMatchObject({
    screen: 'drill-checked',
    title: 'Check of shares, without sync',
    read: [2],
    failed: [],
  });
  expect(walked.recorded('check-agreed')).toEqual([
    { setId: DRILL_FACTS.setId, label: '2026 A', keyVersion: 'v1', generation: 1 },
  ]);
  expect(walked.recorded('ceremony-closed')).toEqual([{ outcome: 'checked' }]);
  // Nothing comes after it, and nothing takes it back.
  expect(walked.say({ type: 'abandon', reason: 'too late' }).state.refusal?.code).toBe('not-now');
});

test('no share signs, no bundle is made, and no entry says that a share was proved', () => {
  const walked = gives(gives(toRound(), 1), 3);
  walked.say({ type: 'continue' }).until((state) => state.phase.at === 'checked');
  const effects = new Set(walked.effects.map(({ effect }) => effect));
  for (const one of ['prove-share', 'make-bundle', 'load-package', 'save-bundle'] as const) {
    expect(effects.has(one)).toBe(false);
  }
  expect(walked.recorded('share-proved')).toEqual([]);
  expect(walked.recorded('share-accepted')).toHaveLength(2);
});

test('who was called and brought none is written down, and a share that is read is not asked for again', () => {
  const walked = gives(toRound(), 2);
  expect(walked.say({ type: 'who', index: 2 }).state.refusal?.code).toBe('not-now');
  walked.say({ type: 'who', index: 4 }).say({ type: 'get-up', reason: 'She is ill.' });
  walked.say({ type: 'continue' });
  expect(walked.recorded('share-not-proved')).toMatchObject([{ index: 4, why: 'absent' }]);
  walked.until((state) => place(state) === 'witness attest');
  const shown = viewOf(walked);
  expect(shown.screen === 'attest' && shown.statement).toBe(
    'I watched the check, without sync, of share set 2026 A, key version v1. Read: share 2 of 4. Called and not read: share 4 of 4. Nothing was signed for sync, and nothing was put together. The transcript up to here is what happened.',
  );
});

test('stopped before its end it is void, and there is nothing to destroy', () => {
  const walked = gives(toRound(), 1).say({ type: 'abandon', reason: 'a fire alarm' });
  expect(viewOf(walked)).toMatchObject({ screen: 'void', media: [] });
});
