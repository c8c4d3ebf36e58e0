import { scrypt as nodeScrypt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import {
  checktickId,
  emailVerificationKey,
  openEscrowEmail,
  openKekBlob,
  openSurveyColumn,
  organisationKey,
  sealKekBlob,
  sealSurveyColumn,
  teamKey,
  userRecoveryKey,
  xorComponents,
  type Scrypt,
} from './index.ts';
import { sealEscrowEmailWithNonce, sealKekBlobWithNonce } from './kek-blob.ts';
import { sealSurveyColumnWith } from './survey-column.ts';

const vectors = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../test/vectors/checktick/${name}.json`, import.meta.url), 'utf8'),
  );

const derive = promisify<Uint8Array, Uint8Array, number, object, Buffer>(nodeScrypt);
/** What sync passes: OpenSSL's scrypt. */
const fast: Scrypt = async (password, salt, { dkLen, ...cost }) =>
  derive(password, salt, dkLen, cost);

const bytes = (least: number, most = least) => fc.uint8Array({ minLength: least, maxLength: most });
const code = async (run: () => unknown): Promise<string> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
};

const xor = (a: Uint8Array, b: Uint8Array) => bytesToHex(xorComponents(a, b));

describe('components', () => {
  for (const v of vectors('components_xor').cases) {
    test(`${v.len} bytes, and the stale mixes of a half-applied rotation`, () => {
      const vault = hexToBytes(v.vault_component_hex);
      const custodian = hexToBytes(v.custodian_component_hex);
      const newVault = hexToBytes(v.option_a.new_vault_component_hex);
      const newCustodian = hexToBytes(v.option_a.new_custodian_component_hex);
      expect(xor(vault, custodian)).toBe(v.platform_master_key_hex);
      expect(xor(newVault, newCustodian)).toBe(v.option_a.platform_master_key_hex);
      expect(xor(vault, newCustodian)).toBe(v.option_a.stale_mix_old_vault_new_custodian_hex);
      expect(xor(newVault, custodian)).toBe(v.option_a.stale_mix_new_vault_old_custodian_hex);
    });
  }

  test('is its own inverse and leaves its inputs alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 64 }).chain((n) => fc.tuple(bytes(n), bytes(n))),
        ([a, b]) => {
          const before = [bytesToHex(a), bytesToHex(b)];
          expect(xorComponents(xorComponents(a, b), b)).toEqual(a);
          expect([bytesToHex(a), bytesToHex(b)]).toEqual(before);
        },
      ),
    );
  });

  test('refuses different and impossible lengths', async () => {
    expect(await code(() => xorComponents(new Uint8Array(32), new Uint8Array(64)))).toBe(
      'components-differ',
    );
    expect(await code(() => xorComponents(new Uint8Array(15), new Uint8Array(15)))).toBe(
      'component-length',
    );
    expect(await code(() => xorComponents(new Uint8Array(65), new Uint8Array(65)))).toBe(
      'component-length',
    );
  });
});

describe('keys', () => {
  const v = vectors('kdf_keys');

  for (const one of v.organization) {
    test(`organisation ${one.org_id}, ${one.pmk_len}-byte key`, async () => {
      const pmk = hexToBytes(one.pmk_hex);
      const key = await organisationKey(pmk, one.org_id, utf8ToBytes(one.passphrase));
      expect(bytesToHex(key)).toBe(one.org_key_hex);
      expect(bytesToHex(pmk)).toBe(one.pmk_hex);
    });
  }
  for (const one of v.team) {
    test(`team ${one.team_id}`, async () => {
      const key = await teamKey(hexToBytes(one.org_key_hex), one.team_id);
      expect(bytesToHex(key)).toBe(one.team_key_hex);
    });
  }
  for (const one of v.user_recovery) {
    test(`user ${one.user_id}, ${one.pmk_len}-byte key`, async () => {
      const key = await userRecoveryKey(hexToBytes(one.pmk_hex), one.user_id);
      expect(bytesToHex(key)).toBe(one.user_recovery_key_hex);
    });
  }
  for (const one of v.email) {
    test(`e-mail check of user ${one.user_id}, ${one.pmk_len}-byte key`, async () => {
      const input = hexToBytes(one.kdf_input_hex);
      const pmk = new Uint8Array(one.pmk_len);
      pmk.set(input);
      const key = await emailVerificationKey(pmk, one.user_id);
      expect(bytesToHex(key)).toBe(one.email_key_hex);
    });
  }

  test('refuses keys of an impossible length', async () => {
    expect(await code(() => userRecoveryKey(new Uint8Array(8), 1))).toBe('component-length');
    expect(await code(() => teamKey(new Uint8Array(64), 1))).toBe('key-length');
  });

  test('takes ids as CheckTick counts them, and nothing near them', async () => {
    for (const good of [1, '1', 2147483657, '9007199254740991']) {
      expect(checktickId('user', good)).toBe(Number(good));
    }
    const bad = [
      0,
      -1,
      1.5,
      2 ** 53,
      NaN,
      Infinity,
      '01',
      ' 1',
      '1e3',
      '',
      '9007199254740993',
      1n,
      null,
    ];
    for (const value of bad) {
      expect(await code(() => checktickId('user', value)), String(value)).toBe('checktick-id');
    }
    expect(await code(() => userRecoveryKey(new Uint8Array(32), 1.5))).toBe('checktick-id');
  });
});

describe('stored survey keys', () => {
  const v = vectors('kek_blobs');
  const keks = v.blobs.filter((b: { kdf_salt: string | null }) => b.kdf_salt !== null);
  const emails = v.blobs.filter((b: { kind: string }) => b.kind === 'encrypted_email');

  for (const one of keks) {
    test(`${one.kind} ${one.vault_path}`, async () => {
      const key = hexToBytes(one.wrapping_key_hex);
      const kek = await openKekBlob(key, one.vault_path, one.blob_hex);
      expect(bytesToHex(kek)).toBe(one.plaintext_hex);
      const nonce = hexToBytes(one.nonce_hex);
      expect(await sealKekBlobWithNonce(key, one.vault_path, kek, nonce)).toBe(one.blob_hex);
      const upper = one.blob_hex.toUpperCase().replace(/(.{24})/, ' $1\n');
      expect(await openKekBlob(key, one.vault_path, upper)).toEqual(kek);
    });
  }

  const byUser = new Map<number, string>(
    vectors('kdf_keys').email.map(
      (one: { user_id: number; kdf_input_hex: string; pmk_len: number }) => [
        one.user_id,
        one.kdf_input_hex.padEnd(one.pmk_len * 2, '0'),
      ],
    ),
  );
  for (const one of emails) {
    test(`escrowed e-mail address of user ${one.user_id}`, async () => {
      const pmk = hexToBytes(byUser.get(one.user_id) ?? '');
      const opened = await openEscrowEmail(pmk, one.user_id, one.blob_hex);
      expect(bytesToHex(opened)).toBe(one.plaintext_hex);
      const email = new TextDecoder().decode(opened);
      const nonce = hexToBytes(one.nonce_hex);
      expect(await sealEscrowEmailWithNonce(pmk, one.user_id, email, nonce)).toBe(one.blob_hex);
      expect(await code(() => openEscrowEmail(pmk, one.user_id + 1, one.blob_hex))).toBe(
        'not-opened',
      );
    });
  }

  for (const one of v.negative) {
    test(`refuses ${one.of}: ${one.label}`, async () => {
      const wrapping = keks.find((b: { vault_path: string }) => b.vault_path === one.of) ?? keks[0];
      const path = one.use_path ?? one.of;
      const key = hexToBytes(wrapping.wrapping_key_hex);
      const expected = one.expect.startsWith('auth') ? 'not-opened' : 'blob-length';
      expect(await code(() => openKekBlob(key, path, one.blob_hex))).toBe(expected);
    });
  }

  test('opens what it sealed, with a nonce that is new every time', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(32), fc.integer({ min: 1 }), async (key, kek, id) => {
        const path = `users/${id}/surveys/${id + 1}/recovery-kek`;
        const blob = await sealKekBlob(key, path, kek);
        expect(blob).toMatch(/^[0-9a-f]{120}$/);
        expect(await openKekBlob(key, path, blob)).toEqual(kek);
        expect(await sealKekBlob(key, path, kek)).not.toBe(blob);
      }),
      { numRuns: 8 },
    );
  });

  test('refuses every single changed byte, another key, another path', async () => {
    const [one] = keks;
    const key = hexToBytes(one.wrapping_key_hex);
    const blob = hexToBytes(one.blob_hex);
    const results = await Promise.all(
      [...blob.keys()].map(async (at) => {
        const changed = blob.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));
        return code(() => openKekBlob(key, one.vault_path, bytesToHex(changed)));
      }),
    );
    expect(new Set(results)).toEqual(new Set(['not-opened']));
    expect(results).toHaveLength(60);
    const other = key.map((byte, i) => (i === 31 ? byte ^ 1 : byte));
    expect(await code(() => openKekBlob(other, one.vault_path, one.blob_hex))).toBe('not-opened');
    expect(await code(() => openKekBlob(key, 'surveys/124/kek', one.blob_hex))).toBe('not-opened');
  });

  test('refuses what is no blob, no path and no key', async () => {
    const [one] = keks;
    const key = hexToBytes(one.wrapping_key_hex);
    const open = (path: string, text: string) => code(() => openKekBlob(key, path, text));
    for (const bad of [
      '0x' + one.blob_hex,
      one.blob_hex.slice(1),
      `${one.blob_hex}é`,
      'zz',
      '5 6',
    ]) {
      expect(await open(one.vault_path, bad)).toBe('hex-text');
    }
    expect(await open(one.vault_path, `${one.blob_hex}00`)).toBe('blob-length');
    expect(await open(one.vault_path, '')).toBe('blob-length');
    const paths = [
      'secret/data/surveys/123/kek',
      'surveys/0123/kek',
      '/surveys/123/kek',
      'surveys/123/kek/',
      '',
    ];
    for (const path of paths) expect(await open(path, one.blob_hex)).toBe('vault-path');
    expect(await code(() => openKekBlob(new Uint8Array(64), one.vault_path, one.blob_hex))).toBe(
      'key-length',
    );
    expect(await code(() => sealKekBlob(key, one.vault_path, new Uint8Array(31)))).toBe(
      'key-length',
    );
  });
});

describe('survey columns', () => {
  const v = vectors('survey_kek_db_blobs');
  const kek = hexToBytes(v.kek_hex);

  for (const one of v.blobs) {
    test(`${one.kind} ${one.label ?? ''}`, async () => {
      const column = hexToBytes(one.blob_hex);
      if (one.kind === 'org_master_key_direct') {
        const key = hexToBytes(one.key_hex);
        expect(await openSurveyColumn('organisation', key, column)).toEqual(kek);
        const fixed = { salt: new Uint8Array(0), nonce: column.slice(0, 12) };
        expect(await sealSurveyColumnWith(fixed, 'organisation', key, kek)).toEqual(column);
        return;
      }
      const phrase = utf8ToBytes(one.passphrase);
      for (const scrypt of [undefined, fast]) {
        const options = scrypt === undefined ? {} : { scrypt };
        expect(await openSurveyColumn('passphrase', phrase, column, options)).toEqual(kek);
        const fixed = { salt: hexToBytes(one.salt_hex), nonce: hexToBytes(one.nonce_hex) };
        expect(await sealSurveyColumnWith(fixed, 'passphrase', phrase, kek, options)).toEqual(
          column,
        );
      }
      const spelling = utf8ToBytes(
        ` ${one.passphrase.toUpperCase().replace(/ /g, '\u00a0\t')}\u3000`,
      );
      expect(await openSurveyColumn('passphrase', spelling, column)).toEqual(kek);
      expect(await code(() => openSurveyColumn('passphrase', utf8ToBytes('another'), column))).toBe(
        'not-opened',
      );
    });
  }

  const userSalt = new Uint8Array(32).fill(7);
  const oidc = utf8ToBytes('provider:Subject-1');

  test('sign-in by another service: exact identity, exact salt', async () => {
    const column = await sealSurveyColumn('oidc', oidc, kek, { userSalt });
    expect(column).toHaveLength(60);
    expect(await openSurveyColumn('oidc', oidc, column, { userSalt })).toEqual(kek);
    const lower = utf8ToBytes('provider:subject-1');
    expect(await code(() => openSurveyColumn('oidc', lower, column, { userSalt }))).toBe(
      'not-opened',
    );
    const other = new Uint8Array(32).fill(8);
    expect(await code(() => openSurveyColumn('oidc', oidc, column, { userSalt: other }))).toBe(
      'not-opened',
    );
    const none = { userSalt: new Uint8Array(0) };
    expect(await code(() => sealSurveyColumn('oidc', oidc, kek, none))).toBe('salt-length');
    expect(await code(() => openSurveyColumn('oidc', oidc, column, none))).toBe('salt-length');
  });

  test('opens what it sealed, and nothing is the same twice', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => /[a-z]/.test(s));
    await fc.assert(
      fc.asyncProperty(text, bytes(32), async (phrase, key) => {
        const secret = utf8ToBytes(phrase);
        const column = await sealSurveyColumn('passphrase', secret, key, { scrypt: fast });
        expect(column).toHaveLength(76);
        expect(await openSurveyColumn('passphrase', secret, column, { scrypt: fast })).toEqual(key);
        const again = await sealSurveyColumn('passphrase', secret, key, { scrypt: fast });
        expect(again.subarray(0, 28)).not.toEqual(column.subarray(0, 28));
        expect(utf8ToBytes(phrase)).toEqual(secret);
      }),
      { numRuns: 8 },
    );
  });

  test('refuses every single changed byte and every other length', async () => {
    const secret = utf8ToBytes('a phrase');
    const columns = [
      ['passphrase', secret, await sealSurveyColumn('passphrase', secret, kek, { scrypt: fast })],
      ['organisation', kek, await sealSurveyColumn('organisation', kek, kek)],
    ] as const;
    for (const [kind, key, column] of columns) {
      const open = async (changed: Uint8Array) =>
        kind === 'passphrase'
          ? code(() => openSurveyColumn(kind, key, changed, { scrypt: fast }))
          : code(() => openSurveyColumn(kind, key, changed));
      for (const at of column.keys()) {
        expect(await open(column.map((byte, i) => (i === at ? byte ^ 0x10 : byte)))).toBe(
          'not-opened',
        );
      }
      for (const other of [column.slice(1), new Uint8Array(0), new Uint8Array([...column, 0])]) {
        expect(await open(other)).toBe('blob-length');
      }
    }
  });

  test('refuses to lock with nothing, with no text, with a wrong key', async () => {
    for (const nothing of ['', ' \t\u3000\u001c']) {
      expect(await code(() => sealSurveyColumn('passphrase', utf8ToBytes(nothing), kek))).toBe(
        'empty-secret',
      );
    }
    const noText = new Uint8Array([0x61, 0xff]);
    expect(await code(() => sealSurveyColumn('passphrase', noText, kek))).toBe('not-text');
    expect(await code(() => sealSurveyColumn('organisation', new Uint8Array(31), kek))).toBe(
      'key-length',
    );
    expect(await code(() => sealSurveyColumn('organisation', kek, new Uint8Array(31)))).toBe(
      'key-length',
    );
  });
});

test("Node's Buffers go in as they are, are left alone, and never come out", async () => {
  const vault = Buffer.alloc(32, 1);
  const key = Buffer.alloc(32, 2);
  const phrase = Buffer.from('a phrase');
  const pmk = xorComponents(vault, key);
  const column = await sealSurveyColumn('organisation', key, vault);
  const locked = Buffer.from(await sealSurveyColumn('passphrase', phrase, vault));
  const path = 'surveys/1/kek';
  const results = [
    pmk,
    column,
    await openSurveyColumn('organisation', key, Buffer.from(column)),
    await openSurveyColumn('passphrase', phrase, locked, { scrypt: fast }),
    await organisationKey(vault, 1, phrase),
    await openKekBlob(key, path, await sealKekBlob(key, path, vault)),
  ];
  for (const result of results) expect(result.constructor).toBe(Uint8Array);
  expect(vault.equals(Buffer.alloc(32, 1))).toBe(true);
  expect(key.equals(Buffer.alloc(32, 2))).toBe(true);
  expect(phrase.toString()).toBe('a phrase');
});
