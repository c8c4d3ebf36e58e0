import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checktickVectors,
  codeOf,
  digitAt,
  parsed,
  textOf,
  withDigit,
} from '../../../test/support/legacy.ts';
import { bytesToHex } from '../../encoding/bytes.ts';
import { randomBytes } from '../../secret/random.ts';
import { formatLegacyShare, judgeLegacyShares, likelyThreshold, splitLegacy } from '../index.ts';
import type { Agreement } from '../index.ts';

const v = checktickVectors('shamir_negative');
const good: string[] = v.good_shares;
const plan = { threshold: 3 };

const judge = (texts: readonly string[], options: { secretBytes?: number } = {}): Agreement =>
  judgeLegacyShares(texts.map(parsed), { ...plan, ...options });
const split = (secret: Uint8Array, count: number, threshold = 3) =>
  splitLegacy(secret, { threshold, count }).map((share) => textOf(formatLegacyShare(share)));
const at = (texts: readonly string[], index: number): string => texts[index] ?? '';
const put = (texts: readonly string[], index: number, text: string): string[] =>
  texts.map((old, i) => (i === index ? text : old));
const secretIn = ({ component }: { component: { unprovedBytes(length: number): Uint8Array } }) =>
  bytesToHex(component.unprovedBytes(64));
const otherDigit = (text: string, position: number, turn: number): string =>
  ((Number.parseInt(digitAt(text, position), 16) + 1 + (turn % 15)) % 16).toString(16);
/** Digits of the long number. */
const size = (text: string): number => text.length - text.lastIndexOf('-') - 1;
/** A share with one digit replaced by another; no leading zero comes about. */
function slipped(text: string, position: number, turn: number): string {
  const digit = otherDigit(text, position, turn);
  return withDigit(text, position, position === 1 && digit === '0' ? '1' : digit);
}

describe('shares that agree', () => {
  test('exactly as many as needed: nothing was compared, and nothing is proved', () => {
    const found = judge(good.slice(0, 3));
    expect(found.kind).toBe('uncompared');
    if (found.kind !== 'uncompared') return;
    expect(found.component).toMatchObject({ proved: false, standing: 'alone' });
    expect(secretIn(found)).toBe(v.true_secret_hex);
  });

  test('one more: they agree, which is still no proof', () => {
    const found = judge(good);
    expect(found.kind).toBe('agree');
    if (found.kind !== 'agree') return;
    expect(found.component).toMatchObject({ proved: false, standing: 'agreed' });
    expect(secretIn(found)).toBe(v.true_secret_hex);
  });

  test('what the shares give is not shown by accident', () => {
    const found = judge(good);
    expect(JSON.stringify(found)).not.toContain(v.true_secret_hex.slice(0, 8));
    expect(JSON.stringify(found)).toContain('agree');
  });

  test('a component that is too long is refused, whether they agree or not', async () => {
    const long = v.cases.find(({ label }: { label: string }) => label.startsWith('65-byte'));
    expect(await codeOf(() => judge(long.shares))).toBe('legacy-do-not-fit');
  });

  test('the same wrong digit in the same place of shares 1 and 4 cannot be seen', () => {
    // The fourth value lies on the polynomial of the others exactly when y4 - 3 y3 + 3 y2 - y1 = 0.
    const last = (text: string) => text.length - text.lastIndexOf('-') - 1;
    const raise = (text: string) => {
      const digit = Number.parseInt(digitAt(text, last(text)), 16);
      return withDigit(text, last(text), (digit + (digit < 15 ? 1 : -1)).toString(16));
    };
    const found = judge(put(put(good, 0, raise(at(good, 0))), 3, raise(at(good, 3))));
    expect(found.kind).toBe('agree');
    if (found.kind === 'agree') expect(secretIn(found)).not.toBe(v.true_secret_hex);
  });
});

