/**
 * A scripted person at an entry window: writes the six words down or makes up a passphrase,
 * types it again, holds sheets before the camera, types their lines or chooses a file. Stands in
 * for the window, never for the worker: everything goes over the same port in the same messages.
 *
 * ```ts
 * const person = new ScriptedPerson('custodian 1');
 * const { workerPort, window } = entryChannel();
 * person.attend(window, { way: 'typed', lines: await sheetLines(pdf) });
 * ```
 * @module
 */
import { createHash } from 'node:crypto';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { wasm } from '../../electron/media/paper/assets.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import type { Port } from '../../electron/worker/protocol.ts';
import type { SheetKind } from '../../shared/encoding/line-check.ts';
import { type QrContent, toQrText } from '../../shared/encoding/qr-text.ts';
import type { EntryTask, EntryWay, FromEntry, ToEntry } from '../../shared/ipc/entry.ts';
import { KEY_ANSWERED } from '../../electron/worker/keys/holder.ts';
import { handle, isKeyTask, type KeyHands } from './key-rack.ts';
import type { RefusalNote } from '../../shared/refusal.ts';

/** What the person has in hand at this sitting. */
export interface Hands {
  /** How sheets are shown; the camera by default. */
  readonly way?: EntryWay;
  /** PDF or picture of each sheet: shown to the camera, or given as the file. */
  readonly sheets?: Partial<Record<SheetKind, Uint8Array>>;
  /** For `typed`: the lines as they stand on the share's sheet. */
  readonly lines?: readonly string[];
  /** Instead of the six words, one after the other until one is taken; then it is in `words`. */
  readonly own?: readonly Uint8Array[];
  /** Typed instead of the words that were written down; the last one again and again. */
  readonly passphrases?: readonly Uint8Array[];
  /** After a refusal: change something and answer true to try again; otherwise cancel. */
  readonly onRefused?: (note: RefusalNote, task: EntryTask) => boolean;
  /** Legacy shares, as they are given: the next one after a refusal, if that is to be tried again. */
  readonly legacy?: readonly FromEntry[];
  /** The YubiKeys at hand. */
  readonly keys?: KeyHands;
  /** Closes the window when this task appears. */
  readonly cancelAt?: EntryTask['task'];
  /** Hears that the key has answered for the n-th time, from 1. */
  readonly onAnswer?: (answers: number) => void;
  /** Closes the window when the key has answered for the n-th time, from 1. */
  readonly cancelAtAnswer?: number;
}

export class ScriptedPerson {
  readonly name: string;
  /** UTF-8, as they stand on the person's own piece of paper. */
  words: Uint8Array = new Uint8Array();
  /** Everything the windows said to this person. */
  readonly tasks: EntryTask[] = [];
  readonly refusals: RefusalNote[] = [];
  readonly sentences: string[] = [];
  /** How often a key waited for the finger. */
  blinks = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Sits down at a window until it is done or closed. */
  attend(window: Port<ToEntry, FromEntry>, hands: Hands): void {
    let task: EntryTask | null = null;
    let typedPassphrases = 0;
    let ownTried = 0;
    let typedPins = 0;
    let legacyGiven = 0;
    let answers = 0;
    const act = async () => {
      if (task === null) return;
      if (task.task === hands.cancelAt) window.post({ type: 'cancel' });
      else if (task.task === 'own-passphrase') {
        this.words = hands.own?.[ownTried]?.slice() ?? new Uint8Array();
        ownTried += 1;
        if (this.words.length === 0) window.post({ type: 'choose', kind: 'generated' });
        else window.post({ type: 'own-passphrase', bytes: this.words.slice() });
      } else if (task.task === 'passphrase') {
        const typed = hands.passphrases?.[typedPassphrases] ?? hands.passphrases?.at(-1);
        typedPassphrases += 1;
        window.post({ type: 'passphrase', bytes: (typed ?? this.words).slice() });
      } else if (task.task.startsWith('legacy-')) {
        window.post(copyOf(hands.legacy?.[legacyGiven] ?? { type: 'cancel' }));
        legacyGiven += 1;
      } else if (isKeyTask(task) && hands.keys !== undefined) {
        const answer = handle(task, hands.keys, typedPins);
        if (task.task === 'pin' || task.task === 'new-pin') typedPins += 1;
        if (answer !== null) window.post(answer);
      } else if (task.task === 'scan') window.post(await show(task, hands));
      else if (task.task === 'lines') window.post(typeLine(task, hands));
    };
    window.onMessage((message) => {
      switch (message.type) {
        case 'task':
          task = message.task;
          this.tasks.push(task);
          void act();
          break;
        case 'words':
          this.words = message.words.slice();
          if (hands.cancelAt === 'show-words') break;
          if (hands.own !== undefined && ownTried === 0) {
            window.post({ type: 'choose', kind: 'own' });
          } else window.post({ type: 'words-written-down' });
          break;
        case 'refused':
          this.refusals.push(message.note);
          if (task !== null && hands.onRefused?.(message.note, task) === true) {
            if (message.again === true) window.post({ type: 'again' });
            else void act();
          } else window.post({ type: 'cancel' });
          break;
        case 'accepted':
          this.sentences.push(message.sentence);
          break;
        case 'blinking':
          this.blinks += 1;
          break;
        case 'busy':
          if (message.doing !== KEY_ANSWERED) break;
          answers += 1;
          hands.onAnswer?.(answers);
          if (answers === hands.cancelAtAnswer) window.post({ type: 'cancel' });
          break;
        case 'done':
      }
    });
    window.post({ type: 'ready' });
  }
}

