import { describe, expect, test } from 'vitest';
import { REFRESH_FACTS } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { RefreshState } from './state.ts';
import { refreshTransition } from './transition.ts';
import { refreshView } from './view.ts';

const stateOf = (walked: Walk) => walked.state as RefreshState;
const viewOf = (walked: Walk) => refreshView(stateOf(walked), { entries: 1, words: 'four words' });
const statement = (walked: Walk) => {
  const view = viewOf(walked);
  return view.screen === 'attest' ? view.statement : view.screen;
};
const AGREE = { type: 'refresh-agree', operator: 'operator', page: 'A4' } as const;

describe('from package to receipt', () => {
  const done = walk('refresh', 'closed');

  test('one custodian after the other: gives, gets another share, reads it back, signs', () => {
    const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
    const sits = (index: number, medium: 'paper' | 'usb') => [
      'who',
      ...[
        'handover',
        'identity',
        'share-in',
        'refresh',
        'write',
        ...(medium === 'usb' ? ['replug'] : []),
        'read-back',
        'copy',
        'attest',
      ].map((step) => `${index} ${step}`),
    ];
    expect(places.slice(5, 6)).toEqual(['refresh-facts']);
    expect(places.slice(6)).toEqual([
      ...sits(1, 'paper'),
      ...sits(2, 'usb'),
      ...sits(3, 'paper'),
      ...sits(4, 'usb'),
      ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
      ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
      'refresh-ready',
      'save-bundle',
      'waiting',
      'closed',
    ]);
  });

  test('nothing is put together, and no quorum signs: each share for itself, then the operator', () => {
    const effects = done.effects.map(({ effect }) => effect);
    for (const effect of ['prove-quorum', 'split', 'renew-key', 'open-package', 'sign-set']) {
      expect(effects).not.toContain(effect);
    }
    for (const effect of ['refresh-share', 'sign-refreshed'] as const) {
      expect(effects.filter((one) => one === effect)).toHaveLength(4);
    }
    expect(effects.filter((one) => one === 'draw-refresh')).toHaveLength(1);
    // The new share signs once it was read back, and the set is signed when all of them have.
    const read = effects.indexOf('read-back');
    expect(effects.indexOf('sign-refreshed')).toBeGreaterThan(read);
    expect(effects.indexOf('sign-refreshed-set')).toBeGreaterThan(
      effects.lastIndexOf('sign-refreshed'),
    );
    expect(done.effects.some((one) => one.effect === 'seal' && one.withQuorum)).toBe(false);
  });

  test('who signs, signs for what they gave and what they hold', () => {
    expect(statement(walk('refresh', '2 attest'))).toBe(
      'I gave share 2 of 4 of the set 2026 A so that another one is made of it, and for nothing else. I hold share 2 of 4, generation 2 of the set 2026 A, on stick HOME (16 GB). It was read back from there in front of me, and nobody else saw it.',
    );
    expect(statement(walk('refresh', 'witness attest'))).toBe(
      'I watched the ceremony in which 4 shares of the set 2026 A became others, generation 2 of the set 2026 A, one after the other. Nothing was put together. The transcript up to here is what happened.',
    );
  });
});

