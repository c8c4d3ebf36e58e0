import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesOf,
  checktickVectors,
  choices,
  codeOf,
  parsed,
  textOf,
} from '../../../test/support/legacy.ts';
import { bytesToHex, hexToBytes } from '../../encoding/bytes.ts';
import { randomBytes, randomChoice } from '../../secret/random.ts';
import {
  combineLegacy,
  formatLegacyShare,
  parseLegacyShare,
  splitLegacy,
  trimLegacySecret,
} from '../index.ts';
import { PRIME } from './field.ts';

/** A random source that gives these, padded to the length asked for. */
function given(values: readonly string[]) {
  const left = [...values];
  return (length: number) => hexToBytes((left.shift() ?? '').padStart(2 * length, '0'));
}

const secrets = fc
  .uint8Array({ minLength: 16, maxLength: 64 })
  .filter((bytes) => bytes.some((byte) => byte > 0));
const plans = fc
  .integer({ min: 2, max: 8 })
  .chain((count) =>
    fc.record({ count: fc.constant(count), threshold: fc.integer({ min: 2, max: count }) }),
  );

for (const name of ['shamir_32byte', 'shamir_64byte', 'shamir_y_width']) {
  describe(`CheckTick's vectors ${name}`, () => {
    const vectors = checktickVectors(name);
    test('are over the same prime', () => {
      expect(PRIME.toString(16)).toBe(vectors.prime_hex);
    });
    for (const v of vectors.cases) {
      test(`${v.label}: the same shares of the same coefficients, and the same result`, () => {
        const secret = hexToBytes(v.secret_hex);
        const plan = { threshold: v.threshold, count: v.total };
        const made = splitLegacy(secret, plan, given(v.coefficients_hex));
        expect(made.map((share) => textOf(formatLegacyShare(share)))).toEqual(v.shares);
        const padded = v.secret_hex.padStart(128, '0');
        expect(v.checktick_reconstruct_hex ?? padded).toBe(padded);
        for (const some of choices<string>(v.shares, v.threshold)) {
          const component = combineLegacy(some.map(parsed), plan);
          expect(bytesToHex(component)).toBe(padded);
          expect(bytesToHex(trimLegacySecret(component, secret.length))).toBe(v.secret_hex);
        }
        expect(bytesToHex(combineLegacy(v.shares.map(parsed), plan))).toBe(padded);
      });
    }
  });
}

describe('the negative vectors', () => {
  const v = checktickVectors('shamir_negative');
  /** What each case gets. `unproved` ones are right by all that three bare shares can tell. */
  const answers: Record<string, string> = {
    'duplicate share': 'legacy-duplicate',
    'two shares of three': 'legacy-too-few',
    'mixed generations, same secret': 'legacy-do-not-fit',
    'share of another secret': 'legacy-do-not-fit',
    'typo in LAST hex digit (low 512 bits)': 'unproved',
    'typo in FIRST hex digit': 'legacy-do-not-fit',
    'missing last hex digit': 'legacy-do-not-fit',
    'relabelled x 3->4': 'legacy-number-differs',
    'id does not match x': 'legacy-number-differs',
    'forged x=0 share dictates the output': 'legacy-number',
    'insider adds 2^256 to the secret with one altered share': 'unproved',
    'x = 1+p': 'legacy-number',
    'y = y+p': 'legacy-length',
    'uppercase hex': 'right',
    'leading space and trailing newline': 'right',
    '0x prefix in y': 'legacy-foreign-character',
    'underscore digit separators': 'legacy-foreign-character',
    'docs-style share 01-<hex>': 'legacy-documented-form',
    'all four shares, 4th wrong': 'legacy-disagree',
    'all y = 0': 'legacy-length',
    '65-byte secret splits but cannot be reconstructed': 'legacy-do-not-fit',
  };
  for (const one of v.cases) {
    test(`${one.label}: ${answers[one.label]}`, async () => {
      let result = '';
      const code = await codeOf(() => {
        result = bytesToHex(combineLegacy(one.shares.map(parsed), { threshold: v.threshold }));
      });
      const got = code !== 'accepted' ? code : result === v.true_secret_hex ? 'right' : 'unproved';
      expect(got).toBe(answers[one.label]);
      if (got === 'unproved') expect(result).toBe(one.checktick_outcome.hex);
    });
  }
});

