import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PACKAGE_FACTS } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import { makeEntry } from '../../transcript/entry.ts';
import { narrateEntry } from '../../transcript/narrate.ts';
import type { PersonEvent } from '../events.ts';
import type { RecoverState } from '../recover/state.ts';
import { recoverView } from '../recover/view.ts';
import { rosterView } from '../roster/view.ts';
import { beginRenewal, nextSheet, sheetsOver } from './renewal.ts';

const GIVEN = { sheet: 1, envelope: 'b0'.repeat(32) };
const NOTE = { code: 'sheet-not-printed', happened: 'It jammed.', means: '', next: '' };
const viewOf = (walked: Walk) =>
  recoverView(walked.state as RecoverState, { entries: 1, words: 'four words' });
/** What the witness is about to sign. */
function statementIn({ state }: Walk): string {
  const view =
    state.ceremony === 'roster'
      ? rosterView(state, { entries: 1, words: 'four words' })
      : recoverView(state as RecoverState, { entries: 1, words: 'four words' });
  return view.screen === 'attest' ? view.statement : '';
}
const refusalOf = (walked: Walk, event: PersonEvent) => walked.say(event).state.refusal?.code;

/** Custodian 2 gave an OTP share from sheet 1. */
function given(ceremony: 'recover' | 'roster' = 'recover', sheet = GIVEN.sheet): Walk {
  const walked = walk(ceremony, '2 share-in');
  walked.feed({ type: 'read', how: 'camera', sheet: 'key-share' });
  const onSheet = { ...GIVEN, sheet };
  walked.feed({ type: 'share-accepted', index: 2, medium: 'yubikey-otp', onSheet });
  return walked;
}

const printed = (walked = given()) => walked.say({ type: 'choose-printer', id: 'printer' });
const proved = (walked = given()) => printed(walked).say({ type: 'read', how: 'camera' });

describe.each(['recover', 'roster'] as const)('in a %s', (ceremony) => {
  test('a new sheet is printed, read back, and only then is the old one destroyed', () => {
    const walked = given(ceremony);
    expect(place(walked.state)).toBe('2 renew-print');
    expect(walked.recorded('share-accepted').at(-1)).toMatchObject({ index: 2, sheet: 1 });
    expect(walked.state).toMatchObject({ accepted: expect.arrayContaining([2]) as number[] });
    printed(walked);
    expect(walked.recorded('envelope-printing')).toMatchObject([{ index: 2, sheet: 2 }]);
    expect(walked.recorded('envelope-renewed')).toEqual([]);
    expect(place(walked.state)).toBe('2 renew-read');
    walked.say({ type: 'read', how: 'typed' });
    expect(walked.recorded('envelope-renewed')).toMatchObject([
      {
        index: 2,
        custodian: 'custodian 2',
        before: { type: 'digest', value: GIVEN.envelope },
        after: { type: 'digest', value: 'af'.repeat(32) },
        oldSheet: 1,
        sheet: 2,
      },
    ]);
    expect(place(walked.state)).toBe('2 renew-destroy');
    walked.say({ type: 'sheets-destroyed', witness: 'witness' });
    expect(walked.recorded('sheets-destroyed')).toMatchObject([
      { custodian: 'custodian 2', sheets: '1', good: 2, witness: 'witness' },
    ]);
    expect(place(walked.state)).toBe('2 identity');
    walked.until((state) => place(state) === 'witness attest');
    const watched = 'custodian 2 destroyed sheet 1 of the envelope of share 2';
    expect(statementIn(walked)).toContain(`I saw that ${watched}.`);
    walked.until(({ phase }) => phase.at === 'closed');
    const late = proved(given(ceremony)).say({ type: 'sheets-destroyed', witness: 'witness' });
    late.until((state) => place(state) === 'witness identity');
    late.say({ type: 'skip-identity', reason: 'at home' });
    expect(late.recorded('exception').at(-1)?.['text']).toBe(
      `witness gives no personal signature: at home Witness not signed: that ${watched}.`,
    );
  });

  test('declared void on the way, the log says which sheet counts and which ones are over', () => {
    const walked = printed(given(ceremony)).say({ type: 'abandon', reason: 'the wrong survey' });
    expect(walked.recorded('envelope-kept')).toMatchObject([
      { index: 2, sheet: 1, reason: 'the wrong survey' },
    ]);
    expect(walked.recorded('exception').at(-1)?.['text']).toMatch(
      /nobody saw sheet 2 destroyed; sheet 1 counts/,
    );
    // The good sheet opens a set in use: it is on no list of what is to be destroyed.
    expect(walked.recorded('declared-void')).toEqual([{ reason: 'the wrong survey' }]);
    const late = proved(given(ceremony)).say({ type: 'abandon', reason: 'the wrong survey' });
    expect(late.recorded('envelope-kept')).toEqual([]);
    expect(late.recorded('exception').at(-1)?.['text']).toMatch(
      /sheet 1 destroyed; sheet 2 counts/,
    );
  });
});

test('the screens say which sheet is the good one', () => {
  expect(viewOf(given())).toMatchObject({ screen: 'renew-print', good: 1, next: 2 });
  expect(viewOf(printed())).toMatchObject({ screen: 'renew-read', good: 1, sheet: 2 });
  expect(viewOf(proved())).toMatchObject({
    screen: 'renew-destroy',
    good: 2,
    isNew: true,
    sheets: [1],
    witnesses: ['witness'],
  });
});

