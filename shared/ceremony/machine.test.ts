import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerTo } from '../../test/support/ceremony-answers.ts';
import { legacyAnswer, nextWord, place, Walk, walk } from '../../test/support/ceremony.ts';
import { KEY_PLAN, PLAN, ROSTER_PLAN } from '../../test/support/ceremony-facts.ts';
import { start, type MachineState } from '../../test/support/ceremony-machines.ts';
import { MEDIA_KINDS } from '../sharing/manifest.ts';
import { ANSWERS, type Effect } from './effects.ts';
import { personEventSchema, type HostEvent, type PersonEvent } from './events.ts';
import { isPersonEvent } from './machine.ts';
import { transition, viewOf as show } from './machines.ts';
import type { View } from './view.ts';

const CEREMONIES = [
  'split',
  'adopt',
  'rotate',
  'new-version',
  'recover',
  'recover-member',
  'migrate-organisation',
  'roster',
  'drill',
  'activate',
  'retire',
  'refresh',
  'migrate-escrows',
] as const;
const HEAD = { entries: 3, words: 'four words of it' };
const viewOf = (state: MachineState): View => show(state, HEAD);

const NOTE = { code: 'some-code', happened: 'It failed.', means: 'So.', next: 'Try again.' };

const index = fc.integer({ min: 1, max: 5 });
const medium = fc.constantFrom(...MEDIA_KINDS);

/** Anything that a person can say, at any time. */
const anyPersonEvent: fc.Arbitrary<PersonEvent> = fc.oneof(
  fc.record({
    type: fc.constantFrom(
      'choose-document' as const,
      'choose-volume' as const,
      'choose-printer' as const,
    ),
    id: fc.constant('x'),
  }),
  fc.constantFrom<PersonEvent>(
    { type: 'words', words: 'abandon' },
    { type: 'plan', plan: PLAN },
    { type: 'plan', plan: { ...PLAN, threshold: 9 } },
    { type: 'plan', plan: KEY_PLAN },
    { type: 'roster-plan', plan: ROSTER_PLAN },
    { type: 'roster-plan', plan: { ...ROSTER_PLAN, admins: null } },
    { type: 'clock', agrees: false },
    { type: 'exception', text: 'something is wrong' },
    { type: 'skip-identity', reason: 'at home' },
    { type: 'get-up', reason: 'at home' },
    { type: 'sheets-destroyed', witness: 'witness' },
    { type: 'use-replaced', reason: 'it is lost', witness: 'witness' },
    { type: 'identity', how: 'existing-usb', volumeId: 'x' },
    { type: 'identity', how: 'new' },
    { type: 'legacy-split', split: null },
    { type: 'legacy-give', by: 'custodian 1', how: 'typed' },
    { type: 'legacy-take-back', id: 1 },
    { type: 'legacy-more' },
    { type: 'compare-only' },
    { type: 'refresh-agree', lives: [1, 2, 4], operator: 'operator', page: 'A4' },
    {
      type: 'refresh-agree',
      lives: [1, 2, 3, 4],
      operator: 'operator',
      page: 'Letter',
    },
    legacyAnswer('operator', 'row'),
    legacyAnswer('witness'),
    { ...legacyAnswer('witness'), sentence: 'yes' },
  ),
  fc
    .constantFrom(
      'continue',
      'check-again',
      'seated',
      'write-again',
      'sign',
      'agree',
      'pause',
      'resume',
    )
    .map((type): PersonEvent => ({ type })),
  index.map((at): PersonEvent => ({ type: 'who', index: at })),
  medium.map((kind): PersonEvent => ({ type: 'another-copy', medium: kind })),
  fc
    .constantFrom('usb' as const, 'camera' as const, 'typed' as const, 'file' as const)
    .map((how): PersonEvent => ({ type: 'read', how })),
);

