/**
 * The worker's side of an entry window: one sitting of tasks, over a port that main never sees.
 *
 * SECURITY: whatever comes over the port comes from a renderer that reads cameras and files; it is
 * parsed like any other foreign input.
 * @module
 */
import { z } from '../../shared/encoding/schema.ts';
import type { EntryTask, FromEntry, PassphraseKind, ToEntry } from '../../shared/ipc/entry.ts';
import type { Mode } from '../../shared/mode.ts';
import { Refusal } from '../../shared/refusal.ts';
import { Secret } from '../../shared/secret/secret.ts';
import type { Port } from './protocol.ts';

/** The person closed the window, or it is gone. Not an error of anybody's. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** The port of an entry window, as the worker holds it. */
export type EntryPort = Port<FromEntry, ToEntry>;

/** The largest picture or PDF file that is looked at, in bytes. */
export const SHEET_FILE_LIMIT = 25 * 1024 * 1024;

const atMost = (bytes: number) =>
  z.instanceof(Uint8Array).refine(({ length }) => length > 0 && length <= bytes);

/** As printed on a YubiKey. */
const serial = z.int().min(1).max(0xffffffff);

const inputSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('words-written-down') }),
  z.strictObject({ type: z.literal('choose'), kind: z.enum(['generated', 'own']) }),
  z.strictObject({ type: z.literal('own-passphrase'), bytes: atMost(1024) }),
  z.strictObject({ type: z.literal('passphrase'), bytes: atMost(1024) }),
  z.strictObject({ type: z.literal('scanned'), text: atMost(8192) }),
  z.strictObject({ type: z.literal('line'), text: atMost(512) }),
  z.strictObject({ type: z.literal('file'), bytes: atMost(SHEET_FILE_LIMIT) }),
  z.strictObject({
    type: z.literal('legacy-typed'),
    number: z.int().min(1).max(255).nullable(),
    text: atMost(4096),
  }),
  z.strictObject({
    type: z.literal('legacy-openssl'),
    bytes: atMost(64 * 1024),
    key: atMost(4096),
  }),
  z.strictObject({ type: z.literal('use'), way: z.enum(['camera', 'typed', 'file']) }),
  z.strictObject({ type: z.literal('pin'), bytes: atMost(256) }),
  z.strictObject({ type: z.literal('again') }),
  z.strictObject({ type: z.literal('choose-key'), serial }),
  z.strictObject({ type: z.literal('backup-key'), wanted: z.boolean() }),
  z.strictObject({
    type: z.literal('slot'),
    slot: z.union([z.literal(1), z.literal(2)]),
    use: z.enum(['as-it-is', 'program']),
    typedSerial: serial.nullable(),
  }),
  z.strictObject({ type: z.literal('erase'), typedSerial: serial }),
  z.strictObject({ type: z.literal('cancel') }),
]);

/** What a person put in, once `ready` and `cancel` are dealt with. */
export type EntryInput = Exclude<FromEntry, { type: 'ready' } | { type: 'cancel' }>;

function wipe(input: EntryInput): void {
  if ('bytes' in input) input.bytes.fill(0);
  if ('text' in input) input.text.fill(0);
  if ('key' in input) input.key.fill(0);
}

/** Wipes every secret and every byte in a value, however deep. */
function wipeWithin(value: unknown): void {
  if (value instanceof Secret) value.wipe();
  else if (value instanceof Uint8Array) value.fill(0);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(wipeWithin);
}

export class EntrySession {
  readonly #port: EntryPort;
  readonly #mode: Mode;
  readonly #pollMs: number;
  readonly #queue: EntryInput[] = [];
  #wake: (() => void) | null = null;
  readonly #gone = new AbortController();
  #ready = false;
  #hasShown = false;
  #ended = false;