describe('the grammar', () => {
  const good: string = checktickVectors('shamir_negative').good_shares[0];
  const y = good.slice('801-1-'.length);
  const p = PRIME.toString(16);
  const refused: [string, string][] = [
    ['', 'legacy-not-a-share'],
    ['hello', 'legacy-not-a-share'],
    [y, 'legacy-not-a-share'],
    [`-1-${y}`, 'legacy-not-a-share'],
    [`1-1-${y}`, 'legacy-not-a-share'],
    [`801--${y}`, 'legacy-not-a-share'],
    [`801-a-${y}`, 'legacy-not-a-share'],
    [`801 -1-${y}`, 'legacy-not-a-share'],
    [`${y}-1-${y}`, 'legacy-not-a-share'],
    [`01-${y}`, 'legacy-documented-form'],
    [`801-${y}`, 'legacy-documented-form'],
    [`801-01-${y}`, 'legacy-number'],
    [`8000-00-${y}`, 'legacy-number'],
    [`80256-256-${y}`, 'legacy-number'],
    [`80999999-999999-${y}`, 'legacy-number'],
    [`8001-1-${y}`, 'legacy-number-differs'],
    [`80-1-${y}`, 'legacy-number-differs'],
    [`801000000-1-${y}`, 'legacy-number-differs'],
    [`801-1-${y}-`, 'legacy-foreign-character'],
    [`801-1-${y} ${y}`, 'legacy-foreign-character'],
    [`801-1-+${y.slice(1)}`, 'legacy-foreign-character'],
    [`801-1-${y.slice(0, -1)}g`, 'legacy-foreign-character'],
    [`801-1-${y.slice(0, -1)}\u{ff11}`, 'legacy-foreign-character'],
    ['801-1-', 'legacy-length'],
    [`801-1-${y.slice(0, 255)}`, 'legacy-length'],
    [`801-1-${y}${'0'.repeat(513 - y.length)}`, 'legacy-length'],
    [`801-1-0${y.slice(1)}`, 'legacy-leading-zero'],
    [`801-1-${p}`, 'legacy-out-of-field'],
    [`801-1-${'f'.repeat(512)}`, 'legacy-out-of-field'],
  ];
  for (const [text, code] of refused) {
    test(`${text.length > 24 ? `${text.slice(0, 12)}…${text.slice(-4)}` : `"${text}"`}: ${code}`, async () => {
      expect(await codeOf(() => parsed(text))).toBe(code);
    });
  }

  test('takes the largest field element, 255 and 256 digits of zeros in front of one', () => {
    for (const text of [
      `801-1-${(PRIME - 1n).toString(16)}`,
      `80255-255-${y}`,
      `801-1-${'1'.padStart(256, '0')}`,
    ]) {
      expect(textOf(formatLegacyShare(parsed(text)))).toBe(text);
    }
  });

  test('names the place of a foreign character and what it was reading', () => {
    const text = bytesOf(`801-1-${y.slice(0, 99)}O${y.slice(100)}`);
    expect(() => parseLegacyShare(text, 'line 2')).toThrow(
      'Character 100 of the long number of line 2 is no digit',
    );
  });

  test('one share has one spelling, but for capitals and white space around it', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: PRIME - 1n }),
        fc.integer({ min: 1, max: 255 }),
        (value, x) => {
          const text = `80${x}-${x}-${value.toString(16).padStart(256, '0')}`;
          expect(textOf(formatLegacyShare(parsed(text)))).toBe(text);
          expect(textOf(formatLegacyShare(parsed(` \t${text.toUpperCase()}\r\n`)))).toBe(text);
        },
      ),
    );
  });

  test('whatever bytes come, a share or a refusal, never another error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), fc.boolean(), async (bytes, headed) => {
        const text = headed ? Uint8Array.from([...bytesOf('801-1-'), ...bytes]) : bytes;
        expect(await codeOf(() => parseLegacyShare(text))).toMatch(/^(legacy-|accepted$)/);
      }),
    );
  });
});

