import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bytesOf, checktickVectors, codeOf, textOf } from '../../../test/support/legacy.ts';
import { hexToBytes } from '../../encoding/bytes.ts';
import { randomBytes } from '../../secret/random.ts';
import { formatLegacyShare, openOpensslShare } from '../index.ts';

const vectors = checktickVectors('yubikey_hybrid_files');
const good: string = checktickVectors('shamir_negative').good_shares[0];
const folder = mkdtempSync(path.join(os.tmpdir(), 'conclave-openssl-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => path.join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
const opened = async (file: Uint8Array, key: Uint8Array) =>
  (await openOpensslShare(file, key)).map((share) => textOf(formatLegacyShare(share)));

/** What the documented command makes of a share and a key file. */
function encrypted(text: string | Uint8Array, key: Uint8Array): Uint8Array {
  writeFileSync(at('share'), text);
  writeFileSync(at('key'), key);
  openssl(
    'enc',
    '-aes-256-cbc',
    '-salt',
    '-pbkdf2',
    '-in',
    at('share'),
    '-out',
    at('enc'),
    '-pass',
    `file:${at('key')}`,
  );
  return new Uint8Array(readFileSync(at('enc')));
}

for (const v of vectors.cases) {
  test(`CheckTick's vector: ${v.label}; its key file comes out of the RSA key`, async () => {
    writeFileSync(at('pem'), vectors.test_rsa_private_key_pem);
    writeFileSync(at('key.enc'), hexToBytes(v.share_key_enc_hex));
    const key = new Uint8Array(
      openssl('pkeyutl', '-decrypt', '-inkey', at('pem'), '-in', at('key.enc')),
    );
    expect(key).toEqual(hexToBytes(v.aes_key_file_hex));
    expect(await opened(hexToBytes(v.share_enc_hex), key)).toEqual([v.plaintext.trim()]);
  });
}

describe('what this openssl makes', () => {
  const key = (begin: number[]) =>
    Uint8Array.from([...begin, ...randomBytes(32 - begin.length).fill(0x41)]);
  const keys: [string, Uint8Array][] = [
    ['a whole key', key([1, 2, 3])],
    ['cut at a line feed', key([0x61, 0x0a, 0x62])],
    ['cut at a NUL', key([0x61, 0x62, 0x00, 0x0a])],
    ['a carriage return stays', key([0x61, 0x0d, 0x0a])],
    ['a line feed first: an empty password', key([0x0a])],
    ['high bytes', randomBytes(32).fill(0xf5)],
  ];
  for (const [name, bytes] of keys) {
    test(name, async () => {
      expect(await opened(encrypted(`${good}\n`, bytes), bytes)).toEqual([good]);
    });
  }

  test('a NUL first: openssl itself refuses that key file, so no share was ever locked with one', () => {
    expect(() => encrypted(good, key([0x00]))).toThrow('Error reading password');
  });

  test('random key files, as the procedure draws them', async () => {
    for (let i = 0; i < 20; i += 1) {
      const bytes = randomBytes(32);
      if (bytes[0] === 0) bytes[0] = 1;
      expect(await opened(encrypted(good, bytes), bytes)).toEqual([good]);
    }
  });
});

describe('is refused', () => {
  const [v] = vectors.cases;
  const file = hexToBytes(v.share_enc_hex);
  const key = hexToBytes(v.aes_key_file_hex);

  test('another file, a cut one, a key that is still locked', async () => {
    const of = (encryptedFile: Uint8Array, keyFile = key) =>
      codeOf(() => openOpensslShare(encryptedFile, keyFile));
    expect(await of(new Uint8Array(0))).toBe('openssl-file');
    expect(await of(hexToBytes(v.share_key_enc_hex))).toBe('openssl-file');
    expect(await of(file.slice(0, 16))).toBe('openssl-file');
    expect(await of(file.slice(0, -1))).toBe('openssl-file');
    expect(await of(bytesOf(good))).toBe('openssl-file');
    expect(await of(file.slice(0, -16))).toBe('openssl-not-opened');
    expect(await of(file, key.slice(1))).toBe('openssl-key-file');
    await expect(openOpensslShare(file, hexToBytes(v.share_key_enc_hex))).rejects.toThrow(
      'It is still encrypted for the YubiKey.',
    );
  });

  test('wrong keys, also one that leaves a padding that looks right', async () => {
    for (let i = 0; i < 50; i += 1) {
      expect(await codeOf(() => openOpensslShare(file, randomBytes(32)))).toBe(
        'openssl-not-opened',
      );
    }
    // What such a key leaves is bytes of any kind: here they are what was locked.
    const bytes = randomBytes(32).fill(0x55);
    const noise = encrypted(randomBytes(510), bytes);
    expect(await codeOf(() => openOpensslShare(noise, bytes))).toBe('openssl-not-opened');
  });

  test('what opens and is no share', async () => {
    const bytes = randomBytes(32).fill(0x55);
    expect(await codeOf(() => opened(encrypted('hello\n', bytes), bytes))).toBe(
      'legacy-not-a-share',
    );
    expect(await codeOf(() => opened(encrypted('', bytes), bytes))).toBe('legacy-file');
  });
});
