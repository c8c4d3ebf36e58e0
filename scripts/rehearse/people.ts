/**
 * The people of a rehearsal, with what each carries: six words on a piece of paper, a stick,
 * sheets out of the printer.
 * @module
 */
import { readFile } from 'node:fs/promises';
import type { Port } from '../../electron/worker/protocol.ts';
import type { SheetKind } from '../../shared/encoding/line-check.ts';
import type { FromEntry, ToEntry } from '../../shared/ipc/entry.ts';
import {
  readSheet,
  ScriptedPerson,
  sheetLines,
  type Hands,
} from '../../test/support/entry-script.ts';

/** One person, or one pocket: the operator keeps the ticket's words apart from their own. */
export class Participant {
  readonly person: ScriptedPerson;
  readonly sheets: Partial<Record<SheetKind, Uint8Array>> = {};
  /** What they do at the next windows, beside the ordinary. */
  hands: Hands = {};

  constructor(name: string) {
    this.person = new ScriptedPerson(name);
  }

  /** Takes a sheet out of the printer; a PDF file stands for it. */
  async takeSheet(path: string): Promise<void> {
    const sheet = new Uint8Array(await readFile(path));
    const { kind, bytes } = await readSheet(sheet);
    bytes.fill(0);
    this.sheets[kind] = sheet;
  }

  async attend(window: Port<ToEntry, FromEntry>): Promise<void> {
    const { share } = this.sheets;
    const typed = this.hands.way === 'typed' && share !== undefined;
    this.person.attend(window, {
      sheets: this.sheets,
      ...(typed ? { lines: await sheetLines(share) } : {}),
      ...this.hands,
    });
  }
}

/** Everybody who may be asked to an entry window, by name. */
export class People {
  readonly #all = new Map<string, Participant>();
  /** Who takes the next windows, whatever their title: first come, first served. */
  readonly #next: Participant[] = [];

  get(name: string): Participant {
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    const participant = new Participant(name);
    this.#all.set(name, participant);
    return participant;
  }

  /** The participants who take the next windows, one each. */
  expect(...participants: readonly Participant[]): void {
    this.#next.push(...participants);
  }

  /** Nobody is expected any more: what they were to do was refused. */
  forget(): void {
    this.#next.length = 0;
  }

  /** For the platform: `custodian 1 (custodian)` is custodian 1. */
  attend(title: string, window: Port<ToEntry, FromEntry>): void {
    const participant = this.#next.shift() ?? this.get(title.replace(/ \([a-z]+\)$/, ''));
    void participant.attend(window);
  }
}
