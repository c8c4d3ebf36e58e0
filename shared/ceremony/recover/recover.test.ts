import { describe, expect, test } from 'vitest';
import { keyOf, PACKAGE_FACTS } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import type { PersonEvent } from '../events.ts';
import type { RecoverState } from './state.ts';
import { recoverView } from './view.ts';

const viewOf = (walked: Walk) =>
  recoverView(walked.state as RecoverState, { entries: 1, words: 'four words' });

const OTHER: PersonEvent = { type: 'skip-identity', reason: 'the words are at home' };

describe('a Recover from package to receipt', () => {
  const done = walk('recover', 'closed');

  test('goes through every step in the order of the design', () => {
    const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
    const gives = (index: number) => [
      'who',
      `${index} handover`,
      `${index} share-in`,
      `${index} identity`,
      `${index} attest`,
    ];
    expect(places).toEqual([
      'descriptor',
      'descriptor-words',
      'package',
      'environment',
      'clock',
      'ticket-key',
      'facts',
      ...gives(1),
      ...gives(2),
      ...gives(3),
      'recover',
      'escrowed-email',
      ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
      ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
      'save-bundle',
      'waiting',
      'closed',
    ]);
  });

  test('compares the vault component before it asks for the first share', () => {
    const order = done.effects.map((effect) =>
      effect.effect === 'record' ? effect.kind : effect.effect,
    );
    expect(order.indexOf('vault-component-checked')).toBeGreaterThan(0);
    expect(order.indexOf('vault-component-checked')).toBeLessThan(order.indexOf('facts-agreed'));
    expect(order.indexOf('facts-agreed')).toBeLessThan(order.indexOf('accept-share'));
  });

  test('the statement that is signed names what it is for and nothing else', () => {
    const view = viewOf(walk('recover', '2 attest'));
    expect(view.screen === 'attest' && view.statement).toBe(
      'I gave share 2 of 4 for the recovery of survey 31 for user 7 (request ABC-123-XYZ) and for nothing else.',
    );
  });
});

describe('what a Recover refuses', () => {
  test.each<[string, string, PersonEvent, string]>([
    ['shares before the facts were agreed', 'facts', { type: 'who', index: 1 }, 'not-now'],
    ['a custodian whom the manifest does not know', 'who', { type: 'who', index: 9 }, 'not-now'],
    ['a new identity', '1 identity', { type: 'identity', how: 'new' }, 'not-now'],
    ['an operator without a signature', 'operator identity', OTHER, 'not-now'],
    [
      'void when there is a bundle',
      'save-bundle',
      { type: 'abandon', reason: 'too late' },
      'bundle-exists',
    ],
  ])('%s', (_, at, event, code) => {
    const walked = walk('recover', at);
    const before = walked.state;
    walked.say(event);
    expect(walked.state.refusal?.code).toBe(code);
    expect({ ...walked.state, refusal: null }).toEqual({ ...before, refusal: null });
  });

  test('a custodian who gave already', () => {
    const walked = walk('recover', '1 attest').until(({ phase }) => phase.at === 'who');
    expect(viewOf(walked)).toMatchObject({
      screen: 'who',
      waiting: [{ index: 2 }, { index: 3 }, { index: 4 }],
    });
    expect(walked.say({ type: 'who', index: 1 }).state.refusal?.code).toBe('not-now');
  });

  test.each([
    ['1 identity', keyOf('custodian 2')],
    ['witness identity', keyOf('operator')],
    ['operator identity', keyOf('witness')],
  ])('an identity that the roster lists for another role or share (%s)', (at, publicKey) => {
    const walked = walk('recover', at);
    walked.feed({ type: 'identity', how: 'existing-paper' });
    walked.feed({ type: 'identity-opened', name: 'whoever', publicKey });
    expect(walked.state.refusal?.code).toBe('identity-not-listed');
    expect(place(walked.state)).toBe(at);
  });
});

describe('who may be absent', () => {
  test.each(['1 identity', 'witness identity'])('%s may be skipped, with a reason', (at) => {
    const walked = walk('recover', at).say(OTHER);
    expect(walked.recorded('exception')[0]?.text).toMatch(/the words are at home$/);
    expect(walked.until(({ phase }) => phase.at === 'closed').state.phase.at).toBe('closed');
    expect(viewOf(walk('recover', at))).toMatchObject({ maySkip: true });
  });

  test('the operator may not be skipped, and the screen does not offer it', () => {
    expect(viewOf(walk('recover', 'operator identity'))).toMatchObject({ maySkip: false });
  });

  test('a custodian whose share is refused gets up, and another one comes', () => {
    const walked = walk('recover', '1 share-in');
    walked.feed({ type: 'read', how: 'camera' });
    walked.feed({
      type: 'refused',
      note: { code: 'share-void', happened: 'It is void.', means: 'So.', next: 'Go.' },
    });
    walked.say({ type: 'get-up', reason: 'the sheet is an old one' });
    expect(walked.state.phase.at).toBe('who');
    expect(walked.recorded('exception')).toEqual([
      { text: 'custodian 1 got up without giving a share: the sheet is an old one' },
    ]);
    for (const index of [2, 3, 4]) {
      walked.say({ type: 'who', index }).until(({ phase }) => phase.at !== 'seat');
    }
    expect(walked.state).toMatchObject({ phase: { at: 'recover' }, accepted: [2, 3, 4] });
  });

  test('getting up is only for those who have not given', () => {
    const walked = walk('recover', '1 identity').say({ type: 'get-up', reason: 'changed my mind' });
    expect(walked.state.refusal?.code).toBe('not-now');
  });
});

