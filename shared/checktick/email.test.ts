import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { Refusal } from '../refusal.ts';
import {
  emailVerificationKey,
  openEscrowEmail,
  sameEmail,
  sealEscrowEmail,
  visibleEmail,
} from './index.ts';
import { NONCE_BYTES, sealGcm } from './webcrypto.ts';

const PMK = Uint8Array.from({ length: 64 }, (_, at) => at);
const ADDRESS = 'user.seven@example.org';

async function code(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('the e-mail address of an escrow', () => {
  test('opens as it was sealed, byte for byte, and each time under another nonce', async () => {
    for (const address of [
      ADDRESS,
      '',
      '\uFEFFq@example.org',
      'ÅSA@example.org',
      'Q'.repeat(254),
    ]) {
      const stored = await sealEscrowEmail(PMK, 7, address);
      expect(stored).not.toBe(await sealEscrowEmail(PMK, 7, address));
      expect(await openEscrowEmail(PMK, 7, stored)).toEqual(utf8ToBytes(address));
      const typedOver = ` ${stored.toUpperCase().slice(0, 24)}\n${stored.slice(24)}`;
      expect(await openEscrowEmail(PMK, 7, typedOver)).toEqual(utf8ToBytes(address));
    }
  });

  test('every changed byte, another user and another platform key are refused', async () => {
    const stored = await sealEscrowEmail(PMK, 7, ADDRESS);
    const blob = hexToBytes(stored);
    const codes = new Set<string>();
    for (const at of blob.keys()) {
      const changed = blob.map((byte, index) => (index === at ? byte ^ (1 << (at % 8)) : byte));
      codes.add(await code(() => openEscrowEmail(PMK, 7, bytesToHex(changed))));
    }
    expect(codes).toEqual(new Set(['not-opened']));
    expect(await code(() => openEscrowEmail(PMK, 8, stored))).toBe('not-opened');
    const other = PMK.map((byte, at) => (at === 31 ? byte ^ 1 : byte));
    expect(await code(() => openEscrowEmail(other, 7, stored))).toBe('not-opened');
    // CheckTick takes the first 32 bytes of the platform key only.
    const sameHead = PMK.map((byte, at) => (at === 32 ? byte ^ 1 : byte));
    expect(await code(() => openEscrowEmail(sameHead, 7, stored))).toBe('accepted');
  });

  test('what is no blob, and what is no text inside, is refused', async () => {
    const stored = await sealEscrowEmail(PMK, 7, ADDRESS);
    for (const bad of ['0x00', stored.slice(1), `${stored}é`, 'zz']) {
      expect(await code(() => openEscrowEmail(PMK, 7, bad)), bad).toBe('hex-text');
    }
    for (const short of ['', stored.slice(0, 54)]) {
      expect(await code(() => openEscrowEmail(PMK, 7, short)), short).toBe('blob-length');
    }
    const key = await emailVerificationKey(PMK, 7);
    const nonce = new Uint8Array(NONCE_BYTES);
    const noText = bytesToHex(await sealGcm(key, nonce, Uint8Array.of(0x61, 0xff)));
    expect(await code(() => openEscrowEmail(PMK, 7, noText))).toBe('not-opened');
  });
});

describe('comparing addresses', () => {
  test.each<[string, string, boolean]>([
    [ADDRESS, ADDRESS, true],
    [ADDRESS, 'User.Seven@EXAMPLE.org', true],
    [ADDRESS, 'user.seven@example.com', false],
    [ADDRESS, `${ADDRESS} `, false],
    ['a@example.org', '\u0430@example.org', false],
    ['a@example.org', 'a\u200b@example.org', false],
    // Composed and decomposed: two different addresses to CheckTick.
    ['\u00e5@example.org', 'a\u030a@example.org', false],
    ['', '', true],
  ])('%s and %s', (one, other, same) => {
    expect(sameEmail(one, other)).toBe(same);
    expect(sameEmail(other, one)).toBe(same);
  });

  test('whatever differs by more than capitals looks different, too', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.string({ unit: 'binary', maxLength: 12 }),
        (one, other) => {
          expect(visibleEmail(one)).toMatch(/^[\u0021-\u007e‹›]*$/);
          if (!sameEmail(one, other)) expect(visibleEmail(one)).not.toBe(visibleEmail(other));
        },
      ),
    );
  });

  test('letters of another alphabet, spaces and reversed writing are named', () => {
    expect(visibleEmail(ADDRESS)).toBe(ADDRESS);
    expect(visibleEmail('\u0430 b\u202e@x')).toBe('‹U+0430›‹U+0020›b‹U+202E›@x');
    expect(visibleEmail('\u{1F511}')).toBe('‹U+1F511›');
  });
});
