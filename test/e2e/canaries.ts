/**
 * What must be nowhere but on people's own media: the six words, the shares and the personal keys
 * of this very ceremony, in every spelling that a leak might have.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openAge } from '../../electron/media/age.ts';
import { joinTypedLines, readTypedLine, toTypedLines } from '../../shared/encoding/lines.ts';
import { toQrText } from '../../shared/encoding/qr-text.ts';
import { decodeIdentity } from '../../shared/identity/identity.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { linesOnSheet } from '../support/camera.ts';
import type { Person } from './people.ts';

export interface Canary {
  /** `six words of custodian 2` */
  readonly what: string;
  /** As text, whatever its encoding; any of them is a leak. */
  readonly texts: readonly string[];
  /** As it is. */
  readonly bytes: Buffer | null;
  /** Of the texts, those that this test itself puts into the clipboard: that one is main's. */
  readonly copied?: readonly string[];
}

/** Of all these people: as their own media hold them now. */
export async function canariesOf(people: readonly Person[]): Promise<Canary[]> {
  const found: Canary[] = [];
  for (const one of people) {
    const { name, words } = one;
    found.push(passphraseCanary(`six words of ${name}`, words));
    if (one.sheets.share !== null || (await ageFile(one, 'share')) !== null) {
      found.push(shareCanary(name, await shareOf(one)));
    }
    const identity = await ageFile(one, 'identity');
    if (identity !== null) {
      const { seed } = decodeIdentity(identity, 'rehearsal');
      found.push({ what: `personal key of ${name}`, ...byteForms(seed) });
    }
  }
  return found;
}

/** The share of a custodian, from the medium that is kept: what is on the sheet, or on the stick. */
export async function shareOf(one: Person): Promise<Uint8Array> {
  if (one.sheets.share !== null) return shareOnSheet(one.sheets.share);
  const wire = await ageFile(one, 'share');
  if (wire === null) throw new Error(`${one.name} has no share`);
  return wire;
}

/** An age file of the person's stick, opened with the person's words. */
async function ageFile({ stick, words }: Person, kind: string): Promise<Uint8Array | null> {
  const names = stick === null ? [] : await readdir(stick.path);
  const name = names.find((file) => file.startsWith(`conclave-${kind}-`) && file.endsWith('.age'));
  if (stick === null || name === undefined) return null;
  const locked = new Uint8Array(await readFile(path.join(stick.path, name)));
  return openAge(locked, new TextEncoder().encode(words));
}

export function passphraseCanary(what: string, words: string): Canary {
  // As they stand, and as they are tied together by whoever joins them otherwise.
  return { what, texts: [words, words.replaceAll(' ', ',')], bytes: null };
}

function shareCanary(name: string, wire: Uint8Array): Canary {
  const { y } = decodeShare(wire);
  const lines = toTypedLines('share', wire);
  const texts = [
    toQrText('share', wire),
    ...lines,
    ...lines.map((line) => line.replaceAll(' ', '')),
  ];
  const forms = byteForms(y);
  // The first line, which names the set and holds nothing of the share's value.
  const copied = texts.filter((text) => text.replaceAll(' ', '') === lines[0]?.replaceAll(' ', ''));
  return { what: `share of ${name}`, ...forms, texts: [...forms.texts, ...texts], copied };
}

async function shareOnSheet(pdf: string): Promise<Uint8Array> {
  const lines = await linesOnSheet(pdf);
  const typed = lines.map((line, at) =>
    readTypedLine('share', Buffer.from(line), { line: at + 1, count: lines.length }),
  );
  return joinTypedLines('share', typed);
}

/** A part that is long enough to be nobody's chance. */
export function byteForms(secret: Uint8Array): Pick<Canary, 'texts' | 'bytes'> {
  const bytes = Buffer.from(secret.subarray(0, 24));
  const numbers = Array.from(bytes.subarray(0, 12));
  const texts = [
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    // Base64 looks different at each of three offsets; from its own beginning is what code makes.
    bytes.toString('base64').slice(0, 30),
    bytes.toString('base64url').slice(0, 30),
    numbers.join(','),
    numbers.join(', '),
    JSON.stringify(Object.fromEntries(numbers.entries())).slice(1, -1),
  ];
  return { texts, bytes };
}

/** Which canaries sing in a text: their names. */
export function singingText(canaries: readonly Canary[], where: string): string[] {
  return canaries
    .filter(({ texts }) => texts.some((text) => where.includes(text)))
    .map(({ what }) => what);
}

/** Which canaries sing in a file, in any encoding of text, or as they are. */
export function singing(canaries: readonly Canary[], where: Buffer): string[] {
  const encodings = ['latin1', 'utf16le'] as const;
  return canaries
    .filter(
      ({ texts, bytes }) =>
        (bytes !== null && where.includes(bytes)) ||
        encodings.some((encoding) =>
          // As bytes: Node looks for UTF-16 at even places only.
          texts.some((text) => where.includes(Buffer.from(text, encoding))),
        ),
    )
    .map(({ what }) => what);
}

/** Every file below a folder, whole. */
export async function filesBelow(folder: string): Promise<{ file: string; bytes: Buffer }[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files: { file: string; bytes: Buffer }[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    // Chromium takes files away while one looks.
    const bytes = await readFile(file).catch(() => null);
    if (bytes !== null) files.push({ file, bytes });
  }
  return files;
}
