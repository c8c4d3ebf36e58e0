import { createHash, pbkdf2Sync } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  readKekBlob,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
  type KeyHash,
} from '../checktick/index.ts';
import { randomBytes } from '../secret/random.ts';
import { escrowPrivateKey, escrowPublicKey } from '../sharing/escrow-key.ts';
import { escrowBinding, openEscrow, sealEscrow } from './escrow.ts';
import { keysAtOnce, type Move, type Moved, moveSurveyKeys, type StoredSurveyKey } from './move.ts';

const BEFORE = Uint8Array.from({ length: 64 }, (_, at) => at);
const AFTER = Uint8Array.from({ length: 64 }, (_, at) => 255 - at);
const AUDIENCE = 'a1'.repeat(16);
const place = (keyVersion: string, userId: number, surveyId: number) =>
  ({ mode: 'production', audience: AUDIENCE, keyVersion, userId, surveyId }) as const;

let move: Move;
let oldPublicKey: string;
beforeAll(async () => {
  const escrowKey = await escrowPublicKey(AFTER, { mode: 'production', keyVersion: 'v2' });
  oldPublicKey = await escrowPublicKey(BEFORE, { mode: 'production', keyVersion: 'v1' });
  move = { mode: 'production', audience: AUDIENCE, from: 'v1', to: 'v2', escrowKey };
});

/** By node:crypto, from CheckTick's own line. */
function hashOf(kek: Uint8Array): KeyHash {
  const salt = randomBytes(16);
  return { salt, hash: new Uint8Array(pbkdf2Sync(kek, salt, 200_000, 32, 'sha256')) };
}

async function byCheckTick(
  userId: number,
  surveyId: number,
  kek: Uint8Array,
  keyHash: KeyHash | null,
): Promise<StoredSurveyKey> {
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const text = await sealKekBlob(await userRecoveryKey(BEFORE, userId), path, kek);
  return { userId, surveyId, kind: 'checktick', bytes: readKekBlob(text), keyHash };
}

async function byConclave(
  userId: number,
  surveyId: number,
  kek: Uint8Array,
  keyHash: KeyHash | null,
): Promise<StoredSurveyKey> {
  const bytes = await sealEscrow(oldPublicKey, place('v1', userId, surveyId), kek);
  return { userId, surveyId, kind: 'sealed', bytes, keyHash };
}

const moveAll = (stored: readonly StoredSurveyKey[], atOnce = 2): Promise<Moved[]> =>
  moveSurveyKeys(BEFORE, move, stored, { atOnce });

/** What the shares of the other version open. */
async function openedAfter(moved: Moved | undefined, userId: number, surveyId: number) {
  if (moved === undefined || 'stays' in moved) throw new Error('it stayed');
  const privateKey = escrowPrivateKey(AFTER, { mode: 'production', keyVersion: 'v2' });
  return openEscrow(privateKey, place('v2', userId, surveyId), moved.sealed);
}

describe('a survey key that moves', () => {
  test.each([
    ['of CheckTick’s kind', byCheckTick],
    ['sealed', byConclave],
  ] as const)(
    '%s: opens to the same key under the other version, and compares',
    async (_, store) => {
      const kek = randomBytes(32);
      const [moved] = await moveAll([await store(7, 31, kek, hashOf(kek))]);
      expect(moved).toMatchObject({ surveyKey: 'fits' });
      expect(await openedAfter(moved, 7, 31)).toEqual(kek);
      expect(escrowBinding((moved as { sealed: Uint8Array }).sealed)).toEqual(place('v2', 7, 31));
    },
  );

  test('of CheckTick’s kind without a hash moves, and was compared with nothing', async () => {
    const kek = randomBytes(32);
    const [moved] = await moveAll([await byCheckTick(7, 31, kek, null)]);
    expect(moved).toMatchObject({ surveyKey: 'not-compared' });
    expect(await openedAfter(moved, 7, 31)).toEqual(kek);
  });

  test('comes back in its order, however many are worked on at once', async () => {
    const keys = Array.from({ length: 6 }, () => randomBytes(32));
    // Of both kinds in turn, so that they do not end in the order in which they began.
    const stored = await Promise.all(
      keys.map((kek, at) =>
        at % 2 === 0
          ? byCheckTick(at + 1, 40 + at, kek, null)
          : byConclave(at + 1, 40 + at, kek, hashOf(kek)),
      ),
    );
    for (const atOnce of [1, 4, 16]) {
      const moved = await moveAll(stored, atOnce);
      expect(moved).toHaveLength(keys.length);
      for (const [at, kek] of keys.entries()) {
        expect(await openedAfter(moved[at], at + 1, 40 + at)).toEqual(kek);
      }
    }
  });

  test('is the same bytes whenever it is moved', async () => {
    const kek = randomBytes(32);
    const stored = await byCheckTick(7, 31, kek, null);
    const digests = (await Promise.all([moveAll([stored]), moveAll([stored])])).map(([moved]) =>
      createHash('sha256')
        .update((moved as { sealed: Uint8Array }).sealed)
        .digest('hex'),
    );
    expect(new Set(digests).size).toBe(1);
  });
});

