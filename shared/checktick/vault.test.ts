import { readFileSync } from 'node:fs';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import {
  buildPlatformMasterKey,
  buildRecoveryKek,
  openEscrowEmail,
  openKekBlob,
  parsePlatformMasterKey,
  parseRecoveryKek,
  userRecoveryKey,
  vaultPaths,
  withRecoveryRecorded,
  withVaultComponent,
} from './index.ts';

const read = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../test/vectors/checktick/${name}.json`, import.meta.url), 'utf8'),
  );
const refused = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
};
const at = new Date('2026-03-03T10:05:00.250Z');
const component = Uint8Array.from({ length: 64 }, (_, i) => (i * 7) % 256);

test('paths as CheckTick spells them', () => {
  expect(vaultPaths.platformMasterKey).toBe('platform/master-key');
  expect(vaultPaths.organisationMasterKey(42)).toBe('organizations/42/master-key');
  expect(vaultPaths.teamKey(11)).toBe('teams/11/team-key');
  expect(vaultPaths.surveyKek(123)).toBe('surveys/123/kek');
  expect(vaultPaths.userSurveyRecoveryKek(1, 555)).toBe('users/1/surveys/555/recovery-kek');
  expect(refused(() => vaultPaths.userSurveyRecoveryKek(1, 0))).toMatch(/^checktick-id/);
});

describe('platform/master-key', () => {
  test('is read as CheckTick reads it: upper case, inner spaces, only the one field', () => {
    const hex = bytesToHex(component);
    const spaced = (hex.match(/../g) ?? []).join(' ').toUpperCase();
    for (const text of [hex, hex.toUpperCase(), spaced, ` ${hex}\n`]) {
      expect(parsePlatformMasterKey({ vault_component: text }).vaultComponent).toEqual(component);
    }
  });

  test('is built whole, and other fields survive a new component', () => {
    const built = buildPlatformMasterKey(component, at);
    expect(built).toMatchObject({
      vault_component: bytesToHex(component),
      created_at: '2026-03-03T10:05:00.250000',
      algorithm: 'XOR split-knowledge',
      key_size: 512,
    });
    const edited = { ...built, owner: 'security team', vault_component: 'AA'.repeat(64) };
    const { document } = parsePlatformMasterKey(edited);
    expect(document).toEqual(edited);
    expect(withVaultComponent(document, component)).toEqual({ ...built, owner: 'security team' });
  });

  test('is refused without repeating the secret', () => {
    const hex = bytesToHex(component);
    const cases: [unknown, RegExp][] = [
      [{ vault_component: `0x${hex}` }, /^hex-text/],
      [{ vault_component: hex.slice(1) }, /^hex-text/],
      [{ vault_component: 'aa'.repeat(65) }, /^component-length/],
      [{ vault_component: '' }, /^component-length/],
      [{ vault_component: 5 }, /^vault-document.*vault_component/],
      [{}, /^vault-document/],
      [null, /^vault-document/],
      [{ vault_component: hex, note: 5 }, /^vault-document.*note/],
    ];
    for (const [data, why] of cases) {
      const said = refused(() => parsePlatformMasterKey(data));
      expect(said).toMatch(why);
      expect(said).not.toContain(hex.slice(20, 60));
    }
  });
});

describe('users/…/recovery-kek', () => {
  const documents = read('kek_blobs').vault_documents;

  test("CheckTick's documents survive a round trip", () => {
    for (const { path, data } of documents) expect(parseRecoveryKek(path, data)).toEqual(data);
    const odd = { ...documents[0].data, future: { nested: [1, null] } };
    odd.audit_trail = { ...odd.audit_trail, reviewed: true };
    expect(parseRecoveryKek('p', odd)).toEqual(odd);
    expect(withRecoveryRecorded(parseRecoveryKek('p', odd), { adminId: 2, at, notes: '' })).toEqual(
      {
        ...odd,
        audit_trail: {
          created_by: 'system',
          reviewed: true,
          accessed_by: [2],
          access_timestamps: ['2026-03-03T10:05:00.250000+00:00'],
          last_verification_notes: '',
        },
      },
    );
  });

  test('recoveries are appended, the newest notes stay, the original is not touched', () => {
    const first = parseRecoveryKek('p', documents[0].data);
    const once = withRecoveryRecorded(first, { adminId: 2, at, notes: 'video' });
    const later = new Date('2026-04-01T00:00:00Z');
    const twice = withRecoveryRecorded(once, { adminId: 3, at: later, notes: 'in person' });
    expect(first).toEqual(documents[0].data);
    expect(parseRecoveryKek('p', twice).audit_trail).toEqual({
      created_by: 'system',
      accessed_by: [2, 3],
      access_timestamps: ['2026-03-03T10:05:00.250000+00:00', '2026-04-01T00:00:00.000000+00:00'],
      last_verification_notes: 'in person',
    });
    expect(refused(() => withRecoveryRecorded(first, { adminId: 0, at, notes: '' }))).toMatch(
      /^checktick-id/,
    );
  });

  test('an escrow without version and audit trail is read and recorded in', () => {
    const old = parseRecoveryKek('p', { encrypted_kek: 'ab' });
    expect(old).toEqual({ encrypted_kek: 'ab' });
    expect(
      withRecoveryRecorded(old, { adminId: 9, at, notes: 'n' }).audit_trail?.accessed_by,
    ).toEqual([9]);
  });

  test('refuses other things', () => {
    const good = documents[0].data;
    const bad = [
      { ...good, encrypted_kek: 5 },
      { ...good, algorithm: 'AES-128-CBC' },
      { ...good, platform_key_version: '' },
      { ...good, audit_trail: { accessed_by: 'x' } },
      [],
      'text',
    ];
    for (const data of bad)
      expect(refused(() => parseRecoveryKek('p', data))).toMatch(/^vault-document/);
  });

  test('is built with the fields of CheckTick and opens again', async () => {
    const kek = hexToBytes(read('kek_blobs').kek_hex);
    const document = await buildRecoveryKek({
      pmk: component,
      userId: 7,
      surveyId: 555,
      kek,
      email: 'requester@example.org',
      keyVersion: 'v1',
      at,
    });
    expect(Object.keys(document)).toEqual(Object.keys(documents[0].data));
    expect(document.audit_trail).toEqual(documents[0].data.audit_trail);
    expect(document.created_at).toBe('2026-03-03T10:05:00.250000+00:00');
    const key = await userRecoveryKey(component, 7);
    const path = vaultPaths.userSurveyRecoveryKek(7, 555);
    expect(await openKekBlob(key, path, document.encrypted_kek)).toEqual(kek);
    const email = await openEscrowEmail(component, 7, document.encrypted_email ?? '');
    expect(new TextDecoder().decode(email)).toBe('requester@example.org');
  });
});
