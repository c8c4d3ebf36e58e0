/**
 * What the worker asks for in an entry window: a passphrase that opens something, and a sheet that
 * is scanned, typed or given as a file.
 * @module
 */
import { equalBytes } from '../../shared/encoding/bytes.ts';
import type { SheetKind } from '../../shared/encoding/line-check.ts';
import { joinTypedLines, readTypedLine, type TypedLine } from '../../shared/encoding/lines.ts';
import { fromQrText, type QrContent } from '../../shared/encoding/qr-text.ts';
import { refuse } from '../../shared/encoding/refusals.ts';
import type { EntryTask, EntryWay } from '../../shared/ipc/entry.ts';
import { tidyOwnPassphrase } from '../../shared/passphrase/own.ts';
import { Refusal } from '../../shared/refusal.ts';
import { Secret } from '../../shared/secret/secret.ts';
import { readPaperFile } from '../media/paper/read-file.ts';
import type { EntryInput, EntrySession } from './entry.ts';
import { refuseWorker } from './refusals.ts';

/** Refusals after which the same words are simply typed again. */
const TYPED_WRONG = new Set([
  'age-wrong-passphrase',
  'age-passphrase-unusable',
  'key-passphrase-wrong',
  'owner-passphrase-wrong',
  'owner-opens-nothing',
  'passphrase-opens-none',
  'passphrase-not-the-new',
]);

/** What a passphrase opened, and the passphrase. */
export interface Opened<T> {
  readonly value: T;
  readonly passphrase: Secret;
}

/**
 * Asks for a passphrase until it opens, in any spelling of the ones below or, where another program
 * is going to ask for it, `exact` as it was typed. A file that no passphrase can open ends the command.
 */
export async function askPassphrase<T>(
  entry: EntrySession,
  asked: Omit<Extract<EntryTask, { task: 'passphrase' }>, 'task'>,
  open: (passphrase: Uint8Array) => Promise<T>,
  { exact = false }: { readonly exact?: boolean } = {},
): Promise<Opened<T>> {
  return entry.ask<Opened<T>>(
    { task: 'passphrase', ...asked },
    async (input) => {
      if (input.type !== 'passphrase') return undefined;
      entry.busy('Opening it; this takes a few seconds');
      return tryPassphrase(input.bytes, open, exact);
    },
    ({ code }) => !TYPED_WRONG.has(code),
  );
}

/**
 * As typed; if that opens nothing, as a passphrase of one's own is spelt; then as generated words
 * are. Each further spelling costs a second, and only when it differs.
 */
async function tryPassphrase<T>(
  typed: Uint8Array,
  open: (passphrase: Uint8Array) => Promise<T>,
  exact: boolean,
): Promise<Opened<T>> {
  const tidy = exact ? [] : [tidyOwnPassphrase(typed), tidyWords(typed)];
  const attempts = [typed];
  for (const spelling of tidy) {
    if (spelling === null || spelling.length === 0) continue;
    if (!attempts.some((other) => equalBytes(other, spelling))) attempts.push(spelling);
  }
  try {
    for (const [at, attempt] of attempts.entries()) {
      try {
        const value = await open(attempt);
        return { value, passphrase: new Secret(attempt.slice()) };
      } catch (error) {
        const last = at === attempts.length - 1;
        if (last || !(error instanceof Refusal) || !TYPED_WRONG.has(error.code)) throw error;
      }
    }
    throw new Error('unreachable: the last attempt returns or throws');
  } finally {
    for (const spelling of tidy) spelling?.fill(0);
  }
}

/** ASCII letters in lower case, runs of white space as one space, none at the ends. */
function tidyWords(typed: Uint8Array): Uint8Array {
  const out = new Uint8Array(typed.length);
  let length = 0;
  for (const byte of typed) {
    const white = byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
    if (white && (length === 0 || out[length - 1] === 0x20)) continue;
    out[length] = white ? 0x20 : byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    length += 1;
  }
  if (length > 0 && out[length - 1] === 0x20) length -= 1;
  const tidy = out.slice(0, length);
  out.fill(0);
  return tidy;
}

/** Which sheet is asked for, and how it may come in. */
export interface SheetAsked {
  readonly person: string;
  readonly kind: SheetKind;
  /** `share 2 of 4`, `your personal identity` */
  readonly title: string;
  readonly ways: readonly EntryWay[];
  readonly first: EntryWay;
  /** The one sheet that is taken, when copies are told apart; without it, any of them. */
  readonly sheet?: number;
}