describe('a survey key that stays', () => {
  test('sealed and without a hash: anybody can have made it', async () => {
    const kek = randomBytes(32);
    expect(await moveAll([await byConclave(7, 31, kek, null)])).toEqual([
      { stays: 'sealed-without-hash' },
    ]);
  });

  test.each([
    ['of CheckTick’s kind', byCheckTick],
    ['sealed', byConclave],
  ] as const)('%s: of another survey key than CheckTick hashed', async (_, store) => {
    const stored = await store(7, 31, randomBytes(32), hashOf(randomBytes(32)));
    expect(await moveAll([stored])).toEqual([{ stays: 'not-the-surveys' }]);
  });

  test('damaged, cut, of another user, survey, version or sync: one takes nothing from another', async () => {
    const kek = randomBytes(32);
    const hash = hashOf(kek);
    const checktick = await byCheckTick(7, 31, kek, hash);
    const sealed = await byConclave(7, 31, kek, hash);
    const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte));
    const other = await sealEscrow(
      oldPublicKey,
      { ...place('v1', 7, 31), audience: 'b2'.repeat(16) },
      kek,
    );
    const later = await sealEscrow(move.escrowKey, place('v2', 7, 31), kek);
    const bad: StoredSurveyKey[] = [
      { ...checktick, bytes: flipped(checktick.bytes) },
      { ...checktick, bytes: checktick.bytes.subarray(0, 40) },
      { ...checktick, userId: 8 },
      { ...checktick, surveyId: 32 },
      { ...checktick, kind: 'sealed' },
      { ...sealed, bytes: flipped(sealed.bytes) },
      { ...sealed, userId: 8 },
      { ...sealed, surveyId: 32 },
      { ...sealed, kind: 'checktick' },
      { ...sealed, bytes: other },
      { ...sealed, bytes: later },
      { ...sealed, bytes: new Uint8Array() },
    ];
    const moved = await moveAll([...bad, checktick, sealed]);
    expect(moved.slice(0, bad.length)).toEqual(bad.map(() => ({ stays: 'not-opened' })));
    for (const at of [bad.length, bad.length + 1]) {
      expect(await openedAfter(moved[at], 7, 31)).toEqual(kek);
    }
  });

  test('with the platform key of another version nothing moves', async () => {
    const kek = randomBytes(32);
    const stored = [await byCheckTick(7, 31, kek, null), await byConclave(7, 31, kek, hashOf(kek))];
    expect(await moveSurveyKeys(AFTER, move, stored, { atOnce: 2 })).toEqual([
      { stays: 'not-opened' },
      { stays: 'not-opened' },
    ]);
  });
});

test.each([1, 2, 4])(
  'on %i cores as many derivations are under way, and one that waits for the next core',
  async (cores) => {
    const kek = randomBytes(32);
    const stored: StoredSurveyKey[] = [];
    for (let at = 0; at < 2 * cores + 2; at += 1) {
      stored.push(await byConclave(7, at, kek, hashOf(kek)));
    }
    const { subtle } = globalThis.crypto;
    const derive = subtle.deriveBits.bind(subtle);
    let underWay = 0;
    let most = 0;
    const spy = vi.spyOn(subtle, 'deriveBits').mockImplementation(async (...args) => {
      underWay += 1;
      most = Math.max(most, underWay);
      const bits = await derive(...args);
      underWay -= 1;
      return bits;
    });
    await moveAll(stored, keysAtOnce(cores));
    spy.mockRestore();
    expect(most).toBe(cores + 1);
  },
);

test('the caller’s platform key is left as it was, and what was moved too', async () => {
  const platformKey = BEFORE.slice();
  const kek = randomBytes(32);
  const stored = await byCheckTick(7, 31, kek, hashOf(kek));
  const bytes = stored.bytes.slice();
  await moveSurveyKeys(platformKey, move, [stored], { atOnce: 1 });
  expect(platformKey).toEqual(BEFORE);
  expect(stored.bytes).toEqual(bytes);
});

test('two sealings of one key that differ stop everything', async () => {
  const kek = randomBytes(32);
  const stored = await byCheckTick(7, 31, kek, null);
  const { CipherSuite, Aes256Gcm, HkdfSha256 } = await import('@hpke/core');
  const { XWing } = await import('@hpke/hybridkem-x-wing');
  class Skewed extends Aes256Gcm {
    override createEncryptionContext(key: ArrayBuffer) {
      const made = super.createEncryptionContext(key);
      return {
        ...made,
        open: made.open.bind(made),
        seal: async (...args: Parameters<typeof made.seal>) => {
          const sealed = new Uint8Array(await made.seal(...args));
          sealed[0] = (sealed[0] ?? 0) ^ 1;
          return sealed.buffer;
        },
      };
    }
  }
  const cipher = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Skewed() });
  await expect(moveSurveyKeys(BEFORE, move, [stored], { atOnce: 1, cipher })).rejects.toThrow(
    'was sealed in two ways',
  );
});
