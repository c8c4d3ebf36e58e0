/**
 * A stick, a printer or a slip of the pen that fails must not end a ceremony: every sitting has a
 * way on.
 */
import { expect, test } from 'vitest';
import { place, walk } from '../../../test/support/ceremony.ts';
import type { CeremonyEvent } from '../events.ts';
import { splitTransition } from '../split/transition.ts';
import type { SplitState } from '../split/state.ts';
import { splitView } from '../split/view.ts';

function after(at: string, ...events: CeremonyEvent[]): SplitState {
  let state = walk('split', at).state as SplitState;
  for (const event of events) state = splitTransition(state, event).state;
  return state;
}

const view = (state: SplitState) => splitView(state, { entries: 1, words: 'w' });
const refused = (code: string): CeremonyEvent => ({
  type: 'refused',
  note: { code, happened: 'h', means: 'm', next: 'n' },
});

test('the printer fails: the share goes onto a stick instead', () => {
  const state = after('1 write', { type: 'another-copy', medium: 'usb' });
  expect(view(state)).toMatchObject({ screen: 'write', medium: 'usb', mayLeave: false });
});

test('a further copy cannot be written: the copies before it are enough', () => {
  const state = after('1 copy', { type: 'another-copy', medium: 'paper' });
  expect(view(state)).toMatchObject({ screen: 'write', mayLeave: true });
  expect(place(splitTransition(state, { type: 'continue' }).state)).toBe('1 copy');
});

test('the first copy cannot be left out', () => {
  const state = after('1 write', { type: 'continue' });
  expect(place(state)).toBe('1 write');
  expect(state.refusal?.code).toBe('not-now');
});

test('words written down wrongly: new ones, and what they locked is to be destroyed', () => {
  const walked = walk('split', '2 read-back').say({ type: 'new-words' });
  expect(place(walked.state)).toBe('2 words');
  expect(walked.recorded('exception')).toHaveLength(1);
});

test('once the identity was read back its words stay', () => {
  const state = after('1 copy', { type: 'another-copy', medium: 'paper' }, { type: 'new-words' });
  expect(place(state)).toBe('1 write');
});

test('a stick that was refused before anything was written is not looked for', () => {
  const state = after('2 write', { type: 'choose-volume', id: 'full' }, refused('usb-full'));
  expect(view(splitTransition(state, { type: 'abandon', reason: 'a fire alarm' }).state)).toEqual(
    expect.objectContaining({ screen: 'void' }),
  );
  const media = (code: string) => {
    const left = after('2 write', { type: 'choose-volume', id: 'stick' }, refused(code));
    const gone = view(splitTransition(left, { type: 'abandon', reason: 'a fire alarm' }).state);
    return gone.screen === 'void' ? gone.media.filter((text) => text.includes('look for it')) : [];
  };
  expect(media('usb-full')).toEqual([]);
  expect(media('file-gone')).toHaveLength(1);
});

test('a sheet of which CUPS kept a copy counts, and the transcript says so', () => {
  const walked = walk('split', '1 write');
  const written: CeremonyEvent = {
    type: 'written',
    records: [{ kind: 'paper', description: 'A4 sheet', fileName: null }],
    volumeId: null,
    volumeLabel: null,
    warning: { code: 'print-copy-kept', happened: 'It kept a copy.', means: 'So.', next: 'Go.' },
  };
  const begun = splitTransition(walked.state as SplitState, { type: 'choose-printer', id: 'p' });
  const result = splitTransition(begun.state, written);
  expect(place(result.state)).toBe('1 read-back');
  expect(result.state.refusal?.code).toBe('print-copy-kept');
  expect(result.effects).toContainEqual(
    expect.objectContaining({ effect: 'record', kind: 'exception' }),
  );
});

/** The numbers of the sheets that were printed and asked for again, in order. */
function sheetNumbers(at: string, ...events: CeremonyEvent[]): number[] {
  const numbers: number[] = [];
  let state = walk('split', at).state as SplitState;
  for (const event of events) {
    const next = splitTransition(state, event);
    state = next.state;
    for (const effect of next.effects) {
      if (effect.effect === 'write-paper') numbers.push(effect.sheetNumber);
      if (effect.effect === 'read-back' && effect.sheetNumber !== null) {
        numbers.push(effect.sheetNumber);
      }
    }
  }
  return numbers;
}

const print: CeremonyEvent = { type: 'choose-printer', id: 'p' };
const printed: CeremonyEvent = {
  type: 'written',
  records: [{ kind: 'paper', description: 'A4 sheet 1', fileName: null }],
  volumeId: null,
  volumeLabel: null,
};
const read: CeremonyEvent = { type: 'read', how: 'camera' };
const readBackDone: CeremonyEvent = { type: 'read-back-done', identityKey: 'aa', shareKey: 'bb' };

test('each copy on paper has its own number, and that one is read back', () => {
  const copy: CeremonyEvent = { type: 'another-copy', medium: 'paper' };
  expect(
    sheetNumbers('1 write', print, printed, read, readBackDone, copy, print, printed, read),
  ).toEqual([1, 1, 2, 2]);
});

test('a sheet printed again has a new number, so that the one given up is never read for it', () => {
  const again: CeremonyEvent = { type: 'write-again' };
  expect(sheetNumbers('1 write', print, printed, again, print, printed, read)).toEqual([1, 2, 2]);
});

test('a number is free again only when nothing can be on paper', () => {
  expect(sheetNumbers('1 write', print, refused('print-unknown'), print)).toEqual([1, 1]);
  for (const code of ['print-failed', 'sheet-not-printed', 'second-sheet-failed', 'worker-gone']) {
    expect(sheetNumbers('1 write', print, refused(code), print)).toEqual([1, 2]);
  }
});

test('no more sheets than there are numbers', () => {
  const often = Array.from({ length: 99 }, () => [print, refused('print-failed')]).flat();
  const state = after('1 write', ...often);
  expect(splitTransition(state, print).state.refusal?.code).toBe('sheets-too-many');
  expect(view(splitTransition(state, { type: 'another-copy', medium: 'usb' }).state)).toMatchObject(
    { screen: 'write', medium: 'usb' },
  );
});
