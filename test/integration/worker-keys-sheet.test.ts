/**
 * The envelope of a FIDO2 key on a printed sheet, through a real worker and driver: printed, read
 * back with a key that lost its power, given from the sheet; and what is refused.
 */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadHow } from '../../electron/worker/sheets.ts';
import { decodeKeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import type { SheetKind } from '../../shared/encoding/line-check.ts';
import { NO_LOGS } from '../support/no-logs.ts';
import { sheetLines, type Hands } from '../support/entry-script.ts';
import { keySittings, touches, type Sitting } from '../support/key-sittings.ts';
import { codeOf } from '../support/worker.ts';

const { rack, worker, manifest, sit } = keySittings();
const SERIAL = 23_456_789;
const FACTS = {
  setLabel: '2026 A',
  setId: 'a1'.repeat(16),
  keyVersion: 'v1',
  ceremonyId: 'ce'.repeat(16),
  threshold: 3,
  count: 4,
  date: '3 May 2026',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-key-sheet-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const print = ({ person, keys }: Sitting, sheetNumber = 1) =>
  worker().callWith(person, { keys }, 'write-key', {
    medium: 'yubikey-fido2',
    volumeId: null,
    rehearsalFolder: folder,
    paper: {
      printer: null,
      folder,
      page: 'A4',
      sheetNumber,
      sheet: FACTS,
      roles: ['custodian'],
    },
    withIdentity: sheetNumber === 1,
    ceremonyId: FACTS.ceremonyId,
    liveSlots: [],
  });

/** The sheets as a person holds them, by what is on them. */
async function sheetsIn(names: RegExp): Promise<Partial<Record<SheetKind, Uint8Array>>> {
  const found: Partial<Record<SheetKind, Uint8Array>> = {};
  for (const name of (await readdir(folder)).filter((one) => names.test(one))) {
    const pdf = new Uint8Array(await readFile(join(folder, name)));
    found[(await readPaperFile(pdf.slice())).kind] = pdf;
  }
  return found;
}

const readBack = (
  { person, keys }: Sitting,
  hands: Hands,
  how: ReadHow = 'camera',
  sheetNumber = 1,
) =>
  worker().callWith(person, { keys, ...hands }, 'read-back', {
    how,
    key: 'yubikey-fido2',
    volumeId: null,
    rehearsalFolder: folder,
    withIdentity: sheetNumber === 1,
    sheetNumber,
  });

const give = ({ person, keys }: Sitting, index: number, hands: Hands, how: ReadHow = 'camera') =>
  worker().callWith(person, { keys, ...hands }, 'accept-share', {
    how,
    volumeId: null,
    rehearsalFolder: folder,
    person: person.name,
    manifest: manifest(),
    known: { void: [], superseded: [] },
    envelopes: NO_LOGS,
    index,
    ways: ['camera', 'typed'],
    sheet: 'key-share',
    ceremonyId: 'cf'.repeat(16),
  });

describe('the envelope of a FIDO2 key on a sheet', () => {
  it('is printed with the identity, read back with key and PIN, and given', async () => {
    const own = rack.add(SERIAL);
    const sitting = await sit(3, { own });
    const { records, keys, volumeLabel, warning } = await print(sitting);
    expect(records).toEqual([
      {
        kind: 'yubikey-fido2',
        description: expect.stringMatching(/23456789, envelope on A4 sheet 1$/) as string,
        fileName: 'envelope-3-of-4-a1a1a1a1.pdf',
      },
      {
        kind: 'paper',
        description: 'A4 sheet 1',
        fileName: expect.stringMatching(/^conclave-identity-.*\.pdf$/) as string,
      },
    ]);
    expect([volumeLabel, warning]).toEqual([null, null]);
    expect(keys).toMatchObject([{ serial: SERIAL, attestation: { format: 'packed' } }]);
    const sheets = await sheetsIn(/pdf$/);
    expect(Object.keys(sheets).sort()).toEqual(['identity', 'key-share']);
    const { bytes } = await readPaperFile((sheets['key-share'] ?? new Uint8Array()).slice());
    expect(decodeKeyEnvelope(bytes)).toMatchObject({ method: 'fido2', index: 3, count: 4 });

    sitting.person.tasks.length = 0;
    const { shareKey } = await readBack(sitting, { sheets });
    expect(shareKey).toBe(manifest().shares[2]?.publicKey);
    expect(sitting.person.tasks.map(({ task }) => task)).toEqual([
      'scan',
      'scan',
      'key-replug',
      'pin',
      'touch',
      'passphrase',
    ]);
    sitting.person.tasks.length = 0;
    expect(await give(sitting, 3, { sheets })).toEqual({
      index: 3,
      medium: 'yubikey-fido2',
      renewal: null,
    });
    expect(touches(sitting.person)).toEqual(['open']);
    expect(await sheetsIn(/pdf$/)).toEqual(sheets);
  });

  it('is typed line by line where no camera reads it', async () => {
    const own = rack.add(SERIAL);
    const sitting = await sit(3, { own });
    await print(sitting);
    const sheets = await sheetsIn(/^envelope/);
    const lines = await sheetLines(sheets['key-share'] ?? new Uint8Array());
    expect(lines.length).toBeGreaterThan(10);
    const given = await give(sitting, 3, { way: 'typed', lines }, 'typed');
    expect(given).toMatchObject({ index: 3, medium: 'yubikey-fido2' });
  });
});

describe('refused', () => {
  it('an earlier sheet in place of the last one, before the key is asked', async () => {
    const own = rack.add(SERIAL);
    const sitting = await sit(3, { own });
    await print(sitting);
    await print(sitting, 2);
    const first = await sheetsIn(/^(conclave-identity.*|envelope-3-of-4-a1a1a1a1)\.pdf$/);
    sitting.person.refusals.length = 0;
    sitting.person.tasks.length = 0;
    const stopped = readBack(sitting, { sheets: first }, 'camera', 2);
    expect(await codeOf(stopped)).toBe('cancelled');
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['sheet-other-copy']);
    expect(touches(sitting.person)).toEqual([]);
    const second = await sheetsIn(/sheet-2\.pdf$/);
    expect((await readBack(sitting, { sheets: second }, 'camera', 2)).shareKey).toBe(
      manifest().shares[2]?.publicKey,
    );
  });

  it('the envelope of another custodian, named, before the key is asked', async () => {
    const one = await sit(3, { own: rack.add(SERIAL) });
    await print(one);
    const sheets = await sheetsIn(/^envelope/);
    rack.empty();
    const two = await sit(4, { own: rack.add(34_567_890) });
    await print(two, 2);
    two.person.tasks.length = 0;
    const read = readBack(two, { sheets }, 'camera', 1);
    expect(await codeOf(read)).toBe('share-wrong-custodian');
    expect(await codeOf(give(two, 4, { sheets }))).toBe('share-wrong-custodian');
    expect(touches(two.person)).toEqual([]);
  });

  it('a sheet of another kind in its place, named, before the key is asked', async () => {
    const sitting = await sit(3, { own: rack.add(SERIAL) });
    await print(sitting);
    const { identity } = await sheetsIn(/^conclave-identity/);
    if (identity === undefined) throw new Error('The identity was printed with it.');
    sitting.person.refusals.length = 0;
    sitting.person.tasks.length = 0;
    const sheets = { 'key-share': identity };
    expect(await codeOf(readBack(sitting, { sheets }))).toBe('cancelled');
    expect(await codeOf(give(sitting, 3, { sheets }))).toBe('cancelled');
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(
      Array(2).fill('sheet-other-kind'),
    );
    expect(touches(sitting.person)).toEqual([]);
  });

  it('another key, named; a wrong PIN with its tries; the sheet stays as it is', async () => {
    const own = rack.add(SERIAL);
    const sitting = await sit(3, { own });
    await print(sitting);
    const sheets = await sheetsIn(/^envelope/);
    const stranger = rack.add(34_567_890);
    rack.only(stranger);
    const other: Sitting = { ...sitting, keys: { rack, own: stranger } };
    sitting.person.refusals.length = 0;
    expect(await codeOf(give(other, 3, { sheets }))).toBe('cancelled');
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['key-other']);
    sitting.person.refusals.length = 0;
    rack.only(own);
    const mistyped: Sitting = { ...sitting, keys: { rack, own, pins: ['111111', '123456'] } };
    const given = await give(mistyped, 3, { sheets, onRefused: () => true });
    expect(given).toMatchObject({ index: 3 });
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['fido-pin-wrong']);
  });
});
