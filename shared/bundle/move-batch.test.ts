/** Survey keys in files, to the laptop and back: what comes out is what went in, and nothing else does. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { id16, mode as anyMode } from '../../test/support/arbitraries.ts';
import { goldenFile, goldenJson } from '../../test/support/golden.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { hexToBytes } from '../encoding/bytes.ts';
import { decodeJson, encodeJson } from '../encoding/json.ts';
import { ESCROW_LIMIT } from '../escrow/escrow.ts';
import { STAYS, type StoredSurveyKey } from '../escrow/move.ts';
import { MODES } from '../mode.ts';
import { Refusal } from '../refusal.ts';
import { generateRecipient, type RecipientPair } from '../sealing/hpke.ts';
import { BATCH_KEYS } from './move.ts';
import {
  batchFileName,
  batchFolder,
  type BatchPlace,
  type MovedSurveyKey,
  openMoveBatch,
  openMovedBatch,
  parseMoveBatch,
  parseMovedBatch,
  sealMoveBatch,
  sealMovedBatch,
} from './move-batch.ts';

const PLACE: BatchPlace = {
  mode: 'production',
  audience: 'a1'.repeat(16),
  nonce: 'b2'.repeat(16),
  at: 3,
  of: 7,
};
const row = fc.integer({ min: 1, max: 2 ** 31 });
const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
const place = fc
  .record({ mode: anyMode, audience: id16, nonce: id16, of: fc.integer({ min: 1, max: 1_000 }) })
  .chain((one) => fc.nat(one.of - 1).map((at) => ({ ...one, at })));
const stored: fc.Arbitrary<StoredSurveyKey> = fc.record({
  userId: row,
  surveyId: row,
  kind: fc.constantFrom('checktick' as const, 'sealed' as const),
  bytes: bytes(0, ESCROW_LIMIT),
  keyHash: fc.option(fc.record({ salt: bytes(1, 64), hash: bytes(32, 32) }), { nil: null }),
});
const moved: fc.Arbitrary<MovedSurveyKey> = fc.oneof(
  fc.record({
    userId: row,
    surveyId: row,
    sealed: bytes(1, ESCROW_LIMIT),
    surveyKey: fc.constantFrom('fits' as const, 'not-compared' as const),
  }),
  fc.record({ userId: row, surveyId: row, stays: fc.constantFrom(...STAYS) }),
);
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 5 });

let key: RecipientPair;
let other: RecipientPair;
beforeAll(async () => {
  [key, other] = await Promise.all([generateRecipient(), generateRecipient()]);
});

const code = async (work: Promise<unknown>): Promise<string> => {
  const fault: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (fault instanceof Refusal) return fault.code;
  throw fault instanceof Error ? fault : new Error('it was not refused');
};

describe('comes back as it was', () => {
  test('what goes to the laptop', async () => {
    await fc.assert(
      fc.asyncProperty(place, some(stored), async (where, keys) => {
        const file = await sealMoveBatch(where, key.publicKey, keys);
        const read = parseMoveBatch(file, where);
        expect(await openMoveBatch(read, key.privateKey)).toEqual(keys);
      }),
      { numRuns: 25 },
    );
  });

  test('what the laptop made of it', async () => {
    await fc.assert(
      fc.asyncProperty(place, some(moved), async (where, keys) => {
        const file = await sealMovedBatch(where, key.publicKey, keys);
        const read = parseMovedBatch(file, where);
        expect(await openMovedBatch(read, key.privateKey)).toEqual(keys);
      }),
      { numRuns: 25 },
    );
  });

  test('as many as a file takes, each as long as it can be, are less than one upload to sync', async () => {
    const one = new Uint8Array(ESCROW_LIMIT).fill(7);
    const hash = { salt: new Uint8Array(64), hash: new Uint8Array(32) };
    const [userId, surveyId] = [2 ** 31, 2 ** 31];
    const out = await sealMoveBatch(
      PLACE,
      key.publicKey,
      Array.from({ length: BATCH_KEYS }, () => ({
        userId,
        surveyId,
        kind: 'sealed' as const,
        bytes: one,
        keyHash: hash,
      })),
    );
    const back = await sealMovedBatch(
      PLACE,
      key.publicKey,
      Array.from({ length: BATCH_KEYS }, () => ({
        userId,
        surveyId,
        sealed: one,
        surveyKey: 'not-compared' as const,
      })),
    );
    for (const file of [out, back]) expect(file.length).toBeLessThan(1_048_576);
    expect(await openMoveBatch(parseMoveBatch(out, PLACE), key.privateKey)).toHaveLength(
      BATCH_KEYS,
    );
    expect(await openMovedBatch(parseMovedBatch(back, PLACE), key.privateKey)).toHaveLength(
      BATCH_KEYS,
    );
  });
});

test('each file has a name of its own, and in one folder they stand in their order', () => {
  const names = Array.from({ length: 12 }, (_, at) =>
    batchFileName('move', { nonce: PLACE.nonce, at, of: 12 }),
  );
  expect(names[0]).toBe('conclave-move-b2b2b2b2-01-of-12.json');
  expect([...names].sort()).toEqual(names);
  expect(batchFileName('moved', PLACE)).toBe('conclave-moved-b2b2b2b2-4-of-7.json');
  expect(batchFolder('moved', PLACE)).toBe('conclave-moved-b2b2b2b2');
});

describe('is refused', () => {
  const keys: StoredSurveyKey[] = [
    { userId: 7, surveyId: 31, kind: 'checktick', bytes: new Uint8Array(60), keyHash: null },
  ];
  const back: MovedSurveyKey[] = [
    { userId: 7, surveyId: 31, sealed: new Uint8Array(1_215).fill(1), surveyKey: 'fits' },
    { userId: 8, surveyId: 32, stays: 'not-opened' },
    { userId: 9, surveyId: 33, sealed: new Uint8Array(1_215).fill(2), surveyKey: 'fits' },
  ];

  test.each([
    ['another sync', { audience: 'c3'.repeat(16) }, 'batch-elsewhere'],
    ['another package', { nonce: 'c3'.repeat(16) }, 'batch-elsewhere'],
    ['another file of this one', { at: 4 }, 'batch-elsewhere'],
    ['of another number of files', { of: 8 }, 'batch-elsewhere'],
    ['a rehearsal', { mode: 'rehearsal' as const }, 'document-other-mode'],
  ])('in the place of %s', async (_, change, refused) => {
    const where = { ...PLACE, ...change };
    const file = await sealMoveBatch(where, key.publicKey, keys);
    expect(await code((async () => parseMoveBatch(file, PLACE))())).toBe(refused);
    const returned = await sealMovedBatch(where, key.publicKey, back);
    expect(await code((async () => parseMovedBatch(returned, PLACE))())).toBe(refused);
  });

  test('when it says that it is where it is not', async () => {
    const body = decodeJson(await sealMoveBatch(PLACE, key.publicKey, keys)) as object;
    const moved3 = parseMoveBatch(encodeJson({ ...body, at: 4 }), { ...PLACE, at: 4 });
    expect(await code(openMoveBatch(moved3, key.privateKey))).toBe('sealed-not-openable');
  });

  test('with another key, and each of the two in the other’s place', async () => {
    const file = await sealMoveBatch(PLACE, key.publicKey, keys);
    const returned = await sealMovedBatch(PLACE, key.publicKey, back);
    expect(await code(openMoveBatch(parseMoveBatch(file, PLACE), other.privateKey))).toBe(
      'sealed-not-openable',
    );
    expect(await code(openMovedBatch(parseMovedBatch(returned, PLACE), other.privateKey))).toBe(
      'sealed-not-openable',
    );
    expect(() => parseMovedBatch(file, PLACE)).toThrow(Refusal);
    expect(() => parseMoveBatch(returned, PLACE)).toThrow(Refusal);
  });

  test('empty, too long, no JSON, another version', () => {
    const codes = [
      new Uint8Array(),
      new Uint8Array(1024 * 1024 + 1),
      new TextEncoder().encode('{}'),
      new TextEncoder().encode('no'),
    ].map((file) => {
      try {
        parseMoveBatch(file, PLACE);
        return null;
      } catch (error) {
        return error instanceof Refusal ? error.code : null;
      }
    });
    expect(codes).toEqual([
      'document-empty',
      'document-too-large',
      'document-damaged',
      'document-damaged',
    ]);
  });

  test('when the open part names other escrows than are inside, or another outcome', async () => {
    const file = await sealMovedBatch(PLACE, key.publicKey, back);
    const read = parseMovedBatch(file, PLACE);
    const [first, second, third] = read.body.keys;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three');
    for (const changed of [
      [third, second, first],
      [first, second],
      [{ ...first, surveyKey: 'not-compared' as const }, second, third],
      [first, { ...second, stays: 'not-the-surveys' as const }, third],
    ]) {
      const body = { ...read.body, keys: changed };
      expect(await code(openMovedBatch({ ...read, body }, key.privateKey))).toBe(
        'sealed-not-openable',
      );
    }
  });

  test('with any byte changed: at the reading, or by its digest', async () => {
    const file = await sealMoveBatch(PLACE, key.publicKey, keys);
    const { digest } = parseMoveBatch(file, PLACE);
    const returned = await sealMovedBatch(PLACE, key.publicKey, back);
    const { digest: returnedDigest } = parseMovedBatch(returned, PLACE);
    const compared = (found: string, wanted: string): void => {
      // As whoever has the signed package or bundle does it.
      if (found !== wanted)
        throw new Refusal('other-digest', { happened: '', means: '', next: '' });
    };
    expect(
      notRefused(file, (changed) => compared(parseMoveBatch(changed, PLACE).digest, digest), {
        sample: 2,
      }),
    ).toEqual([]);
    expect(
      notRefused(
        returned,
        (changed) => compared(parseMovedBatch(changed, PLACE).digest, returnedDigest),
        { sample: 1, step: 3 },
      ),
    ).toEqual([]);
  });
});

describe.each(MODES)('the golden files of a %s', (mode) => {
  const expected = goldenJson(mode, 'move-batch-expected.json') as {
    readonly place: BatchPlace;
    readonly privateKey: string;
    readonly digests: Record<'out' | 'back', string>;
    readonly stored: readonly { userId: number; surveyId: number; bytes: string }[];
    readonly moved: readonly {
      userId: number;
      surveyId: number;
      sealed?: string;
      stays?: string;
    }[];
  };
  const privateKey = hexToBytes(expected.privateKey);

  test('still open to what they held', async () => {
    const out = parseMoveBatch(goldenFile(mode, 'move-batch.json'), expected.place);
    expect(out.digest).toBe(expected.digests.out);
    const keys = await openMoveBatch(out, privateKey);
    expect(keys.map((one) => ({ ...one, bytes: one.bytes.length }))).toMatchObject(
      expected.stored.map((one) => ({ ...one, bytes: one.bytes.length / 2 })),
    );
    expect(keys.map((one) => Buffer.from(one.bytes).toString('hex'))).toEqual(
      expected.stored.map((one) => one.bytes),
    );
    const back = parseMovedBatch(goldenFile(mode, 'moved-batch.json'), expected.place);
    expect(back.digest).toBe(expected.digests.back);
    const results = await openMovedBatch(back, privateKey);
    expect(
      results.map((one) => ('stays' in one ? one.stays : Buffer.from(one.sealed).toString('hex'))),
    ).toEqual(expected.moved.map((one) => one.stays ?? one.sealed));
  });
});
