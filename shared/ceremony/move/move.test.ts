/** Survey keys that move: what is compared and agreed, what is recorded of each file, where it may stop. */
import { describe, expect, test } from 'vitest';
import { MOVE_FACTS, MOVED_COUNTS } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import { keysIn, sumCounts } from '../../bundle/moved-file.ts';
import { BATCH_KEYS } from '../../bundle/move.ts';
import { STAYS } from '../../escrow/move.ts';
import { makeEntry } from '../../transcript/entry.ts';
import { viewOf } from '../machines.ts';
import type { MovedFile } from '../../bundle/moved-file.ts';
import { stayingLeaves } from './leaves.ts';
import { minutesFor, minutesLeft, nextFile, resultOf } from './progress.ts';
import type { MoveState } from './state.ts';

const show = (walked: Walk) => viewOf(walked.state, { entries: 1, words: 'four words' });

/** As far as the file at hand: its answer is still to come. */
function atFile(at: number): Walk {
  const walked = walk('migrate-escrows', 'move-keys');
  walked.feed({ type: 'continue' });
  const reached = () =>
    walked.pending?.effect === 'move-file' && walked.pending.at === at ? true : undefined;
  while (reached() !== true) walked.answer();
  return walked;
}

test('from package to receipt: compared, measured, agreed, shares, file by file, read, signed', () => {
  const done = walk('migrate-escrows', 'closed');
  const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
  const gives = (index: number) =>
    ['handover', 'share-in', 'identity', 'attest'].map((step) => `${index} ${step}`);
  expect(places.slice(5)).toEqual([
    'ticket-key',
    'move-files',
    'move-facts',
    ...[1, 2, 3].flatMap((index) => ['who', ...gives(index)]),
    'move-keys',
    'keys-moved',
    ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
    ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
    'save-bundle',
    'waiting',
    'closed',
  ]);
  const order = done.effects.map((one) => (one.effect === 'record' ? one.kind : one.effect));
  const at = (what: (typeof order)[number]) => order.indexOf(what);
  expect(at('vault-component-checked')).toBeLessThan(at('find-move-files'));
  expect(at('measure-move')).toBeLessThan(at('move-agreed'));
  expect(at('move-agreed')).toBeLessThan(at('accept-share'));
  expect(at('platform-key-checked')).toBeLessThan(at('move-file'));
  // Each file is recorded, then sealed by the shares, before the next is begun.
  expect(order.slice(at('prove-move'), at('move-read'))).toEqual([
    'prove-move',
    'platform-key-checked',
    ...[1, 2, 3].flatMap(() => ['move-file', 'file-moved', 'seal-moved']),
  ]);
  const seals = done.effects.filter((one) => one.effect === 'seal-moved');
  expect(seals.map((one) => one.isLast)).toEqual([false, false, true]);
});

test('the bundle names what came back in its order, and the counts of all of it', () => {
  const done = walk('migrate-escrows', 'closed');
  const moved = {
    files: ['1e', '2e', '3e'].map((byte) => byte.repeat(32)),
    counts: {
      moved: 1_194,
      notCompared: 9,
      stays: { 'not-opened': 3, 'not-the-surveys': 0, 'sealed-without-hash': 3 },
    },
  };
  expect(done.effects.find(({ effect }) => effect === 'make-bundle')).toMatchObject({ moved });
  expect(done.recorded('move-read')).toMatchObject([{ moved: 1_194, notOpened: 3 }]);
});

test('the transcript has each file by its digest, and by name what stays', () => {
  const done = walk('migrate-escrows', 'closed');
  expect(done.recorded('move-files-compared')).toEqual([
    { description: 'stick COURIER', files: 3, kept: 0 },
  ]);
  expect(done.recorded('move-agreed')).toMatchObject([
    { keyVersion: 'v1', movesTo: 'v2', checktick: 1_100, sealed: 100, files: 3, minutes: 12 },
  ]);
  expect(done.recorded('file-moved')).toHaveLength(3);
  expect(done.recorded('file-moved')[1]).toEqual({
    file: 2,
    files: 3,
    from: { type: 'digest', value: '2d'.repeat(32) },
    digest: { type: 'digest', value: '2e'.repeat(32) },
    moved: 398,
    notCompared: 3,
    notOpened: 1,
    notTheSurveys: 0,
    sealedWithoutHash: 1,
    'left.1': 'survey 131 of user 7: what is stored does not open',
    'left.2':
      'survey 132 of user 8: a sealed one, and CheckTick keeps no hash of the survey’s key to compare it with',
  });
});

