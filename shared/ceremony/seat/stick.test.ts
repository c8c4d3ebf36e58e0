/**
 * An OTP envelope on a stick after its share was given: what the transcript says of it, and where the
 * sitting goes on when it was not made anew.
 */
import { describe, expect, test } from 'vitest';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import { type Facts, makeEntry } from '../../transcript/entry.ts';
import type { EntryKind } from '../../transcript/kinds.ts';
import { narrateEntry } from '../../transcript/narrate.ts';
import type { PersonEvent } from '../events.ts';
import { transition } from '../machines.ts';
import type { RecoverState } from '../recover/state.ts';
import { recoverView } from '../recover/view.ts';
import type { Renewal, RenewalFailed } from '../types.ts';

const [BEFORE, AFTER] = ['b0'.repeat(32), 'af'.repeat(32)];
const DONE: Renewal = { done: true, before: BEFORE, after: AFTER };
const failed = (holds: RenewalFailed['holds'], after: string | null = AFTER): RenewalFailed => ({
  done: false,
  note: { code: 'file-gone', happened: 'The file cannot be reached.', means: 'No.', next: 'No.' },
  before: BEFORE,
  after,
  holds,
});

/** Custodian 2 gave an OTP share from a stick. */
function given(renewal: Renewal, ceremony: 'recover' | 'roster' = 'recover'): Walk {
  const walked = walk(ceremony, '2 share-in');
  walked.feed({ type: 'read', how: 'usb', volumeId: 'x' });
  walked.feed({ type: 'share-accepted', index: 2, medium: 'yubikey-otp', renewal });
  return walked;
}

const viewOf = (walked: Walk) =>
  recoverView(walked.state as RecoverState, { entries: 1, words: 'four words' });
const refusalOf = (walked: Walk, event: PersonEvent) => walked.say(event).state.refusal?.code;

/** What was recorded since the share was accepted, kind by kind. */
function told(walked: Walk): (readonly [kind: EntryKind, facts: Facts])[] {
  const all = walked.effects.flatMap((effect) =>
    effect.effect === 'record' ? [[effect.kind, effect.facts] as const] : [],
  );
  const accepted = all.map(([kind]) => kind).lastIndexOf('share-accepted');
  return all.slice(accepted + 1);
}

/** In the words of an auditor. */
const read = (walked: Walk) =>
  told(walked).map(([kind, facts]) => {
    const chain = { mode: 'rehearsal' as const, ceremonyId: '44'.repeat(16) };
    return narrateEntry(makeEntry(chain, undefined, { kind, ...facts }));
  });

const digest = (value: string) => ({ type: 'digest', value });
const whose = { index: 2, custodian: 'custodian 2' };

describe.each(['recover', 'roster'] as const)('in a %s', (ceremony) => {
  test('made anew: the log names both, and the sitting goes on', () => {
    const walked = given(DONE, ceremony);
    expect(told(walked)).toEqual([
      ['envelope-renewed', { ...whose, before: digest(BEFORE), after: digest(AFTER) }],
    ]);
    expect(place(walked.state)).toBe('2 identity');
  });

  test.each(['old', 'new', 'unknown'] as const)('not made anew, the stick holds: %s', (holds) => {
    const walked = given(failed(holds), ceremony);
    expect(place(walked.state)).toBe('2 renew-stick');
    expect(walked.state).toMatchObject({ accepted: expect.arrayContaining([2]) as number[] });
    walked.say({ type: 'continue' });
    expect(place(walked.state)).toBe('2 identity');
    walked.until(({ phase }) => phase.at === 'closed');
  });
});

describe('the log says what the stick was seen to hold', () => {
  test('the old one, and that its challenge has been answered', () => {
    const walked = given(failed('old'));
    expect(told(walked)).toEqual([
      [
        'envelope-kept',
        { ...whose, envelope: digest(BEFORE), reason: 'The file cannot be reached.' },
      ],
    ]);
    expect(read(walked).join()).toMatch(
      /holds the envelope b0b0b0b0b0b0b0b0… of before, which .* has been answered once\./,
    );
  });

  test('the new one, whatever the writing said', () => {
    const walked = given(failed('new'));
    expect(told(walked).map(([kind]) => kind)).toEqual(['envelope-renewed', 'exception']);
    expect(told(walked)[0]?.[1]).toMatchObject({ after: digest(AFTER) });
  });

  test.each([AFTER, null])('neither, or nothing: both are named (%s)', (after) => {
    const walked = given(failed('unknown', after));
    expect(told(walked)).toEqual([
      [
        'envelope-unknown',
        {
          ...whose,
          before: digest(BEFORE),
          ...(after === null ? {} : { after: digest(after) }),
          reason: 'The file cannot be reached.',
        },
      ],
    ]);
    expect(read(walked).join()).toContain('it is not known what its stick holds');
    expect(read(walked).join()).not.toContain('still opens');
  });
});