/** What is made of a sheet's bytes. `sheet`: its number, 1 to 99. */
type AcceptSheet<T> = (bytes: Uint8Array, sheet: number) => Promise<T> | T;

/**
 * Asks for one sheet until `accept` takes what is on it. Wiped after `accept`: it copies what it
 * keeps. Refusals about the share itself (another set, another custodian) end the command, so that
 * the transcript hears of them; what was merely read badly is tried again in the window.
 */
export async function askSheet<T extends object>(
  entry: EntrySession,
  asked: SheetAsked,
  accept: AcceptSheet<T>,
): Promise<T> {
  let way = asked.first;
  for (;;) {
    const answer: Answer<T> =
      way === 'typed'
        ? await typeLines(entry, asked, accept)
        : await showSheet(entry, asked, accept);
    if ('value' in answer) return answer.value;
    way = answer.use;
  }
}

type Answer<T> = { readonly value: T } | { readonly use: EntryWay };

const NOT_READ = /^(code|file|line|lines|sheet|entry)-|^(share|identity|key-envelope)-damaged$/;
const isFinal = ({ code }: Refusal) => !NOT_READ.test(code);

function showSheet<T>(
  entry: EntrySession,
  { person, kind, title, ways, sheet }: SheetAsked,
  accept: AcceptSheet<T>,
): Promise<Answer<T>> {
  const read = async (content: QrContent): Promise<Answer<T>> => {
    try {
      if (content.kind !== kind) throw refuseWorker('sheet-other-kind', content.kind, kind);
      if (sheet !== undefined && content.sheet !== sheet) {
        throw refuse('sheet-other-copy', kind, content.sheet, sheet);
      }
      return { value: await accept(content.bytes, content.sheet) };
    } finally {
      content.bytes.fill(0);
    }
  };
  return entry.ask<Answer<T>>(
    { task: 'scan', person, wants: kind, title, ways },
    async (input) => {
      if (input.type === 'use') return otherWay(input, 'camera', ways);
      if (input.type === 'scanned') {
        requireWay('camera', ways);
        return read(fromQrText(input.text));
      }
      if (input.type !== 'file') return undefined;
      requireWay('file', ways);
      entry.busy('Looking for the code in the file');
      return read(await readPaperFile(input.bytes));
    },
    isFinal,
  );
}

async function typeLines<T>(
  entry: EntrySession,
  asked: SheetAsked,
  accept: AcceptSheet<T>,
): Promise<Answer<T>> {
  const { person, kind, title, ways } = asked;
  const lines: TypedLine[] = [];
  const forget = () => {
    for (const { words } of lines.splice(0)) words.fill(0);
  };
  try {
    for (;;) {
      const count = lines[0]?.count;
      const line = lines.length + 1;
      const answer = await entry.ask<TypedLine | { readonly use: EntryWay }>(
        { task: 'lines', person, title, line, count: count ?? null, ways },
        (input) => {
          if (input.type === 'use') return otherWay(input, 'typed', ways);
          if (input.type !== 'line') return undefined;
          const sheet = lines[0]?.sheet ?? asked.sheet;
          return readTypedLine(kind, input.text, { line, count, sheet });
        },
      );
      if ('use' in answer) return answer;
      lines.push(answer);
      entry.accepted(`Line ${line} of ${answer.count} is right.`);
      if (lines.length < answer.count) continue;
      try {
        return { value: await acceptLines(kind, lines, accept) };
      } catch (error) {
        if (!(error instanceof Refusal) || isFinal(error)) throw error;
        // Lines of two sheets, each right by itself: from the first line again.
        forget();
        entry.refused(error);
      }
    }
  } finally {
    forget();
  }
}

async function acceptLines<T>(
  kind: SheetKind,
  lines: readonly TypedLine[],
  accept: AcceptSheet<T>,
): Promise<T> {
  const bytes = joinTypedLines(kind, lines);
  try {
    return await accept(bytes, lines[0]?.sheet ?? 0);
  } finally {
    bytes.fill(0);
  }
}

function requireWay(way: EntryWay, ways: readonly EntryWay[]): void {
  // SECURITY: in production a file is another machine's copy; only an exception entry opens it.
  if (!ways.includes(way)) throw refuseWorker('entry-way-closed');
}

function otherWay(
  { way }: Extract<EntryInput, { type: 'use' }>,
  now: EntryWay,
  ways: readonly EntryWay[],
): { readonly use: EntryWay } | undefined {
  requireWay(way, ways);
  // Camera and file share one task.
  const typed = way === 'typed';
  return typed === (now === 'typed') ? undefined : { use: way };
}
