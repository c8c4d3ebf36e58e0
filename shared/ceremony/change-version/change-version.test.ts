import { describe, expect, test } from 'vitest';
import { ACTIVATE_FACTS, RETIRE_FACTS } from '../../../test/support/ceremony-facts.ts';
import { place, walk, type Walk } from '../../../test/support/ceremony.ts';
import { eightWords } from '../../encoding/words.ts';
import { hexToBytes } from '../../encoding/bytes.ts';
import type { VersionChangeState } from './state.ts';
import { versionChangeTransition } from './transition.ts';
import { versionChangeView } from './view.ts';

const stateOf = (walked: Walk) => walked.state as VersionChangeState;
const viewOf = (walked: Walk) =>
  versionChangeView(stateOf(walked), { entries: 1, words: 'four words' });

describe.each(['activate', 'retire'] as const)('%s, from package to receipt', (kind) => {
  const done = walk(kind, 'closed');

  test('goes through every step in order, and asks for no share before people agreed', () => {
    const places = done.states.map(place).filter((now, at, all) => now !== all[at - 1]);
    const gives = (index: number) => [
      'who',
      ...['handover', 'share-in', 'identity', 'attest'].map((step) => `${index} ${step}`),
    ];
    expect(places).toEqual([
      'descriptor',
      'descriptor-words',
      'package',
      'environment',
      'clock',
      'version-change',
      ...gives(1),
      ...gives(2),
      ...gives(3),
      ...['handover', 'identity', 'attest'].map((step) => `witness ${step}`),
      ...['handover', 'identity', 'attest'].map((step) => `operator ${step}`),
      'save-bundle',
      'waiting',
      'closed',
    ]);
  });

  test('restores nothing from the shares, and their quorum signs the bundle and its transcript', () => {
    const effects = new Set(done.effects.map(({ effect }) => effect));
    for (const effect of ['open-kek', 'prove-quorum', 'open-package', 'make-key'] as const) {
      expect(effects.has(effect)).toBe(false);
    }
    const seals = done.effects.filter((effect) => effect.effect === 'seal');
    const last = seals.at(-1);
    expect(last?.effect === 'seal' && last.withQuorum).toBe(true);
    expect(done.effects.filter(({ effect }) => effect === 'make-bundle')).toHaveLength(1);
  });
});

describe('what people agree to', () => {
  const shown = { type: 'digest', value: ACTIVATE_FACTS.other.manifestDigest };

  test('another active version: shown with its set, and recorded whole', () => {
    const walked = walk('activate', 'version-change');
    expect(viewOf(walked)).toMatchObject({
      title: 'Put another key version to use',
      screen: 'version-change',
      change: 'activate',
      keyVersion: 'v1',
      version: 'v2',
      present: { label: '2026 A', threshold: 3, count: 4 },
      other: {
        label: '2028 B',
        threshold: 2,
        count: 3,
        words: eightWords(hexToBytes(shown.value)),
      },
      stored: { active: 12, other: 0 },
    });
    walked.say({ type: 'agree' });
    expect(walked.recorded('activation-agreed')).toEqual([
      {
        activates: 'v2',
        keyVersion: 'v1',
        label: '2026 A',
        otherLabel: '2028 B',
        otherSet: shown,
        storedUnder: 12,
        storedUnderOther: 0,
      },
    ]);
    expect(walked.recorded('retirement-agreed')).toEqual([]);
  });

  test('each set of the other version has words of its own: the witness may have the paper of any', () => {
    const state = { ...stateOf(walk('retire', 'version-change')), about: RETIRE_FACTS };
    const view = versionChangeView(state, { entries: 1, words: 'four words' });
    const wordsOf = ({ manifestDigest }: { readonly manifestDigest: string }) =>
      eightWords(hexToBytes(manifestDigest));
    expect(RETIRE_FACTS.further).toHaveLength(1);
    expect(view).toMatchObject({
      other: { label: '2024 Z', words: wordsOf(RETIRE_FACTS.other) },
      further: RETIRE_FACTS.further.map((set) => ({ label: '2025 Y', words: wordsOf(set) })),
    });
    const all = [RETIRE_FACTS.other, ...RETIRE_FACTS.further].map(wordsOf);
    expect(new Set(all).size).toBe(2);
  });

  test('the end of one; where the package counts nothing, nothing is said of it', () => {
    const walked = walk('retire', 'version-change');
    const about = { ...RETIRE_FACTS, stored: null };
    const { effects } = versionChangeTransition({ ...stateOf(walked), about }, { type: 'agree' });
    expect(effects).toEqual([
      {
        effect: 'record',
        kind: 'retirement-agreed',
        facts: {
          retires: 'v0',
          keyVersion: 'v1',
          label: '2026 A',
          otherLabel: '2024 Z',
          otherSet: { type: 'digest', value: RETIRE_FACTS.other.manifestDigest },
          'further.1': '2025 Y',
        },
      },
    ]);
  });

  test.each([
    ['activate', 'key version v2 is put to use in the place of v1'],
    ['retire', 'key version v0 is retired'],
  ] as const)('%s: who signs, signs for that and nothing else', (kind, what) => {
    const given = viewOf(walk(kind, '2 attest'));
    expect(given.screen === 'attest' && given.statement).toBe(
      `I gave share 2 of 4 to sign that ${what}, as it was shown to me, and for nothing else.`,
    );
    const watched = viewOf(walk(kind, 'witness attest'));
    expect(watched.screen === 'attest' && watched.statement).toBe(
      `I watched the ceremony that signed that ${what}. Nothing was put together. The transcript up to here is what happened.`,
    );
  });
});

test('a share that was given is not asked for again, and two are too few', () => {
  const walked = walk('activate', '2 attest').until(({ phase }) => phase.at === 'who');
  expect(stateOf(walked).accepted).toEqual([1, 2]);
  expect(walked.say({ type: 'continue' }).state.refusal?.code).toBe('not-now');
  expect(walked.say({ type: 'who', index: 2 }).state.refusal?.code).toBe('not-now');
  expect(stateOf(walked).phase.at).toBe('who');
});

test('interrupted before its bundle it is void, and there is nothing to destroy', () => {
  const walked = walk('retire', '2 share-in').say({ type: 'abandon', reason: 'not today' });
  expect(viewOf(walked)).toMatchObject({ screen: 'void', media: [] });
});