/** The stick is out, and comes back under another name. */
function seeItOut(walked: Walk): void {
  expect(place(walked.state)).toBe('2 renew-replug');
  expect(walked.pending).toEqual({ effect: 'await-replug', volumeId: 'x' });
  walked.feed({ type: 'replugged', volumeId: 'y' });
}

describe('what the stick holds is believed', () => {
  test.each(['new', 'unknown'] as const)('when it was seen out and in again: %s', (holds) => {
    const walked = given(failed(holds));
    walked.feed({ type: 'write-again' });
    expect(viewOf(walked)).toMatchObject({ screen: 'renew-replug', index: 2, count: 4 });
    // Nobody can say that it was: only the laptop sees it.
    for (const event of [{ type: 'write-again' }, { type: 'read', how: 'usb' }] as const) {
      expect(transition(walked.state, event)).toMatchObject({
        state: { refusal: { code: 'not-now' }, awaiting: 'replugged' },
        effects: [],
      });
    }
    walked.feed({ type: 'replugged', volumeId: 'y' });
    expect(walked.pending).toMatchObject({ effect: 'renew-envelope' });
    // Still not readable, and once more: out and in again.
    walked.feed({ type: 'envelope-tried', renewal: failed(holds) });
    walked.feed({ type: 'write-again' });
    expect(walked.pending).toEqual({ effect: 'await-replug', volumeId: 'y' });
  });

  test('a stick that does not come back: back to the page that says what that means', () => {
    const walked = given(failed('unknown'));
    walked.feed({ type: 'write-again' });
    walked.feed({ type: 'continue' });
    expect(viewOf(walked)).toMatchObject({ screen: 'renew-stick', holds: 'unknown' });
    walked.feed({ type: 'continue' });
    expect(place(walked.state)).toBe('2 identity');
  });
});

describe('once more', () => {
  const tryAgain = (first: Renewal, second: Renewal) => {
    const walked = given(first);
    walked.feed({ type: 'write-again' });
    if (!first.done && first.holds !== 'old') seeItOut(walked);
    expect(walked.pending).toMatchObject({ effect: 'renew-envelope', index: 2 });
    walked.feed({ type: 'envelope-tried', renewal: second });
    return walked;
  };

  test('and it is made anew', () => {
    const walked = tryAgain(failed('old'), DONE);
    expect(told(walked).map(([kind]) => kind)).toEqual(['envelope-kept', 'envelope-renewed']);
    expect(place(walked.state)).toBe('2 identity');
  });

  test('a stick that nobody could read holds the old one, or the new one', () => {
    const old = tryAgain(failed('unknown'), failed('old'));
    expect(told(old).map(([kind]) => kind)).toEqual(['envelope-unknown', 'envelope-kept']);
    expect(viewOf(old)).toMatchObject({ screen: 'renew-stick', holds: 'old' });
    const fresh = tryAgain(failed('unknown'), DONE);
    expect(told(fresh).map(([kind]) => kind)).toEqual(['envelope-unknown', 'envelope-renewed']);
  });

  test('the new one is not said to be new twice', () => {
    const walked = tryAgain(failed('new'), DONE);
    expect(told(walked).map(([kind]) => kind)).toEqual([
      'envelope-renewed',
      'exception',
      'exception',
    ]);
    expect(read(walked).at(-1)).toContain('was read once more: the new envelope is on it.');
  });

  test('a window that is closed changes nothing', () => {
    const walked = given(failed('unknown'));
    walked.feed({ type: 'write-again' });
    seeItOut(walked);
    walked.feed({ type: 'entry-cancelled' });
    expect(viewOf(walked)).toMatchObject({ screen: 'renew-stick', holds: 'unknown' });
  });
});

test('nothing else is possible there', () => {
  const walked = given(failed('old'));
  expect(refusalOf(walked, { type: 'read', how: 'camera' })).toBe('not-now');
  expect(refusalOf(walked, { type: 'choose-printer', id: 'x' })).toBe('not-now');
});