/** What is posted is wiped at the other end, or moved there. */
function copyOf(message: FromEntry): FromEntry {
  return structuredClone(message);
}

async function show(
  task: Extract<EntryTask, { task: 'scan' }>,
  { way = 'camera', sheets = {} }: Hands,
): Promise<FromEntry> {
  if (way === 'typed' && task.ways.includes('typed')) return { type: 'use', way: 'typed' };
  const sheet = sheets[task.wants] ?? Object.values(sheets)[0];
  if (sheet === undefined) return { type: 'cancel' };
  if (way === 'file') return { type: 'file', bytes: sheet.slice() };
  return { type: 'scanned', text: await sheetQrText(sheet) };
}

function typeLine(
  task: Extract<EntryTask, { task: 'lines' }>,
  { way = 'typed', lines = [] }: Hands,
): FromEntry {
  if (way !== 'typed') return { type: 'use', way };
  const line = lines[task.line - 1];
  if (line === undefined) return { type: 'cancel' };
  return { type: 'line', text: new TextEncoder().encode(line) };
}

const sheetsRead = new Map<string, QrContent>();

/**
 * What a camera reads on a sheet: its page is rendered and scanned, once for each sheet.
 * @returns with bytes of the caller's own
 */
export async function readSheet(sheet: Uint8Array): Promise<QrContent> {
  const digest = createHash('sha256').update(sheet).digest('hex');
  const known = sheetsRead.get(digest) ?? (await readPaperFile(sheet.slice()));
  sheetsRead.set(digest, known);
  return { ...known, bytes: known.bytes.slice() };
}

async function sheetQrText(sheet: Uint8Array): Promise<Uint8Array> {
  const { kind, sheet: number, bytes } = await readSheet(sheet);
  try {
    return new TextEncoder().encode(toQrText(kind, bytes, number));
  } finally {
    bytes.fill(0);
  }
}

/** The typed lines as a person reads them on a printed PDF: out of its text. */
export async function sheetLines(pdf: Uint8Array): Promise<string[]> {
  const library = await PDFiumLibrary.init({ wasmBinary: wasm('pdf') });
  try {
    const document = await library.loadDocument(pdf.slice());
    try {
      const text = [...document.pages()].map((page) => page.getText()).join('\n');
      return [...text.matchAll(/(?:\b[0-9A-Z]{4}\b\s*){10}/g)].map(([line]) =>
        line.trim().split(/\s+/).join(' '),
      );
    } finally {
      document.destroy();
    }
  } finally {
    library.destroy();
  }
}