describe('four shares of three, one digit wrong', () => {
  test('every place of every share: the right one is named, or is among those named', () => {
    const tally = { named: 0, among: 0 };
    for (const [index, text] of good.entries()) {
      for (let position = 1; position <= size(text); position += 1) {
        const found = judge(put(good, index, slipped(text, position, position * 7 + index)));
        const suspect = { number: index + 1, slip: { kind: 'digit', position } };
        if (found.kind === 'wrong') {
          expect(found.wrong).toMatchObject([suspect]);
          expect(found.wrong[0]?.slip).toMatchObject({ fits: digitAt(text, position) });
          expect(secretIn(found)).toBe(v.true_secret_hex);
          expect(found.component.standing).toBe('alone');
          tally.named += 1;
          continue;
        }
        expect(found.kind).toBe('one-of');
        if (found.kind !== 'one-of') continue;
        // Only a digit that belongs to the last 64 bytes can hide.
        expect(size(text) - position).toBeLessThan(128);
        const mine = found.candidates.find(({ number }) => number === index + 1);
        expect(mine).toMatchObject(suspect);
        if (mine !== undefined) expect(secretIn(mine)).toBe(v.true_secret_hex);
        tally.among += 1;
      }
    }
    // Seven in ten of the last 128 digits can be explained in another way, too: 18 in 100 of all.
    expect(tally.named).toBeGreaterThan(tally.among * 4);
    expect(tally.among).toBeGreaterThan(0);
  });

  test('of a component that is known to be short, fewer digits can hide', () => {
    const shares = split(randomBytes(32), 4);
    for (let position = 1; size(at(shares, 3)) - position >= 64; position += 5) {
      const found = judge(put(shares, 3, slipped(at(shares, 3), position, position)), {
        secretBytes: 32,
      });
      expect(found).toMatchObject({ kind: 'wrong', wrong: [{ number: 4, slip: { position } }] });
    }
  });

  test("CheckTick's vector: the fourth share is named", () => {
    const { shares } = v.cases.find(({ label }: { label: string }) => label.startsWith('all four'));
    const found = judge(shares);
    expect(found).toMatchObject({
      kind: 'wrong',
      wrong: [{ number: 4, slip: { kind: 'unlike' } }],
    });
    if (found.kind === 'wrong') expect(secretIn(found)).toBe(v.true_secret_hex);
  });

  test('two neighbours exchanged, a digit left out, a digit twice', () => {
    for (const position of [2, 40, 300]) {
      const text = at(good, 1);
      const [a, b] = [digitAt(text, position), digitAt(text, position + 1)];
      const cut = text.lastIndexOf('-') + position;
      if (a !== b) {
        const swapped = withDigit(withDigit(text, position, b), position + 1, a);
        expect(judge(put(good, 1, swapped))).toMatchObject({
          kind: 'wrong',
          wrong: [{ number: 2, slip: { kind: 'swapped', position } }],
        });
      }
      const short = judge(put(good, 1, text.slice(0, cut) + text.slice(cut + 1)));
      expect(short).toMatchObject({
        kind: 'wrong',
        wrong: [{ number: 2, slip: { kind: 'missing' } }],
      });
      if (short.kind === 'wrong') expect(secretIn(short)).toBe(v.true_secret_hex);
    }
    const shares = shorter();
    const text = at(shares.texts, shares.index);
    const cut = text.lastIndexOf('-') + 20;
    const doubled = text.slice(0, cut) + text.slice(cut - 1);
    expect(judge(put(shares.texts, shares.index, doubled))).toMatchObject({
      kind: 'wrong',
      wrong: [{ number: shares.index + 1, slip: { kind: 'extra' } }],
    });
  });

  /** A set in which one long number has fewer than 512 digits, so that one more is still read. */
  function shorter(): { texts: string[]; index: number } {
    for (;;) {
      const texts = split(randomBytes(64), 4);
      const index = texts.findIndex((text) => size(text) < 512);
      if (index >= 0) return { texts, index };
    }
  }

  test('a share of another split is named', () => {
    const stranger = split(randomBytes(64), 4);
    for (const index of [0, 1, 2, 3]) {
      const found = judge(put(good, index, at(stranger, index)));
      expect(found).toMatchObject({
        kind: 'wrong',
        wrong: [{ number: index + 1, slip: { kind: 'unlike' } }],
      });
      if (found.kind === 'wrong') expect(secretIn(found)).toBe(v.true_secret_hex);
    }
  });

  test('two wrong digits in one share are found where nothing else explains them', () => {
    const text = slipped(slipped(at(good, 2), 17, 3), 210, 5);
    expect(judge(put(good, 2, text))).toMatchObject({
      kind: 'wrong',
      wrong: [{ number: 3, slip: { kind: 'digits', positions: [17, 210] } }],
    });
    const hidden = slipped(slipped(at(good, 2), 17, 3), 510, 5);
    expect(judge(put(good, 2, hidden)).kind).toBe('several-wrong');
  });
});

/** A slip behind this place leaves what the shares give as short as 64 bytes. */
const HIDDEN_FROM = 512 - 128;