describe('stopping and going on', () => {
  test('a pause lets the file at hand be finished and sealed, and the next waits for a word', () => {
    const walked = atFile(1);
    expect(show(walked)).toMatchObject({ screen: 'move-keys', running: true, busy: null });
    walked.feed({ type: 'pause' });
    while (walked.pending !== undefined) walked.answer();
    expect(walked.recorded('file-moved')).toHaveLength(2);
    expect(walked.effects.at(-1)).toEqual({ effect: 'seal-moved', isLast: false });
    expect(show(walked)).toMatchObject({ paused: true, running: false });
    walked.feed({ type: 'resume' });
    expect(walked.pending).toBeUndefined();
    expect(show(walked)).toMatchObject({ running: false, begun: true, files: { done: 2, of: 3 } });
    walked.say({ type: 'continue' });
    expect(place(walked.state)).toBe('keys-moved');
  });

  test('a file that broke off is done again, and one that was not sealed is sealed first', () => {
    const walked = atFile(0);
    const note = { code: 'volume-missing', happened: 'a', means: 'b', next: 'c' };
    walked.feed({ type: 'refused', note });
    expect(show(walked)).toMatchObject({ running: false, refusal: note, files: { done: 0 } });
    walked.feed({ type: 'continue' });
    expect(walked.pending).toEqual({ effect: 'move-file', at: 0 });
    walked.answer();
    expect(walked.pending).toEqual({ effect: 'seal-moved', isLast: false });
    walked.feed({ type: 'refused', note });
    walked.feed({ type: 'continue' });
    expect(walked.pending).toEqual({ effect: 'seal-moved', isLast: false });
    while (walked.pending !== undefined) walked.answer();
    expect(walked.recorded('file-moved').map(({ file }) => file)).toEqual([1, 2, 3]);
  });

  test('what is said while a file is worked on loses no answer', () => {
    const walked = atFile(1);
    for (const event of [{ type: 'continue' }, { type: 'agree' }] as const) {
      walked.feed(event);
      expect(walked.state.refusal?.code).toBe('not-now');
      expect(walked.state.awaiting).toBe('file-moved');
    }
    walked.answer();
    expect(walked.recorded('file-moved')).toHaveLength(2);
  });

  test('it can be declared void in the middle of a file, and its late answer says nothing', () => {
    const walked = atFile(1);
    walked.feed({ type: 'abandon', reason: 'a fire alarm' });
    const { state } = walked;
    expect(show(walked)).toMatchObject({ screen: 'void', media: [] });
    const note = { code: 'worker-gone', happened: 'a', means: 'b', next: 'c' };
    walked.feed({ type: 'refused', note });
    expect(walked.state).toBe(state);
  });

  test('what an earlier ceremony finished is named, counted, and not done again', () => {
    const walked = walk('migrate-escrows', 'move-files');
    walked.feed({ type: 'choose-volume', id: 'stick C' });
    const kept = [0, 1].map((at) => ({
      at,
      digest: `${at}f`.repeat(32),
      counts: MOVED_COUNTS,
      madeIn: 'aa'.repeat(16),
      staying: [{ userId: 1, surveyId: at + 1, why: 'not-opened' as const }],
    }));
    walked.feed({ type: 'move-files-found', description: 'stick COURIER', kept });
    expect(walked.recorded('moved-file-kept')).toMatchObject([
      { file: 1, files: 3, moved: 398, madeIn: 'aa'.repeat(16) },
      { file: 2, digest: { value: '1f'.repeat(32) } },
    ]);
    walked.answer();
    // A third of what was measured for all.
    expect(show(walked)).toMatchObject({ files: { done: 2, of: 3 }, minutes: 4 });
    walked.until(({ phase }) => phase.at === 'keys-moved');
    const ats = walked.effects.flatMap((one) => (one.effect === 'move-file' ? [one.at] : []));
    expect(ats).toEqual([2]);
    expect(show(walked)).toMatchObject({ counts: { moved: 1_194 }, staying: { length: 4 } });
    const { files } = resultOf(walked.state as MoveState);
    expect(files).toEqual(['0f', '1f', '3e'].map((byte) => byte.repeat(32)));
  });

  test('with every file finished before, the key is proved and nothing is opened', () => {
    const walked = walk('migrate-escrows', 'move-files');
    walked.feed({ type: 'choose-volume', id: 'stick C' });
    const kept = [2, 0, 1].map((at) => ({
      at,
      digest: `${at}f`.repeat(32),
      counts: MOVED_COUNTS,
      madeIn: 'aa'.repeat(16),
      staying: [],
    }));
    walked.feed({ type: 'move-files-found', description: 'stick COURIER', kept });
    walked.answer();
    walked.until(({ phase }) => phase.at === 'keys-moved');
    expect(walked.effects.filter(({ effect }) => effect === 'move-file')).toEqual([]);
    expect(walked.recorded('platform-key-checked')).toHaveLength(1);
    expect(walked.effects.at(-1)).toEqual({ effect: 'seal-moved', isLast: true });
  });
});

