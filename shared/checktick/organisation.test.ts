/** The way to an organisation's survey key, by CheckTick's own vectors; and what opens nothing. */
import { readFileSync } from 'node:fs';
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import {
  openOrganisationKek,
  parseSurveyKek,
  parseTeamOrganisation,
  readKekBlob,
  sealKekBlob,
  wayKey,
} from './index.ts';

const vectors = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../test/vectors/checktick/${name}.json`, import.meta.url), 'utf8'),
  );
const refused = (code: string) => expect.objectContaining({ code }) as Error;

interface Derived {
  pmk_len: number;
  pmk_hex: string;
  org_id: number;
  passphrase: string;
  org_key_hex: string;
}
interface Team {
  org_key_hex: string;
  team_id: number;
  team_key_hex: string;
}
interface Blob {
  kind: string;
  vault_path: string;
  wrapping_key_hex: string;
  blob_hex: string;
}

const organisations: Derived[] = vectors('kdf_keys').organization;
const teams: Team[] = vectors('kdf_keys').team;
const {
  blobs,
  kek_hex: kekHex,
  negative,
} = vectors('kek_blobs') as {
  blobs: Blob[];
  kek_hex: string;
  negative: { of: string; blob_hex: string }[];
};

/** From the platform key: every stored team or organisation key that the vectors lead to. */
const ways = blobs.flatMap((blob) => {
  const team = teams.find(({ team_key_hex: key }) => key === blob.wrapping_key_hex);
  const parent = team?.org_key_hex ?? blob.wrapping_key_hex;
  const organisation = organisations.find(({ org_key_hex: key }) => key === parent);
  const survey = /^surveys\/([0-9]+)\/kek$/.exec(blob.vault_path)?.[1];
  if (organisation === undefined || survey === undefined) return [];
  const way = {
    organisationId: organisation.org_id,
    teamId: team?.team_id ?? null,
    surveyId: Number(survey),
  };
  return [{ blob, organisation, way }];
});

test('the vectors hold a survey key of a team', () => {
  expect(ways.some(({ way }) => way.teamId !== null)).toBe(true);
});

describe.each(ways)('$blob.kind at $blob.vault_path', ({ blob, organisation, way }) => {
  const pmk = hexToBytes(organisation.pmk_hex);
  const words = utf8ToBytes(organisation.passphrase);

  test('opens with platform key and passphrase', async () => {
    expect(await openOrganisationKek(pmk, way, words, blob.blob_hex)).toEqual(hexToBytes(kekHex));
  });

  test('and with nothing else', async () => {
    const wrong: [Uint8Array, typeof way, Uint8Array, string][] = [
      [hexToBytes(organisation.pmk_hex).fill(0, 0, 1), way, words, blob.blob_hex],
      [pmk, way, utf8ToBytes(`${organisation.passphrase} `), blob.blob_hex],
      [pmk, { ...way, organisationId: way.organisationId + 1 }, words, blob.blob_hex],
      [pmk, { ...way, teamId: (way.teamId ?? 0) + 1 }, words, blob.blob_hex],
      [pmk, { ...way, surveyId: way.surveyId + 1 }, words, blob.blob_hex],
    ];
    for (const input of wrong) {
      await expect(openOrganisationKek(...input)).rejects.toThrow(refused('not-opened'));
    }
  });
});

test('an entry of the right length that was changed looks like a wrong passphrase; any other is told apart', async () => {
  const pmk = new Uint8Array(64).fill(7);
  const way = { organisationId: 4, teamId: 9 };
  const words = utf8ToBytes('words');
  const path = 'surveys/31/kek';
  const good = await sealKekBlob(await wayKey(pmk, way, words), path, new Uint8Array(32));
  const open = (text: string) => openOrganisationKek(pmk, { ...way, surveyId: 31 }, words, text);
  expect(await open(` ${good.toUpperCase()}\n`)).toEqual(new Uint8Array(32));
  const flipped = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
  await expect(open(flipped)).rejects.toThrow(refused('not-opened'));
  for (const [text, code] of [
    [good.slice(2), 'blob-length'],
    [`${good}00`, 'blob-length'],
    [`x${good.slice(1)}`, 'hex-text'],
    ['', 'blob-length'],
  ] as const) {
    expect(() => readKekBlob(text)).toThrow(refused(code));
    await expect(open(text)).rejects.toThrow(refused(code));
  }
  for (const { blob_hex: hex } of negative) {
    await expect(open(hex)).rejects.toThrow();
  }
});

test('Vault’s documents: a survey key, and of which organisation a team is', () => {
  const document = { encrypted_kek: 'ab', created_at: 'x', algorithm: 'AES-256-GCM', more: 1 };
  expect(parseSurveyKek('p', document)).toEqual(document);
  for (const wrong of [{}, { encrypted_kek: 1 }, { encrypted_kek: 'ab', algorithm: 'other' }, []]) {
    expect(() => parseSurveyKek('p', wrong)).toThrow(refused('vault-document'));
  }
  expect(parseTeamOrganisation('p', { team_id: 9, org_id: 4 })).toBe(4);
  expect(parseTeamOrganisation('p', { org_id: '4' })).toBe(4);
  expect(() => parseTeamOrganisation('p', {})).toThrow(refused('vault-document'));
  expect(() => parseTeamOrganisation('p', { org_id: 'four' })).toThrow(refused('checktick-id'));
});