describe('the old sheet counts', () => {
  test('after a jammed printer and a closed window; no number is given twice', () => {
    const walked = given();
    walked.feed({ type: 'choose-printer', id: 'printer' });
    walked.feed({ type: 'refused', note: NOTE });
    expect(viewOf(walked)).toMatchObject({ good: 1, next: 3, notReadBack: [2] });
    walked.feed({ type: 'choose-printer', id: 'printer' });
    walked.feed({ type: 'entry-cancelled' });
    expect(viewOf(walked)).toMatchObject({ screen: 'renew-print', good: 1, next: 4 });
    proved(walked);
    expect(viewOf(walked)).toMatchObject({ good: 4, sheets: [1, 2, 3] });
    walked.say({ type: 'sheets-destroyed', witness: 'witness' });
    expect(walked.recorded('sheets-destroyed')).toMatchObject([{ sheets: '1, 2, 3', good: 4 }]);
  });

  test('while the new one cannot be read, or the window that reads it is closed', () => {
    const walked = printed();
    walked.feed({ type: 'read', how: 'camera' });
    walked.feed({ type: 'entry-cancelled' });
    expect(viewOf(walked)).toMatchObject({ screen: 'renew-read', good: 1 });
    walked.say({ type: 'write-again' });
    expect(viewOf(walked)).toMatchObject({ screen: 'renew-print', good: 1, notReadBack: [2] });
    expect(walked.recorded('exception').at(-1)?.['text']).toContain('sheet 1 counts');
    expect(walked.recorded('envelope-renewed')).toEqual([]);
  });

  test('without a new one: the log says that its challenge has been answered once', () => {
    const walked = given().say({ type: 'get-up', reason: 'no printer today' });
    expect(place(walked.state)).toBe('2 identity');
    const [kept] = walked.recorded('envelope-kept');
    const chain = { mode: 'production' as const, ceremonyId: '44'.repeat(16) };
    const told = narrateEntry(makeEntry(chain, undefined, { kind: 'envelope-kept', ...kept }));
    expect(told).toBe(
      'Share 2 of custodian 2 was given and not locked anew: sheet 1 with the envelope b0b0b0b0b0b0b0b0… still counts, and the challenge of that envelope has been answered once. The reason: no printer today',
    );
    walked.until(({ phase }) => phase.at === 'closed');
  });

  test('and what was printed without being read back is destroyed', () => {
    const walked = printed().say({ type: 'get-up', reason: 'it cannot be read' });
    expect(walked.recorded('envelope-kept')).toHaveLength(1);
    expect(viewOf(walked)).toMatchObject({
      screen: 'renew-destroy',
      good: 1,
      isNew: false,
      sheets: [2],
    });
    walked.say({ type: 'get-up', reason: 'no shredder here' });
    expect(walked.recorded('exception').at(-1)?.['text']).toContain(
      'nobody saw sheet 2 destroyed; sheet 1 counts',
    );
    expect(place(walked.state)).toBe('2 identity');
  });
});

test('only a witness of the roster, and never the custodian, has seen it', () => {
  for (const witness of ['somebody', 'custodian 2', 'operator']) {
    const walked = proved();
    expect(refusalOf(walked, { type: 'sheets-destroyed', witness })).toBe('renew-witness');
    expect(walked.recorded('sheets-destroyed')).toEqual([]);
    expect(place(walked.state)).toBe('2 renew-destroy');
  }
});

test('a stick is no sheet, and nothing is destroyed before the new sheet was read back', () => {
  expect(refusalOf(printed(), { type: 'read', how: 'usb', volumeId: 'x' })).toBe('not-now');
  for (const walked of [given(), printed()]) {
    expect(refusalOf(walked, { type: 'sheets-destroyed', witness: 'witness' })).toBe('not-now');
  }
  expect(refusalOf(proved(), { type: 'write-again' })).toBe('not-now');
});

test('numbers go on behind all that sheets have had, and are used again only when none is left', () => {
  const number = fc.integer({ min: 1, max: 99 });
  fc.assert(
    fc.property(number, fc.array(number, { maxLength: 5 }), (sheet, known) => {
      let renewal = beginRenewal({ ...GIVEN, sheet });
      const taken = new Set([sheet, ...known]);
      const here = new Set([sheet]);
      for (;;) {
        const next = nextSheet(renewal, known);
        if (next === null) break;
        expect(next).toBeGreaterThanOrEqual(1);
        expect(next).toBeLessThanOrEqual(99);
        expect(taken.has(next)).toBe(taken.size === 99);
        expect(here.has(next)).toBe(false);
        taken.add(next);
        here.add(next);
        renewal = { ...renewal, printed: [...renewal.printed, next] };
      }
      expect(here.size).toBe(99);
      expect(sheetsOver(renewal)).not.toContain(sheet);
    }),
    { numRuns: 50 },
  );
  expect(nextSheet(beginRenewal({ ...GIVEN, sheet: 1 }), [1, 2])).toBe(3);
  expect(nextSheet(beginRenewal({ ...GIVEN, sheet: 99 }), [])).toBe(1);
  // The one that was met longest ago comes first.
  const all = Array.from({ length: 99 }, (_, at) => ((at + 40) % 99) + 1);
  expect(nextSheet(beginRenewal({ ...GIVEN, sheet: 7 }), all)).toBe(41);
  expect(nextSheet(beginRenewal({ ...GIVEN, sheet: 41 }), all)).toBe(42);
});

test('with no number left the old sheet stays, and that is said', () => {
  const walked = given();
  for (let sheets = 1; sheets < 99; sheets += 1) {
    walked.feed({ type: 'choose-printer', id: 'printer' });
    walked.feed({ type: 'entry-cancelled' });
  }
  expect(viewOf(walked)).toMatchObject({ screen: 'renew-print', good: 1, next: null });
  expect(refusalOf(walked, { type: 'choose-printer', id: 'printer' })).toBe(
    'renew-sheets-too-many',
  );
  expect(PACKAGE_FACTS.custodians[1]?.sheets).toEqual([]);
});
