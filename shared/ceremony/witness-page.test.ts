import { describe, expect, test } from 'vitest';
import { place, walk } from '../../test/support/ceremony.ts';
import { recoverView } from './recover/view.ts';
import type { RecoverState } from './recover/state.ts';
import { splitView } from './split/view.ts';
import type { SplitState } from './split/state.ts';

const HEAD = { entries: 1, words: 'w' };
const PRINT = { type: 'choose-printer', id: 'office' } as const;

describe('the page for the witness’s file', () => {
  test('is offered when a set is signed, printed as often as wanted, and recorded each time', () => {
    const walked = walk('split', 'set-ready');
    const page = () => {
      const view = splitView(walked.state as SplitState, HEAD);
      return view.screen === 'set-ready' ? view.witnessPage : null;
    };
    expect(page()).toEqual({ printed: null, page: 'A4' });
    walked.say(PRINT).say(PRINT);
    expect(place(walked.state)).toBe('set-ready');
    expect(page()).toEqual({ printed: 'A4 page on office', page: 'A4' });
    expect(walked.recorded('witness-page-printed')).toHaveLength(2);
    walked.say({ type: 'continue' });
    expect(place(walked.state)).toBe('witness handover');
  });

  test('is nobody’s duty: a Split goes on without it', () => {
    const walked = walk('split', 'set-ready').say({ type: 'continue' });
    expect(walked.recorded('witness-page-printed')).toEqual([]);
  });

  test('is offered while a Recover waits for its receipt, and not before its bundle is saved', () => {
    const early = walk('recover', 'save-bundle').say(PRINT);
    expect(early.state.refusal?.code).toBe('not-now');
    const walked = walk('recover', 'waiting').say(PRINT);
    const view = recoverView(walked.state as RecoverState, HEAD);
    expect(view).toMatchObject({
      screen: 'waiting',
      witnessPage: { printed: 'A4 page on office', page: null },
    });
    expect(walked.recorded('witness-page-printed')).toHaveLength(1);
  });

  test('a Split that waits does not offer it again', () => {
    const walked = walk('split', 'waiting');
    expect(splitView(walked.state as SplitState, HEAD)).toMatchObject({ witnessPage: null });
    expect(walked.say(PRINT).state.refusal?.code).toBe('not-now');
  });

  test('a printer that fails leaves the step as it was', () => {
    const walked = walk('split', 'set-ready');
    walked.feed(PRINT);
    walked.feed({
      type: 'refused',
      note: { code: 'print-failed', happened: 'h', means: 'm', next: 'n' },
    });
    expect(place(walked.state)).toBe('set-ready');
    expect(walked.state.refusal?.code).toBe('print-failed');
    expect(walked.state.busy).toBeNull();
  });
});