  /** @param pollMs how long to rest between two looks for what is seen by itself, in milliseconds */
  constructor(port: EntryPort, mode: Mode, pollMs = 300) {
    this.#port = port;
    this.#mode = mode;
    this.#pollMs = pollMs;
    port.onMessage((message) => this.#receive(message));
    port.onClose(() => this.#end());
  }

  /** Aborted when the window is gone: a key that waits for a touch stops blinking. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Whether the window has a page, under which a refusal can stand. */
  get hasShown(): boolean {
    return this.#hasShown;
  }

  /** Shows a task once the window is there. Rejects with {@link Cancelled}. */
  async show(task: EntryTask): Promise<void> {
    while (!this.#ready) await this.#change();
    // What was put in before this task was not meant for it.
    for (const stale of this.#queue.splice(0)) wipe(stale);
    this.#hasShown = true;
    this.#port.post({ type: 'task', mode: this.#mode, task });
  }

  /**
   * Shows a task and gives every input to `take` until it answers something. A refusal is shown in
   * the window and the task stays open for another try, unless `final` says it ends the command.
   * Inputs are wiped after `take`: it copies what it keeps.
   */
  async ask<T extends object>(
    task: EntryTask,
    take: (input: EntryInput) => Promise<T | undefined> | T | undefined,
    final: (refusal: Refusal) => boolean = () => false,
  ): Promise<T> {
    await this.show(task);
    for (;;) {
      const input = await this.#next();
      try {
        const taken = await take(input);
        if (this.#ended) {
          // SECURITY: nobody gets it any more, so nobody else would wipe it.
          wipeWithin(taken);
          throw new Cancelled('the entry window is gone');
        }
        if (taken !== undefined) return taken;
      } catch (error) {
        if (!(error instanceof Refusal) || final(error)) throw error;
        this.refused(error);
      } finally {
        wipe(input);
      }
    }
  }

  /**
   * Looks again and again until `look` answers something, or `take` does to an input: for what is
   * seen by itself (a key that is plugged in) and need not be asked. `look` shows its own tasks.
   */
  async watch<T extends object>(
    look: () => Promise<T | undefined>,
    take: (input: EntryInput) => T | undefined = () => undefined,
  ): Promise<T> {
    for (;;) {
      const seen = await look();
      if (seen !== undefined && !this.#ended) return seen;
      for (const input of this.#queue.splice(0)) {
        const taken = take(input);
        wipe(input);
        if (taken !== undefined) return taken;
      }
      await this.#change(this.#pollMs);
    }
  }

  /** The key blinks now. */
  blinking(): void {
    this.#post({ type: 'blinking' });
  }

  /**
   * Shows words and waits until they were written down (`generated`) or the person wants a
   * passphrase of their own (`own`). The caller wipes the words.
   */
  async showWords(
    words: Uint8Array,
    person: string,
    protects: readonly string[],
  ): Promise<PassphraseKind> {
    await this.show({ task: 'show-words', person, protects });
    this.#port.post({ type: 'words', words });
    for (;;) {
      const input = await this.#next();
      wipe(input);
      if (input.type === 'words-written-down') return 'generated';
      if (input.type === 'choose' && input.kind === 'own') return 'own';
    }
  }

  accepted(sentence: string): void {
    this.#post({ type: 'accepted', sentence });
  }

  refused(refusal: Refusal): void {
    this.#post({ type: 'refused', note: refusal.note() });
  }

  /** Shows what a person can mend, and waits until it is to be tried once more. */
  async again(refusal: Refusal): Promise<void> {
    this.#post({ type: 'refused', note: refusal.note(), again: true });
    await this.watch(
      () => Promise.resolve(undefined),
      ({ type }) => (type === 'again' ? { again: true } : undefined),
    );
  }

  busy(doing: string): void {
    this.#post({ type: 'busy', doing });
  }

  /** The last message: all is in, or the refusal that ends the command. */
  finish(refusal: Refusal | null): void {
    if (refusal === null) this.#post({ type: 'done' });
    else this.refused(refusal);
    this.#end();
    this.#port.close();
  }

  #post(message: ToEntry): void {
    if (!this.#ended) this.#port.post(message);
  }

  #receive(message: unknown): void {
    const parsed = inputSchema.safeParse(message);
    if (!parsed.success || this.#ended) return;
    const input = parsed.data;
    if (input.type === 'cancel') return this.#end();
    if (input.type === 'ready') this.#ready = true;
    else this.#queue.push(input);
    this.#wake?.();
  }

  #end(): void {
    this.#ended = true;
    this.#gone.abort();
    for (const input of this.#queue.splice(0)) wipe(input);
    this.#wake?.();
  }

  async #next(): Promise<EntryInput> {
    for (;;) {
      const input = this.#queue.shift();
      if (input !== undefined) return input;
      await this.#change();
    }
  }

  async #change(atMostMs?: number): Promise<void> {
    if (!this.#ended) {
      await new Promise<void>((resolve) => {
        const timer = atMostMs === undefined ? undefined : setTimeout(resolve, atMostMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    if (this.#ended) throw new Cancelled('the entry window is gone');
  }
}