describe('two shares wrong', () => {
  const place = fc.integer({ min: 2, max: 509 });
  test('of four: said, and none is named, but where both hide among the last digits', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 2, maxLength: 2 }),
        fc.tuple(place, place).filter(([a, b]) => a !== b),
        fc.tuple(fc.nat(14), fc.nat(14)),
        ([first = 0, second = 1], [a, b], [turn, other]) => {
          const once = put(good, first, slipped(at(good, first), a, turn));
          const found = judge(put(once, second, slipped(at(good, second), b, other)));
          // Rarely: together they look like one slip, in one share or in any of some. Whatever is
          // offered then was compared with nothing.
          const mayHide = Math.min(a, b) > HIDDEN_FROM;
          if (found.kind === 'wrong' && mayHide) {
            expect(found.component.standing).toBe('alone');
          } else if (found.kind === 'one-of' && mayHide) {
            const standings = found.candidates.map(({ component }) => component.standing);
            expect(new Set(standings)).toEqual(new Set(['alone']));
          } else expect(found.kind).toBe('several-wrong');
        },
      ),
      { numRuns: 400 },
    );
  });

  test('two that look like one slip in another pair: either of it is offered, as compared with nothing', () => {
    const once = put(good, 3, slipped(at(good, 3), 506, 1));
    const found = judge(put(once, 1, slipped(at(good, 1), 507, 4)));
    expect(found.kind).toBe('one-of');
    if (found.kind !== 'one-of') return;
    expect(found.candidates.map(({ number }) => number)).toEqual([1, 4]);
    for (const { component } of found.candidates) {
      expect(component).toMatchObject({ standing: 'alone', proved: false });
    }
  });

  test('two that look like a swap in a third share leave nothing that was compared', () => {
    const once = put(good, 2, slipped(at(good, 2), 506, 1));
    const found = judge(put(once, 1, slipped(at(good, 1), 505, 1)));
    expect(found).toMatchObject({
      kind: 'wrong',
      wrong: [{ number: 1, slip: { kind: 'swapped' } }],
      component: { standing: 'alone', proved: false },
    });
  });

  test('an insider who makes another look wrong: what is true is among the others', () => {
    // What share 1 is changed by is one digit of share 2, as far as the others can tell.
    let blamed = 0;
    for (let run = 0; run < 60; run += 1) {
      const shares = split(randomBytes(64), 4);
      const change = 0x18n << BigInt(4 * (16 + run));
      const one = BigInt(`0x${at(shares, 0).split('-')[2]}`) + change;
      const found = judge(put(shares, 0, `801-1-${one.toString(16)}`));
      if (found.kind !== 'wrong' || found.wrong[0]?.number === 1) continue;
      blamed += 1;
      expect(found.component.standing).toBe('alone');
      expect(found.others.map(({ number }) => number)).toContain(1);
    }
    expect(blamed).toBeGreaterThan(0);
  });

  test('a digit left out in one, another wrong in the second: said, and none is named', () => {
    const text = at(good, 0);
    const cut = text.lastIndexOf('-') + 100;
    const missing = put(good, 0, text.slice(0, cut) + text.slice(cut + 1));
    expect(judge(put(missing, 3, slipped(at(good, 3), 500, 2))).kind).toBe('several-wrong');
  });

  test('two strangers: said, and none is named', () => {
    const stranger = split(randomBytes(64), 4);
    expect(judge([at(good, 0), at(stranger, 1), at(good, 2), at(stranger, 3)])).toEqual({
      kind: 'several-wrong',
      candidates: [],
    });
  });
});

describe('more shares than one too many', () => {
  test('five of three: any wrong share is named, the last digit too, and the others agree', () => {
    const secret = randomBytes(64);
    const shares = split(secret, 5);
    for (const [index, text] of shares.entries()) {
      for (const position of [1, 100, size(text)]) {
        const found = judge(put(shares, index, slipped(text, position, position)));
        expect(found).toMatchObject({
          kind: 'wrong',
          wrong: [{ number: index + 1, slip: { kind: 'digit', position } }],
        });
        if (found.kind !== 'wrong') continue;
        expect(found.component.standing).toBe('agreed');
        expect(secretIn(found)).toBe(bytesToHex(secret));
      }
    }
  });

  test('six of three: both wrong shares are named; five of three: said, and none is named', () => {
    const secret = randomBytes(64);
    const shares = split(secret, 6);
    const wrong = put(
      put(shares, 1, slipped(at(shares, 1), 500, 2)),
      4,
      slipped(at(shares, 4), 3, 8),
    );
    const found = judge(wrong);
    expect(found).toMatchObject({ kind: 'wrong', wrong: [{ number: 2 }, { number: 5 }] });
    if (found.kind === 'wrong') expect(secretIn(found)).toBe(bytesToHex(secret));
    expect(judge(wrong.slice(0, 5))).toEqual({ kind: 'several-wrong', candidates: [] });
  });

  test('the order in which they come does not matter', () => {
    const wrong = put(good, 2, slipped(at(good, 2), 50, 4));
    const named = judge(wrong);
    expect(named).toMatchObject({ kind: 'wrong', wrong: [{ number: 3 }] });
    expect(judge([...wrong].reverse())).toMatchObject({ kind: 'wrong', wrong: [{ number: 3 }] });
  });
});

describe('how many are needed', () => {
  const likely = (texts: readonly string[], threshold: number) =>
    likelyThreshold(texts.map(parsed), { threshold });

  test('said right, nothing is questioned; said wrong, the shares say which it is', () => {
    const shares = split(randomBytes(64), 5, 3);
    expect(likely(shares, 3)).toBeNull();
    expect(likely(shares.slice(0, 4), 4)).toBe(3);
    expect(likely(shares, 2)).toBe(3);
    // As many as are needed, and one was said to be enough less.
    expect(likely(shares.slice(0, 3), 2)).toBe(3);
    expect(likely(split(randomBytes(32), 4, 2), 3)).toBe(2);
  });

  test('of shares that belong together with no number nothing is said', () => {
    const mixed = [...split(randomBytes(64), 4).slice(0, 2), ...split(randomBytes(64), 4).slice(2)];
    expect(likely(mixed, 3)).toBeNull();
  });
});
