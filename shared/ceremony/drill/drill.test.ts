import { describe, expect, test } from 'vitest';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { DrillState } from './state.ts';
import { drillView } from './view.ts';

const stateOf = (walked: Walk) => walked.state as DrillState;
const viewOf = (walked: Walk) => drillView(stateOf(walked), { entries: 1, words: 'four words' });
const NOTE = { happened: 'It failed.', means: 'So.', next: 'Try again.' };
const refused = (code: string) => ({ type: 'refused' as const, note: { code, ...NOTE } });

/** Custodian `index` sits down and is about to give the share. */
const seated = (walked: Walk, index: number) =>
  walked.say({ type: 'who', index }).say({ type: 'seated' });
const upAgain = (walked: Walk, reason = 'it does not open') =>
  walked.say({ type: 'get-up', reason });

describe('a drill from package to receipt', () => {
  const done = walk('drill', 'closed');

  test('goes through every step in order, and asks for no share before people agreed', () => {
    const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
    const gives = (index: number) => [
      'drill-round',
      ...['handover', 'share-in', 'identity', 'attest'].map((step) => `${index} ${step}`),
    ];
    expect(places).toEqual([
      'descriptor',
      'descriptor-words',
      'package',
      'environment',
      'clock',
      'drill-facts',
      ...gives(1),
      ...gives(2),
      ...gives(3),
      'drill-round',
      ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
      ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
      'save-bundle',
      'waiting',
      'closed',
    ]);
  });

  test('restores nothing, and no quorum signs', () => {
    const effects = new Set(done.effects.map(({ effect }) => effect));
    for (const effect of ['open-kek', 'prove-quorum', 'open-package', 'sign-roster'] as const) {
      expect(effects.has(effect)).toBe(false);
    }
    const seals = done.effects.filter((effect) => effect.effect === 'seal');
    expect(seals.map((effect) => effect.effect === 'seal' && effect.withQuorum)).toEqual(
      seals.map(() => false),
    );
  });

  test('each share signs while it is there, and its custodian gets up before the next one comes', () => {
    const lasting = done.effects.flatMap(({ effect }) =>
      ['accept-share', 'prove-share', 'end-seat'].includes(effect) ? [effect] : [],
    );
    const one = ['accept-share', 'prove-share', 'end-seat'];
    // After the custodians the witness and the operator get up.
    expect(lasting).toEqual([...one, ...one, ...one, 'end-seat', 'end-seat']);
  });

  test('the bundle says of each share what came of it', () => {
    const [made] = done.effects.filter((effect) => effect.effect === 'make-bundle');
    expect(made).toMatchObject({
      drilled: {
        proofs: [1, 2, 3].map((index) => ({ index, medium: 'paper', signature: 'ee'.repeat(64) })),
        failed: [],
      },
    });
    expect(done.recorded('share-proved')).toEqual(
      [1, 2, 3].map((index) => ({ index, custodian: `custodian ${index}`, medium: 'paper' })),
    );
    // Who was not called is not said to have failed.
    expect(done.recorded('share-not-proved')).toEqual([]);
  });

  test('the statements say that nothing was put together', () => {
    const given = viewOf(walk('drill', '2 attest'));
    expect(given.screen === 'attest' && given.statement).toBe(
      'I gave share 2 of 4 for the drill of share set 2026 A, key version v1, to show that it can be read, and for nothing else.',
    );
    const watched = viewOf(walk('drill', 'witness attest'));
    expect(watched.screen === 'attest' && watched.statement).toContain(
      'Proved: shares 1, 2 and 3 of 4. Called and not proved: no share of 4. Nothing was put together.',
    );
  });
});

describe('a share that is not proved', () => {
  test.each([
    ['nobody came', 'absent', (walked: Walk) => upAgain(walked.say({ type: 'who', index: 1 }))],
    ['nothing was brought', 'absent', (walked: Walk) => upAgain(seated(walked, 1))],
    [
      'its medium was not read',
      'unreadable',
      (walked: Walk) => {
        seated(walked, 1).feed({ type: 'read', how: 'camera' });
        walked.feed(refused('age-not-opened'));
        return upAgain(walked);
      },
    ],
    [
      'another share was shown',
      'wrong',
      (walked: Walk) => {
        seated(walked, 1).feed({ type: 'read', how: 'camera' });
        walked.feed(refused('share-not-genuine'));
        return upAgain(walked);
      },
    ],
  ] as const)('%s: it is %s', (_, why, happens) => {
    const walked = happens(walk('drill', 'drill-round'));
    expect(viewOf(walked)).toMatchObject({
      screen: 'drill-round',
      shares: [{ index: 1, proved: null, failed: why }, {}, {}, {}],
    });
    walked.say({ type: 'continue' });
    expect(walked.recorded('share-not-proved')).toEqual([
      { index: 1, custodian: 'custodian 1', why },
    ]);
    walked.until((state) => state.phase.at === 'closed');
    expect(walked.effects.find((effect) => effect.effect === 'make-bundle')).toMatchObject({
      drilled: { proofs: [], failed: [{ index: 1, why }] },
    });
  });

  test('and is read after all, counts as proved', () => {
    const walked = walk('drill', 'drill-round');
    seated(walked, 2).feed({ type: 'read', how: 'camera' });
    walked.feed(refused('share-not-genuine'));
    upAgain(walked);
    walked.say({ type: 'who', index: 2 }).until((state) => state.phase.at === 'drill-round');
    expect(stateOf(walked)).toMatchObject({ faults: {}, proofs: [{ index: 2 }] });
    expect(walked.say({ type: 'who', index: 2 }).state.refusal?.code).toBe('not-now');
  });
});

test('it does not end before somebody was called', () => {
  const walked = walk('drill', 'drill-round');
  expect(walked.say({ type: 'continue' }).state.refusal?.code).toBe('not-now');
  expect(stateOf(walked).phase.at).toBe('drill-round');
});

test('interrupted before its bundle it is void, and there is nothing to destroy', () => {
  const walked = walk('drill', '2 share-in').say({ type: 'abandon', reason: 'a fire alarm' });
  expect(viewOf(walked)).toMatchObject({ screen: 'void', media: [] });
});