describe('who is here', () => {
  const six = {
    ...REFRESH_FACTS,
    count: 6,
    custodians: [1, 2, 3, 4, 5, 6].map((index) => ({
      ...(REFRESH_FACTS.custodians[0] ?? REFRESH_FACTS.custodians.at(-1)),
      index,
      name: `custodian ${index}`,
      publicKey: `${index}a`.repeat(32),
    })),
  } as typeof REFRESH_FACTS;
  const atFacts = () => ({ ...stateOf(walk('refresh', 'refresh-facts')), refresh: six });

  test('fewer than all, down to one more than the threshold; whose share ends is in the log', () => {
    const few = refreshTransition(atFacts(), { ...AGREE, lives: [1, 2, 6] });
    expect(few.state.refusal?.code).toBe('refresh-too-few');
    expect(few.effects).toEqual([]);
    const agreed = refreshTransition(few.state, { ...AGREE, lives: [6, 2, 1, 4] });
    expect(agreed.effects).toEqual([
      {
        effect: 'draw-refresh',
        lives: [1, 2, 4, 6],
        generation: 2,
        operator: expect.any(String),
      },
    ]);
    // What was chosen comes back where the drawing is refused.
    const note = { code: 'refresh-refused', happened: 'No.', means: 'So.', next: 'Stop.' };
    const refused = refreshTransition(agreed.state, { type: 'refused', note }).state;
    expect(refreshView(refused, { entries: 1, words: '' })).toMatchObject({
      screen: 'refresh-facts',
      chosen: { lives: [1, 2, 4, 6], operator: 'operator' },
    });
    const drawn = refreshTransition(agreed.state, {
      type: 'refresh-drawn',
      roster: '34'.repeat(32),
    });
    expect(drawn.effects).toMatchObject([
      {
        kind: 'refresh-agreed',
        facts: {
          generation: 2,
          threshold: 3,
          count: 4,
          'custodian.3.name': 'custodian 4',
          'ends.3': 'custodian 3',
          'ends.5': 'custodian 5',
        },
      },
    ]);
    expect(refreshView(drawn.state, { entries: 1, words: '' })).toMatchObject({
      screen: 'refresh-round',
      shares: ['waiting', 'waiting', 'ends', 'waiting', 'ends', 'waiting'].map((standing) => ({
        standing,
      })),
    });
    // Whose share ends is not called.
    expect(refreshTransition(drawn.state, { type: 'who', index: 3 }).state.refusal?.code).toBe(
      'not-now',
    );
  });

  test('where places end the numbers move up: the sitting that gave share 4 writes share 3', () => {
    const agreed = refreshTransition(atFacts(), { ...AGREE, lives: [1, 2, 4, 6] }).state;
    const drawn = refreshTransition(agreed, { type: 'refresh-drawn', roster: '34'.repeat(32) });
    let { state } = refreshTransition(drawn.state, { type: 'who', index: 4 });
    if (state.phase.at !== 'seat') throw new Error('somebody sits there');
    const seat = { ...state.phase.seat, step: 'refresh' as const };
    state = { ...state, phase: { at: 'seat', seat }, awaiting: 'share-refreshed' };
    const share = { index: 3, x: 14, publicKey: 'ab'.repeat(32) };
    const made = refreshTransition(state, { type: 'share-refreshed', before: 4, share });
    expect(made.effects).toMatchObject([
      { kind: 'share-refreshed', facts: { index: 3, before: 4, custodian: 'custodian 4' } },
    ]);
    expect(refreshView(made.state, { entries: 1, words: '' })).toMatchObject({
      screen: 'write',
      writes: ['share 3 of 4'],
      turn: { index: 3 },
    });
  });

  test('an operator whom the roster does not list leads nothing', () => {
    const { state } = refreshTransition(atFacts(), {
      ...AGREE,
      lives: [1, 2, 3, 4, 5, 6],
      operator: 'somebody',
    });
    expect(state.refusal?.code).toBe('not-now');
  });
});

describe('what stops on the way', () => {
  test('who has given nothing may come again, and is waited for', () => {
    for (const step of ['1 handover', '1 identity', '1 share-in', '1 refresh']) {
      const walked = walk('refresh', step).say({ type: 'get-up', reason: 'the bus' });
      expect(walked.recorded('exception')).toHaveLength(1);
      walked.until(({ phase }) => phase.at === 'who');
      expect(stateOf(walked).accepted).toEqual([]);
      expect(walked.until(({ phase }) => phase.at === 'closed').state.phase.at).toBe('closed');
    }
  });

  test('once the new share is there, its sitting has to end', () => {
    for (const step of ['1 write', '1 read-back', '1 copy', '1 attest']) {
      const walked = walk('refresh', step).say({ type: 'get-up', reason: 'the bus' });
      expect(walked.state.refusal?.code).toBe('not-now');
    }
  });

  test('interrupted it is void, and lists everything that was ever written', () => {
    const walked = walk('refresh', '2 read-back').say({ type: 'abandon', reason: 'a fire' });
    expect(viewOf(walked)).toMatchObject({
      screen: 'void',
      media: [
        expect.stringMatching(/^custodian 1: share 1 of 4 on A4 sheet/),
        expect.stringMatching(/^custodian 2: share 2 of 4 on stick HOME/),
      ],
    });
    const listed = walked.recorded('declared-void');
    expect(Object.keys(listed[0] ?? {})).toEqual(['reason', 'medium.1', 'medium.2']);
  });

  test('the operator whose key does not sign is asked again, and the set is signed once', () => {
    const walked = walk('refresh', 'operator attest');
    walked.feed({ type: 'sign' });
    expect(walked.pending?.effect).toBe('sign-refreshed-set');
    const note = { code: 'key-no-touch', happened: 'No.', means: 'So.', next: 'Again.' };
    walked.feed({ type: 'refused', note });
    expect(place(walked.state)).toBe('operator attest');
    walked.until(({ phase }) => phase.at === 'closed');
    expect(walked.recorded('refreshed-set-signed')).toHaveLength(1);
  });
});