describe('split and combine', () => {
  test('any k of n in any order give the secret back, and fewer are refused', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, plans, async (secret, plan) => {
        const mixed = randomChoice(splitLegacy(secret, plan), plan.count);
        for (let size = plan.threshold; size <= plan.count; size += 1) {
          const component = combineLegacy(mixed.slice(0, size), plan);
          expect(trimLegacySecret(component, secret.length)).toEqual(secret);
        }
        expect(await codeOf(() => combineLegacy(mixed.slice(1 - plan.threshold), plan))).toBe(
          'legacy-too-few',
        );
      }),
      { numRuns: 40 },
    );
  });

  test('more shares than are needed are all looked at: each subset gives the same, or none', () => {
    fc.assert(
      fc.property(secrets, plans, fc.nat(), fc.nat(), (secret, plan, which, where) => {
        const shares = splitLegacy(secret, plan);
        const agree = (all: typeof shares) => {
          const results = choices(all, plan.threshold).map((some) => {
            try {
              return bytesToHex(combineLegacy(some, plan));
            } catch {
              return 'longer than 64 bytes';
            }
          });
          return new Set(results).size === 1 && results[0] !== 'longer than 64 bytes';
        };
        expect(agree(shares)).toBe(true);
        if (plan.count === plan.threshold) return;
        const wrong = shares[which % shares.length]?.y ?? new Uint8Array();
        wrong[255 - (where % 200)] = (wrong[255 - (where % 200)] ?? 0) ^ 1;
        expect(agree(shares)).toBe(false);
        expect(() => combineLegacy(shares, plan)).toThrow('do not agree');
      }),
      { numRuns: 15 },
    );
  });

  test('refuses what cannot be split, and takes every length from 16 to 64', async () => {
    const plan = { threshold: 2, count: 3 };
    const split = (length: number, other = plan) =>
      codeOf(() => splitLegacy(randomBytes(length), other));
    for (const length of [0, 15, 65]) expect(await split(length)).toBe('legacy-split');
    for (const length of [16, 32, 33, 64]) expect(await split(length)).toBe('accepted');
    for (const other of [
      { threshold: 1, count: 3 },
      { threshold: 4, count: 3 },
      { threshold: 2.5, count: 3 },
      { threshold: 2, count: 17 },
      { threshold: 2, count: 1 },
    ]) {
      expect(await split(32, other)).toBe('legacy-split');
    }
    expect(await codeOf(() => splitLegacy(new Uint8Array(32), plan))).toBe('legacy-zero');
  });

  test('draws every coefficient uniformly: values from the prime on are drawn again', () => {
    const p = PRIME.toString(16);
    const shares = splitLegacy(
      randomBytes(32),
      { threshold: 2, count: 2 },
      given([p, 'f'.repeat(512), '5']),
    );
    const [first = 0n, second = 0n] = shares.map(({ y }) => BigInt(`0x${bytesToHex(y)}`));
    expect(second - first).toBe(5n);
  });

  test('refuses thresholds, repeated numbers, zeros and too many shares by name', async () => {
    const shares = splitLegacy(randomBytes(64), { threshold: 3, count: 16 });
    const others = splitLegacy(randomBytes(64), { threshold: 3, count: 3 });
    const combine = (some: typeof shares, threshold = 3) =>
      codeOf(() => combineLegacy(some, { threshold }));
    expect(await combine(shares)).toBe('accepted');
    for (const threshold of [0, 1, 2.5, Number.NaN]) {
      expect(await combine(shares, threshold)).toBe('legacy-threshold');
    }
    expect(await combine([...shares, { number: 17, y: others[0]?.y ?? new Uint8Array() }])).toBe(
      'legacy-too-many',
    );
    expect(await combine([...shares.slice(0, 3), ...shares.slice(0, 1)])).toBe('legacy-duplicate');
    expect(await combine([...shares.slice(0, 3), ...others.slice(0, 1)])).toBe(
      'legacy-contradicts',
    );
    const zeros = [1, 2, 3].map((number) => ({ number, y: new Uint8Array(256) }));
    expect(await combine(zeros)).toBe('legacy-zero');
  });
});

describe('trimming', () => {
  test('takes off zeros only, and only as many as the other half says', async () => {
    const padded = new Uint8Array(64).fill(7, 32);
    expect(trimLegacySecret(padded, 32)).toEqual(new Uint8Array(32).fill(7));
    expect(trimLegacySecret(padded, 64)).toEqual(padded);
    expect(trimLegacySecret(padded, 40)).toEqual(padded.subarray(24));
    expect(await codeOf(() => trimLegacySecret(padded, 31))).toBe('legacy-padding');
    expect(await codeOf(() => trimLegacySecret(padded, 65))).toBe('legacy-padding');
    expect(await codeOf(() => trimLegacySecret(padded, 8))).toBe('component-length');
  });
});

test('Python, as CheckTick computes, gives the same for random shares', () => {
  const program = `
import json, sys
job = json.load(sys.stdin)
p = int(job["prime"], 16)
for shares in job["sets"]:
    points = [(int(x), int(y, 16)) for _, x, y in (s.split("-") for s in shares)]
    total = 0
    for i, (xi, yi) in enumerate(points):
        over = under = 1
        for j, (xj, _) in enumerate(points):
            if i != j:
                over = over * -xj % p
                under = under * (xi - xj) % p
        total = (total + yi * over * pow(under, -1, p)) % p
    print(total.to_bytes(64, "big").hex())
`;
  const made = Array.from({ length: 40 }, (_, i) => {
    const plan = { threshold: 2 + (i % 7), count: 9 + (i % 8) };
    const shares = splitLegacy(randomBytes(i % 2 === 0 ? 64 : 32), plan);
    return { plan, some: shares.slice(-plan.threshold) };
  });
  const job = {
    prime: PRIME.toString(16),
    sets: made.map(({ some }) => some.map((share) => textOf(formatLegacyShare(share)))),
  };
  const said = execFileSync('python3', ['-I', '-c', program], { input: JSON.stringify(job) });
  const ours = made.map(({ plan, some }) => bytesToHex(combineLegacy(some, plan)));
  expect(said.toString().trim().split('\n')).toEqual(ours);
});
