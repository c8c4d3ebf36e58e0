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
  /** Bytes to look for; any of them is a leak. */
  readonly spellings: readonly Buffer[];
}

/** Of all these people: as their own media hold them now. */
export async function canariesOf(people: readonly Person[]): Promise<Canary[]> {
  const found: Canary[] = [];
  for (const one of people) {
    const { name, words } = one;
    found.push({ what: `six words of ${name}`, spellings: textForms([words, commas(words)]) });
    if (one.sheets.share !== null || (await ageFile(one, 'share')) !== null) {
      found.push(shareCanary(name, await shareOf(one)));
    }
    const identity = await ageFile(one, 'identity');
    if (identity !== null) {
      const { seed } = decodeIdentity(identity, 'rehearsal');
      found.push({ what: `personal key of ${name}`, spellings: byteForms(seed) });
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

/** The words as they are tied together by whoever joins them otherwise. */
const commas = (words: string) => words.replaceAll(' ', ',');

function shareCanary(name: string, wire: Uint8Array): Canary {
  const { y } = decodeShare(wire);
  const lines = toTypedLines('share', wire);
  const texts = [
    toQrText('share', wire),
    ...lines,
    ...lines.map((line) => line.replaceAll(' ', '')),
  ];
  return { what: `share of ${name}`, spellings: [...byteForms(y), ...textForms(texts)] };
}

async function shareOnSheet(pdf: string): Promise<Uint8Array> {
  const lines = await linesOnSheet(pdf);
  const typed = lines.map((line, at) =>
    readTypedLine('share', Buffer.from(line), { line: at + 1, count: lines.length }),
  );
  return joinTypedLines('share', typed);
}

/** A part that is long enough to be nobody's chance, wherever in the whole it was cut. */
function byteForms(secret: Uint8Array): Buffer[] {
  const part = Buffer.from(secret.subarray(0, 24));
  const numbers = Array.from(part.subarray(0, 12));
  const texts = [
    part.toString('hex'),
    part.toString('hex').toUpperCase(),
    // Base64 looks different at each of three offsets; from its own beginning is what code makes.
    part.toString('base64').slice(0, 30),
    part.toString('base64url').slice(0, 30),
    numbers.join(','),
    numbers.join(', '),
    JSON.stringify(Object.fromEntries(numbers.entries())).slice(1, -1),
  ];
  return [part, ...textForms(texts)];
}

function textForms(texts: readonly string[]): Buffer[] {
  return texts.flatMap((text) => [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]);
}

/** Which canaries sing in there: their names. */
export function singing(canaries: readonly Canary[], where: Buffer): string[] {
  return canaries
    .filter(({ spellings }) => spellings.some((spelling) => where.includes(spelling)))
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
