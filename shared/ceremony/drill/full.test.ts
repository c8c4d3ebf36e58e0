/** A full drill: the shares open a test escrow together, and what became of it is written down. */
import { describe, expect, test } from 'vitest';
import { DRILL_FACTS } from '../../../test/support/ceremony-facts.ts';
import { answerTo } from '../../../test/support/ceremony-answers.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { DrillState } from './state.ts';
import { drillView } from './view.ts';

const FULL = { ticketId: '77'.repeat(16), proofKey: '88'.repeat(32) };
const stateOf = (walked: Walk) => walked.state as DrillState;
const viewOf = (walked: Walk) => drillView(stateOf(walked), { entries: 1, words: 'four words' });
const refused = (code: string) => ({
  type: 'refused' as const,
  note: { code, happened: 'It failed.', means: 'So.', next: 'Try again.' },
});

/** The package is that of a full drill. */
function fullDrill(to: string): Walk {
  const walked = walk('drill', 'package');
  walked.feed({ type: 'choose-document', id: 'package' });
  if (walked.pending === undefined) throw new Error('the package is loaded');
  const loaded = answerTo(walked.pending, walked.state);
  if (loaded?.type !== 'package-loaded') throw new Error('a package was loaded');
  walked.feed({ ...loaded, drill: { ...DRILL_FACTS, full: FULL } });
  while (walked.pending !== undefined) walked.answer();
  return walked.until((state) => place(state) === to);
}

describe('with enough shares', () => {
  test('the vault component is compared first, and the test escrow opened before anybody signs', () => {
    const done = fullDrill('closed');
    const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
    expect(places).toEqual([
      'descriptor',
      'descriptor-words',
      'package',
      'environment',
      'clock',
      'ticket-key',
      'drill-facts',
      ...[1, 2, 3].flatMap((index) => [
        'drill-round',
        ...['handover', 'share-in', 'identity', 'attest'].map((step) => `${index} ${step}`),
      ]),
      'test-escrow',
      ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
      ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
      'save-bundle',
      'waiting',
      'closed',
    ]);
    const lasting = done.effects.map(({ effect }) => effect).filter((one) => one !== 'record');
    expect(lasting.indexOf('open-package')).toBeLessThan(lasting.indexOf('accept-share'));
    expect(done.recorded('vault-component-checked')).toEqual([{ fits: true }]);
  });

  test('log and bundle say how long it took', () => {
    const done = fullDrill('closed');
    // From the first share (its minute 1) to the opening (243 seconds later).
    const restored = '4 minutes 3 seconds (target: less than 15 minutes; met)';
    expect(done.recorded('test-escrow-opened')).toEqual([{ restoreMs: 243_000, restored }]);
    expect(done.recorded('platform-key-checked')).toEqual([{ fits: true, indexes: '1, 2, 3' }]);
    const made = done.effects.find((effect) => effect.effect === 'make-bundle');
    expect(made).toMatchObject({
      drilled: {
        full: {
          opened: true,
          signature: 'ef'.repeat(64),
          restoreMs: 243_000,
          begunAt: stateOf(done).startedAt,
        },
      },
    });
    expect(done.recorded('drill-agreed')).toMatchObject([{ proofKey: FULL.proofKey }]);
  });

  test('the whole time is written down behind the bundle, and a missed target is no failure', () => {
    const walked = fullDrill('operator attest');
    walked.feed({ type: 'sign' });
    while (walked.pending !== undefined && walked.pending.effect !== 'make-bundle') walked.answer();
    const late = 4 * 3_600_000;
    walked.feed({
      type: 'bundle-made',
      digest: 'be'.repeat(32),
      words: 'eight words',
      signedEntries: 9,
      wholeMs: late,
    });
    expect(walked.recorded('full-drill-timed')).toEqual([
      {
        begunAt: { type: 'time', value: stateOf(walked).startedAt },
        wholeMs: late,
        whole: '4 hours 0 minutes (target: less than 4 hours; missed)',
      },
    ]);
    while (walked.pending !== undefined) walked.answer();
    expect(stateOf(walked).phase.at).toBe('save-bundle');
  });

  test('people sign what happened', () => {
    const shown = viewOf(fullDrill('witness attest'));
    expect(shown.screen === 'attest' && shown.statement).toContain(
      'The platform key was put together once and opened the test escrow, 4 minutes 3 seconds',
    );
    const given = viewOf(fullDrill('2 attest'));
    expect(given.screen === 'attest' && given.statement).toBe(
      'I gave share 2 of 4 for the full drill of share set 2026 A, key version v1, to show that it can be read and opens a test escrow, and for nothing else.',
    );
  });

  test('the screen shows what came of it before the witness sits down', () => {
    const walked = fullDrill('test-escrow');
    expect(viewOf(walked)).toMatchObject({ screen: 'test-escrow', restored: null, refused: null });
    walked.say({ type: 'continue' });
    expect(viewOf(walked)).toMatchObject({
      shares: [1, 2, 3],
      restored: '4 minutes 3 seconds (target: less than 15 minutes; met)',
    });
    // Nothing is opened twice.
    walked.say({ type: 'leave-test-escrow' });
    expect(walked.state.refusal?.code).toBe('not-now');
  });
});

describe('that does not open', () => {
  test.each([
    ['shares-do-not-fit', 'not-restored'],
    ['platform-key-wrong', 'not-restored'],
    ['sealed-not-openable', 'not-opened'],
    ['escrow-key-differs', 'not-opened'],
  ] as const)('%s: it can be tried again, or is written down as %s', (code, why) => {
    const walked = fullDrill('test-escrow');
    walked.say({ type: 'leave-test-escrow' });
    expect(walked.state.refusal?.code).toBe('not-now');
    walked.feed({ type: 'continue' });
    walked.feed(refused(code));
    expect(viewOf(walked)).toMatchObject({ screen: 'test-escrow', refused: why });
    walked.say({ type: 'leave-test-escrow' });
    expect(walked.recorded('test-escrow-not-opened')).toEqual([{ why }]);
    walked.until((state) => state.phase.at === 'closed');
    expect(walked.effects.find((effect) => effect.effect === 'make-bundle')).toMatchObject({
      drilled: { full: { opened: false, why } },
    });
  });

  test('and opens after all, counts as opened', () => {
    const walked = fullDrill('test-escrow');
    walked.feed({ type: 'continue' });
    walked.feed(refused('shares-do-not-fit'));
    walked.say({ type: 'continue' });
    expect(stateOf(walked).full.outcome).toMatchObject({ opened: true });
    expect(walked.recorded('test-escrow-not-opened')).toEqual([]);
  });

  test('with fewer shares than are needed it stays shut, and their proofs count', () => {
    const walked = fullDrill('drill-round');
    expect(viewOf(walked)).toMatchObject({ screen: 'drill-round', full: true });
    walked.say({ type: 'who', index: 2 }).until((state) => state.phase.at === 'drill-round');
    walked.say({ type: 'who', index: 4 }).say({ type: 'get-up', reason: 'She is ill.' });
    walked.say({ type: 'continue' });
    expect(walked.recorded('test-escrow-not-opened')).toEqual([{ why: 'too-few' }]);
    walked.until((state) => state.phase.at === 'closed');
    expect(walked.effects.find((effect) => effect.effect === 'make-bundle')).toMatchObject({
      drilled: { proofs: [{ index: 2 }], full: { opened: false, why: 'too-few' } },
    });
  });
});
