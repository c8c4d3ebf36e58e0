/**
 * Envelopes of OTP keys on printed sheets, of share 2 in the sittings of key-sittings.ts: printed into
 * a folder, read from there as a person reads them.
 * @module
 */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import type { SheetKind } from '../../shared/encoding/line-check.ts';
import type { Hands } from './entry-script.ts';
import { LATER, SET, type keySittings, type Sitting } from './key-sittings.ts';
import { NO_LOGS } from './no-logs.ts';

/** PDFs by what is on them. */
export type Sheets = Partial<Record<SheetKind, Uint8Array>>;

const INDEX = 2;
const SHEET = {
  setLabel: '2026 A',
  setId: SET,
  keyVersion: 'v1',
  ceremonyId: 'ce'.repeat(16),
  threshold: 3,
  count: 4,
  date: '3 May 2026',
};

/** The names of the files: of sheet 1, and of sheet 2. */
export const OLD = /^envelope-2-of-4-a1a1a1a1\.pdf$/;
export const NEW = /^envelope-.*-sheet-2\.pdf$/;

/** The envelope on a sheet. Wire bytes. */
export async function bytesOn({ 'key-share': pdf }: Sheets): Promise<Uint8Array> {
  if (pdf === undefined) throw new Error('There is no envelope on these sheets.');
  return (await readPaperFile(pdf.slice())).bytes;
}

/** Makes a folder before each test of this file, and takes it away after it. */
export function otpSheets({ worker, manifest }: ReturnType<typeof keySittings>) {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conclave-otp-sheet-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const order = (sheetNumber: number, where: string | null = folder) => ({
    printer: where === null ? 'no-such-printer' : null,
    folder: where,
    page: 'A4' as const,
    sheetNumber,
    sheet: SHEET,
    roles: ['custodian'],
  });

  return {
    names: () => readdir(folder),

    /** The file alone, without a look at what is on it. */
    pdfNamed: async (names: RegExp): Promise<Uint8Array> => {
      const name = (await readdir(folder)).find((one) => names.test(one));
      if (name === undefined) throw new Error('There is no such sheet.');
      return new Uint8Array(await readFile(join(folder, name)));
    },

    /** The sheets as a person holds them. */
    sheetsIn: async (names: RegExp): Promise<Sheets> => {
      const found: Sheets = {};
      for (const name of (await readdir(folder)).filter((one) => names.test(one))) {
        const pdf = new Uint8Array(await readFile(join(folder, name)));
        found[(await readPaperFile(pdf.slice())).kind] = pdf;
      }
      return found;
    },

    write: ({ person, keys }: Sitting) =>
      worker().callWith(person, { keys }, 'write-key', {
        medium: 'yubikey-otp',
        volumeId: null,
        rehearsalFolder: folder,
        paper: order(1),
        withIdentity: true,
        ceremonyId: SHEET.ceremonyId,
        liveSlots: [],
      }),

    readBack: ({ person, keys }: Sitting, hands: Hands) =>
      worker().callWith(person, { keys, ...hands }, 'read-back', {
        how: 'camera',
        key: 'yubikey-otp',
        volumeId: null,
        rehearsalFolder: folder,
        withIdentity: true,
        sheetNumber: 1,
      }),

    give: ({ person, keys }: Sitting, hands: Hands) =>
      worker().callWith(person, { keys, ...hands }, 'accept-share', {
        how: 'camera',
        volumeId: null,
        rehearsalFolder: folder,
        person: person.name,
        manifest: manifest(),
        known: { void: [], superseded: [] },
        envelopes: NO_LOGS,
        index: INDEX,
        ways: ['camera', 'typed'],
        sheet: 'key-share',
        ceremonyId: LATER,
      }),

    /** @param where null: a printer that is not there; the folder where nothing is said */
    printAnew: (
      { person, keys }: Sitting,
      sheetNumber: number,
      { where = folder, ...hands }: Hands & { readonly where?: string | null } = {},
    ) =>
      worker().callWith(person, { keys, ...hands }, 'print-envelope', {
        paper: order(sheetNumber, where),
        person: person.name,
        manifest: manifest(),
        index: INDEX,
        ceremonyId: LATER,
      }),

    prove: (
      { person, keys }: Sitting,
      sheetNumber: number,
      hands: Hands,
      how: 'camera' | 'typed' = 'camera',
    ) =>
      worker().callWith(person, { keys, ...hands }, 'prove-envelope', {
        how,
        ways: ['camera', 'typed'],
        person: person.name,
        manifest: manifest(),
        index: INDEX,
        sheetNumber,
      }),
  };
}