test('an interrupted Recover is void, and there is nothing to destroy', () => {
  const walked = walk('recover', '2 share-in').say({ type: 'abandon', reason: 'the wrong survey' });
  expect(viewOf(walked)).toMatchObject({ screen: 'void', media: [] });
  expect(walked.recorded('declared-void')).toEqual([{ reason: 'the wrong survey' }]);
});

test('the hand-over names who leaves and who arrives', () => {
  const walked = walk('recover', '1 attest').until(({ phase }) => phase.at === 'who');
  walked.say({ type: 'who', index: 3 });
  expect(viewOf(walked)).toMatchObject({
    screen: 'handover',
    leaving: 'custodian 1',
    arriving: { name: 'custodian 3', index: 3 },
    progress: { done: 1, of: PACKAGE_FACTS.threshold },
  });
});

test('who got up without giving is told to the next ones, until they come again', () => {
  const walked = walk('recover', '1 share-in');
  expect(viewOf(walked)).toMatchObject({ screen: 'share-in', gotUp: 0 });
  walked
    .say({ type: 'get-up', reason: 'the key is dead' })
    .until(({ phase }) => phase.at === 'who');
  expect(walked.state).toMatchObject({ accepted: [], gotUp: [1] });
  const comes = (index: number) =>
    walked
      .say({ type: 'who', index })
      .until(({ phase }) => phase.at === 'seat' && phase.seat.step === 'share-in');
  comes(2);
  expect(viewOf(walked)).toMatchObject({ screen: 'share-in', gotUp: 1 });
  walked.say({ type: 'get-up', reason: 'the stick is lost' });
  walked.until(({ phase }) => phase.at === 'who');
  expect(walked.state).toMatchObject({ gotUp: [1, 2] });
  // With a backup key after all: he is not counted against himself, nor afterwards.
  comes(1);
  expect(viewOf(walked)).toMatchObject({ screen: 'share-in', gotUp: 1 });
  walked.until(({ phase }) => phase.at === 'who');
  expect(walked.state).toMatchObject({ accepted: [1], gotUp: [2] });
});

describe('of a survey that an organisation keeps', () => {
  const done = walk('recover-member', 'closed');

  test('the owner comes after the shares, and no address is compared', () => {
    const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
    expect(places.slice(places.indexOf('3 attest'))).toEqual([
      '3 attest',
      'owner',
      ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
      ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
      'save-bundle',
      'waiting',
      'closed',
    ]);
    expect(done.recorded('facts-agreed')).toMatchObject([{ organisationId: 4, teamId: 9 }]);
    expect(done.recorded('kek-opened')).toEqual([
      { userId: 7, surveyId: 31, organisationId: 4, owner: 'owner 1' },
    ]);
  });

  test('what people sign names organisation and team', () => {
    const view = viewOf(walk('recover-member', '2 attest'));
    expect(view.screen === 'attest' && view.statement).toBe(
      'I gave share 2 of 4 for the recovery of survey 31 of team 9 of organisation 4 for user 7 (request ABC-123-XYZ) and for nothing else.',
    );
  });

  test('without the owner nothing opens, and another one may come after a window was closed', () => {
    const walked = walk('recover-member', 'owner');
    expect(walked.feed({ type: 'continue' }).effects).toEqual([]);
    expect(walked.state).toMatchObject({ phase: { at: 'owner' }, busy: null });
    const { effects } = walked.feed({ type: 'owner', by: 'owner 1' });
    expect(effects).toEqual([{ effect: 'open-kek', owner: 'owner 1' }]);
    walked.feed({ type: 'entry-cancelled' });
    expect(walked.state).toMatchObject({ phase: { at: 'owner' }, busy: null, kekOpened: false });
    walked.say({ type: 'owner', by: 'owner 2' });
    expect(walked.recorded('kek-opened')).toMatchObject([{ owner: 'owner 2' }]);
  });

  test('nobody is asked for a passphrase where the user’s own escrow is opened', () => {
    const walked = walk('recover', 'recover');
    expect(walked.feed({ type: 'owner', by: 'owner 1' }).effects).toEqual([]);
  });
});