test('what is signed says where the share is, and how many moved', () => {
  const custodian = show(walk('migrate-escrows', '2 attest'));
  expect(custodian.screen === 'attest' && custodian.statement).toBe(
    'I gave share 2 of 4 for moving the survey keys of key version v1 to v2 and for nothing else. I know that it stays in the memory of this laptop until all of them are moved.',
  );
  const operator = show(walk('migrate-escrows', 'operator attest'));
  expect(operator.screen === 'attest' && operator.statement).toBe(
    'I led moving the survey keys of key version v1 to v2. 1194 were moved, written and read back; every other one stays as it is. The transcript up to here is what happened.',
  );
});

test('how long it takes is measured, and then what it took', () => {
  const pace = { checktick: 100, sealed: 400 };
  expect(minutesFor(MOVE_FACTS.stored, pace)).toBe(12);
  expect(minutesFor({ checktick: 1, sealed: 0 }, pace)).toBe(1);
  const files: MovedFile[] = [{ at: 0, digest: '', counts: MOVED_COUNTS }];
  expect(keysIn(sumCounts(files))).toBe(400);
  const took = { keys: 400, ms: 600_000 };
  expect(minutesLeft({ done: files, took, pace }, MOVE_FACTS)).toBe(20);
  expect(minutesLeft({ done: [], took: { keys: 0, ms: 0 }, pace: null }, MOVE_FACTS)).toBeNull();
  const all = [0, 1, 2].map((at) => ({ at, digest: '', counts: MOVED_COUNTS }));
  expect(minutesLeft({ done: all, took, pace }, MOVE_FACTS)).toBe(0);
  expect([nextFile({ done: files }, MOVE_FACTS), nextFile({ done: all }, MOVE_FACTS)]).toEqual([
    1,
    null,
  ]);
});

test('a file of which nothing moves, with the longest numbers, fits into one entry', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const staying = Array.from({ length: BATCH_KEYS }, (_, at) => ({
    userId: most,
    surveyId: most - at,
    why: STAYS[at % STAYS.length] ?? 'not-opened',
  }));
  const chain = { mode: 'production', ceremonyId: '44'.repeat(16) } as const;
  // It refuses more than 400 leaves, and more than 4,000 characters in one.
  const entry = makeEntry(chain, undefined, { kind: 'file-moved', ...stayingLeaves(staying) });
  expect(entry.leaves.length).toBeGreaterThan(BATCH_KEYS / 50);
});