const TURN = { name: 'custodian 1', role: 'custodian', index: 1 } as const;
const SAMPLE_EFFECTS: readonly Effect[] = [
  { effect: 'load-descriptor', documentId: 'x' },
  { effect: 'load-package', documentId: 'x', kind: 'setup' },
  { effect: 'load-package', documentId: 'x', kind: 'recover' },
  { effect: 'load-package', documentId: 'x', kind: 'roster' },
  { effect: 'load-package', documentId: 'x', kind: 'adopt' },
  { effect: 'open-adopt-package', volumeId: 'x' },
  { effect: 'take-legacy', by: 'custodian 1', how: 'file', whole: false, listed: [] },
  { effect: 'forget-legacy', id: 1 },
  { effect: 'judge-legacy', threshold: 3, listed: [1, 2, 3] },
  { effect: 'prove-legacy' },
  { effect: 'prove-by-owner', owner: 'owner 1' },
  { effect: 'restore-legacy', place: 'both', answers: null },
  { effect: 'load-package', documentId: 'x', kind: 'rotate-shares' },
  { effect: 'load-package', documentId: 'x', kind: 'new-version' },
  { effect: 'open-rotate-package', volumeId: 'x' },
  { effect: 'renew-key' },
  { effect: 'draw-refresh', lives: [1, 2, 3, 4], generation: 2, operator: '66'.repeat(32) },
  { effect: 'refresh-share', index: 1 },
  { effect: 'sign-refreshed', before: 1 },
  { effect: 'sign-refreshed-set', media: {} },
  { effect: 'check-environment' },
  { effect: 'begin-seat', turn: TURN },
  { effect: 'new-identity', turn: TURN },
  { effect: 'open-identity', turn: TURN, how: 'usb', volumeId: 'x' },
  { effect: 'write-usb', turn: TURN, volumeId: 'x', withIdentity: true },
  {
    effect: 'write-key',
    turn: TURN,
    medium: 'yubikey-otp',
    volumeId: 'x',
    withIdentity: true,
  },
  {
    effect: 'write-paper',
    turn: TURN,
    printerId: 'x',
    page: 'A4',
    sheetNumber: 1,
    withIdentity: true,
  },
  { effect: 'await-replug', volumeId: 'x' },
  {
    effect: 'read-back',
    turn: TURN,
    how: 'usb',
    volumeId: 'x',
    withIdentity: true,
    sheetNumber: null,
  },
  { effect: 'seal', withQuorum: true },
  { effect: 'end-seat' },
  { effect: 'make-key', keyVersion: 'v1' },
  { effect: 'split', threshold: 3, count: 4 },
  { effect: 'prove-quorum', threshold: 3 },
  { effect: 'open-package', volumeId: 'x' },
  { effect: 'accept-share', index: 2, how: 'camera', volumeId: null },
  { effect: 'renew-envelope', turn: TURN, index: 1 },
  { effect: 'print-envelope', turn: TURN, index: 1, printerId: 'x', sheetNumber: 2 },
  { effect: 'prove-envelope', turn: TURN, index: 1, how: 'camera', sheetNumber: 2 },
  { effect: 'prove-share', index: 2, medium: 'usb' },
  { effect: 'open-kek' },
  { effect: 'find-move-files', volumeId: 'x' },
  { effect: 'measure-move', seconds: 1 },
  { effect: 'prove-move' },
  { effect: 'move-file', at: 1 },
  { effect: 'seal-moved', isLast: false },
  { effect: 'sign-roster', people: [], admins: null },
  { effect: 'make-bundle', escrowedEmail: null },
  { effect: 'save-bundle', volumeId: 'x' },
  { effect: 'import-receipt', documentId: 'x' },
];

/** An answer that nobody asked for, or the late one of an effect that was given up. */
const anyHostEvent: fc.Arbitrary<HostEvent> = fc.oneof(
  fc.constantFrom(...SAMPLE_EFFECTS).map((effect) => {
    const event = answerTo(effect, start('split'));
    if (event === null) throw new Error('Every sample has an answer.');
    return event;
  }),
);

type Move =
  | { readonly does: 'go-on' }
  | { readonly does: 'answer' }
  | { readonly does: 'say'; readonly event: PersonEvent }
  | { readonly does: 'stale'; readonly event: HostEvent }
  | { readonly does: 'fail'; readonly event: HostEvent }
  | { readonly does: 'abandon' };

const moves = fc.array(
  fc.oneof(
    { weight: 300, arbitrary: fc.constant<Move>({ does: 'go-on' }) },
    { weight: 300, arbitrary: fc.constant<Move>({ does: 'answer' }) },
    { weight: 20, arbitrary: anyPersonEvent.map((event): Move => ({ does: 'say', event })) },
    { weight: 20, arbitrary: anyHostEvent.map((event): Move => ({ does: 'stale', event })) },
    {
      weight: 8,
      arbitrary: fc
        .constantFrom<HostEvent>({ type: 'refused', note: NOTE }, { type: 'entry-cancelled' })
        .map((event): Move => ({ does: 'fail', event })),
    },
    { weight: 1, arbitrary: fc.constant<Move>({ does: 'abandon' }) },
  ),
  { maxLength: 500, size: 'max' },
);

