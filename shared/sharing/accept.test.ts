import { beforeAll, describe, expect, test } from 'vitest';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { Refusal } from '../refusal.ts';
import { acceptShare, NO_KNOWN_SETS, setKey, type Acceptance } from './accept.ts';
import { encodeShare, type Share } from './envelope.ts';

let set: TestShareSet;
let foreign: TestShareSet;
let shares: readonly Share[];
let wanted: Acceptance;

beforeAll(async () => {
  set = await makeShareSet({ generation: 2 });
  foreign = await makeShareSet();
  shares = set.shares;
  wanted = {
    mode: 'production',
    manifest: set.manifest.body,
    known: NO_KNOWN_SETS,
    accepted: new Set(),
    only: null,
  };
});

function refusalOf(share: Share, change: Partial<Acceptance> = {}): Refusal {
  try {
    acceptShare(encodeShare(share), { ...wanted, ...change });
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('accepted');
}
const one = (at = 1): Share => shares[at] as Share;

describe('a share alone', () => {
  test('every genuine share is accepted', () => {
    for (const share of shares) {
      expect(acceptShare(encodeShare(share), wanted)).toEqual(share);
      expect(acceptShare(encodeShare(share), { ...wanted, only: share.index })).toEqual(share);
    }
  });

  test('another mode', () => {
    const refusal = refusalOf({ ...one(), mode: 'rehearsal' });
    expect(refusal.code).toBe('share-other-mode');
    expect(refusal.message).toContain('rehearsal');
  });

  test('another set, named by its id', () => {
    const stray = foreign.shares[2] as Share;
    const refusal = refusalOf(stray);
    expect(refusal.code).toBe('share-of-another-set');
    expect(refusal.culprit).toBe('share 3 of 4');
    expect(refusal.message).toContain(stray.setId.slice(0, 8));
  });

  test('void and superseded sets, named by their labels', () => {
    const key = setKey(foreign.manifest.body.setId, 1);
    const stray = foreign.shares[0] as Share;
    const dead = refusalOf(stray, {
      known: { ...NO_KNOWN_SETS, void: new Map([[key, '2025 X']]) },
    });
    expect(dead.code).toBe('share-void');
    expect(dead.message).toContain('2025 X');
    const old = refusalOf(stray, {
      known: { ...NO_KNOWN_SETS, superseded: new Map([[key, { label: '2024 A', by: '2026 A' }]]) },
    });
    expect(old.code).toBe('share-superseded');
    expect(old.message).toContain('2024 A');
    expect(old.message).toContain('2026 A');
  });

  test('an older generation is superseded, a newer one is not genuine', () => {
    expect(refusalOf({ ...one(), generation: 1 }).code).toBe('share-superseded');
    expect(refusalOf({ ...one(), generation: 3 }).code).toBe('share-not-genuine');
  });

  test('a duplicate, a wrong custodian', () => {
    expect(refusalOf(one(), { accepted: new Set([2]) }).code).toBe('share-duplicate');
    const refusal = refusalOf(one(), { only: 4 });
    expect(refusal.code).toBe('share-wrong-custodian');
    expect(refusal.message).toContain('share 4');
  });

  test('a forged y with a right checksum, at every byte', () => {
    for (let at = 0; at < one().y.length; at++) {
      const y = one().y.slice();
      y[at] = (y[at] ?? 0) ^ 1;
      expect(refusalOf({ ...one(), y }).code).toBe('share-not-genuine');
    }
  });

  test('a right y with another x, index, threshold, count or length', () => {
    const other = shares[0] as Share;
    expect(refusalOf({ ...one(), x: other.x }).code).toBe('share-not-genuine');
    expect(refusalOf({ ...one(), index: 1 }).code).toBe('share-not-genuine');
    expect(refusalOf({ ...one(), threshold: 2 }).code).toBe('share-not-genuine');
    expect(refusalOf({ ...one(), count: 5 }).code).toBe('share-not-genuine');
    expect(refusalOf({ ...one(), y: one().y.slice(1) }).code).toBe('share-not-genuine');
    expect(refusalOf({ ...one(), index: 5, count: 5 }).code).toBe('share-not-genuine');
  });

  test('damaged bytes', () => {
    expect(() => acceptShare(new Uint8Array(), wanted)).toThrow(
      expect.objectContaining({ code: 'share-damaged' }) as Error,
    );
  });

  test('every refusal has three sentences', () => {
    for (const refusal of [
      refusalOf({ ...one(), mode: 'rehearsal' }),
      refusalOf(foreign.shares[0] as Share),
      refusalOf(one(), { accepted: new Set([2]) }),
      refusalOf({ ...one(), index: 1 }),
    ]) {
      const { happened, means, next } = refusal.sentences;
      for (const sentence of [happened, means, next]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });
});