function play(walked: Walk, move: Move): void {
  const { state } = walked;
  switch (move.does) {
    case 'go-on': {
      const word = state.paused ? ({ type: 'resume' } as const) : nextWord(state);
      if (word !== null) walked.feed(word);
      return;
    }
    case 'answer':
      walked.answer();
      return;
    case 'abandon':
      walked.feed({ type: 'abandon', reason: 'enough of it' });
      return;
    case 'fail':
      if (walked.pending !== undefined) walked.feed(move.event);
      return;
    case 'stale':
      if (move.event.type !== state.awaiting) {
        const result = transition(state, move.event);
        expect(result).toEqual({ state, effects: [] });
      }
      return;
    case 'say':
      walked.feed(move.event);
  }
}

const ceremonies = fc.constantFrom(...CEREMONIES);

describe('whatever happens', () => {
  test('nothing throws, nothing written is forgotten, no bundle without its proofs', () => {
    let deepest = 0;
    fc.assert(
      fc.property(ceremonies, moves, (ceremony, list) => {
        const walked = new Walk(start(ceremony));
        let position = 0;
        for (const move of list) {
          const before = walked.state;
          play(walked, move);
          const { state } = walked;
          // The list of media only grows.
          expect(state.everWritten.slice(0, before.everWritten.length)).toEqual(before.everWritten);
          // The list on the left is done, now, next, and goes forward only.
          const standings = viewOf(state).steps.map(({ standing }) => standing);
          const now = standings.indexOf('now');
          const at = now === -1 ? standings.length : now;
          expect(
            standings.every(
              (standing, step) => standing === (step < at ? 'done' : step === at ? 'now' : 'next'),
            ),
          ).toBe(true);
          // More legacy shares are brought: the one way back that people ask for.
          if (state.phase.at !== 'legacy-shares') expect(at).toBeGreaterThanOrEqual(position);
          position = at;
          requireProofs(walked);
          deepest = Math.max(deepest, at);
        }
        // Plain JSON: it survives any store, and goes on as before.
        const copy = JSON.parse(JSON.stringify(walked.state)) as MachineState;
        expect(copy).toEqual(walked.state);
        const word = nextWord(copy);
        if (word !== null) expect(transition(copy, word)).toEqual(transition(walked.state, word));
      }),
      { numRuns: 150 },
    );
    // A test that never comes to a bundle would prove nothing about bundles.
    expect(deepest).toBeGreaterThanOrEqual(12);
  });

  function requireProofs(walked: Walk): void {
    const { state } = walked;
    const asked = walked.effects.some(({ effect }) => effect === 'make-bundle');
    if (state.bundle === null && !asked) return;
    if ('set' in state) {
      const read = walked.recorded('share-read-back').map((facts) => facts.index);
      expect(new Set(read)).toEqual(new Set([1, 2, 3, 4]));
      expect(walked.recorded('quorum-proved')).not.toHaveLength(0);
      expect(state.set).not.toBeNull();
    }
    if (state.ceremony === 'refresh') {
      // Everybody who was agreed on, each read back; and no share is there to sign at the end.
      const numbers = new Set([1, 2, 3, 4]);
      for (const kind of ['share-refreshed', 'share-read-back'] as const) {
        expect(new Set(walked.recorded(kind).map((facts) => facts.index))).toEqual(numbers);
      }
      expect(new Set(state.accepted)).toEqual(numbers);
      expect(state.signedSet).not.toBeNull();
      expect(walked.effects.some((effect) => effect.effect === 'seal' && effect.withQuorum)).toBe(
        false,
      );
      return;
    }
    if (state.ceremony === 'drill') {
      // Fewer than are needed for anything else, and no signature of a quorum.
      expect(state.proofs.length + Object.keys(state.faults).length).toBeGreaterThan(0);
      expect(walked.effects.some((effect) => effect.effect === 'seal' && effect.withQuorum)).toBe(
        false,
      );
      return;
    }
    if ('accepted' in state) {
      expect(new Set(state.accepted).size).toBeGreaterThanOrEqual(3);
      if ('kekOpened' in state) expect(state.kekOpened).toBe(true);
      else if ('wrapped' in state) expect(state.wrapped).not.toBeNull();
      else if ('signed' in state) expect(state.signed).not.toBeNull();
      else if (state.ceremony === 'activate' || state.ceremony === 'retire') {
        const agreed = state.ceremony === 'activate' ? 'activation-agreed' : 'retirement-agreed';
        expect(walked.recorded(agreed)).toHaveLength(1);
      } else expect(walked.recorded('platform-key-checked')).not.toHaveLength(0);
    }
    expect(walked.effects.some((effect) => effect.effect === 'seal' && effect.withQuorum)).toBe(
      true,
    );
  }

  test('what a person says while something runs, or while it is paused, changes nothing', () => {
    const spots = fc.constantFrom(
      ...CEREMONIES.map((ceremony) => walk(ceremony, 'closed')).flatMap(({ states }) => states),
    );
    const isFree = ({ type }: PersonEvent) => ['pause', 'resume', 'exception'].includes(type);
    fc.assert(
      fc.property(spots, anyPersonEvent, (state, event) => {
        if (isFree(event)) return;
        const over = state.phase.at === 'closed';
        const paused = over ? state : transition(state, { type: 'pause' }).state;
        for (const still of [...(state.busy === null ? [] : [state]), ...(over ? [] : [paused])]) {
          const result = transition(still, event);
          expect(result.state).toBe(still);
          expect(result.effects).toEqual([]);
        }
      }),
    );
  });

  test('pausing keeps the place, records itself once, and does not lose the answer that comes', () => {
    const walked = walk('split', '1 write');
    walked.feed({ type: 'choose-printer', id: 'p' });
    walked.feed({ type: 'pause' });
    expect(walked.feed({ type: 'pause' }).effects).toEqual([]);
    walked.answer();
    expect(place(walked.state)).toBe('1 read-back');
    expect(walked.state.paused).toBe(true);
    walked.feed({ type: 'resume' });
    expect([walked.recorded('paused'), walked.recorded('resumed')]).toEqual([[{}], [{}]]);
    expect(walked.until(({ phase }) => phase.at === 'closed').state.phase.at).toBe('closed');
  });

  test('an exception sheet can be opened at every step, and changes nothing', () => {
    for (const ceremony of CEREMONIES) {
      for (const state of walk(ceremony, 'closed').states) {
        const result = transition(state, { type: 'exception', text: 'a glass was spilled' });
        expect(result.state).toBe(state);
        expect(result.effects).toEqual([
          { effect: 'record', kind: 'exception', facts: { text: 'a glass was spilled' } },
        ]);
      }
    }
  });

  test('a refused or given up effect can be tried again at every step', () => {
    for (const ceremony of CEREMONIES) {
      const walked = new Walk(start(ceremony));
      let failed = 0;
      for (let word = nextWord(walked.state); word !== null; word = nextWord(walked.state)) {
        walked.feed(word);
        if (walked.pending !== undefined && walked.pending.effect !== 'await-replug') {
          walked.feed({ type: 'refused', note: NOTE });
          expect(walked.state.refusal).toEqual(NOTE);
          expect(walked.state.busy).toBeNull();
          failed += 1;
          const again = nextWord(walked.state);
          if (again === null) throw new Error('There is no way on.');
          walked.feed(again);
        }
        while (walked.pending !== undefined) walked.answer();
      }
      expect(walked.state.phase.at).toBe('closed');
      expect(failed).toBeGreaterThan(20);
    }
  });
});

test('every effect has one answer, and every answer an effect', () => {
  for (const effect of SAMPLE_EFFECTS) {
    expect(answerTo(effect, start('split'))?.type).toBe(ANSWERS[effect.effect]);
  }
});

test('every event of a person passes the schema that IPC uses, and no host event does', () => {
  fc.assert(
    fc.property(anyPersonEvent, anyHostEvent, (said, reported) => {
      expect(personEventSchema.safeParse(said).success).toBe(true);
      expect(isPersonEvent(said)).toBe(true);
      expect(personEventSchema.safeParse(reported).success).toBe(false);
      expect(isPersonEvent(reported)).toBe(false);
    }),
  );
});
