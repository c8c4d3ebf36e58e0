/**
 * A room with a laptop: says to the ceremony host what people say to the window, and waits until
 * it is their turn again.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CeremonyHost } from '../../electron/main/host/ports.ts';
import type { PersonEvent } from '../../shared/ceremony/events.ts';
import type { View } from '../../shared/ceremony/view.ts';
import type { Mode } from '../../shared/mode.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import type { People } from './people.ts';

/** The laptop said no. */
export class SaidNo extends Error {
  override readonly name = 'SaidNo';
  readonly note: RefusalNote;

  constructor(note: RefusalNote, at: string) {
    super(`${at}: ${note.happened} ${note.means} ${note.next} (${note.code})`);
    this.note = note;
  }
}

/** Who keeps what where, and what was heard over the telephone. */
export interface Arrangement {
  /** Sticks by the name of the person who brings one; `sync` is the one that travels. */
  readonly sticks: Readonly<Record<string, string>>;
  /** The eight words of the descriptor, as the admin of sync reads them out. */
  readonly descriptorWords: string;
  /** Documents on the travelling stick, by kind: part of the file name. */
  readonly documents?: Readonly<Partial<Record<'descriptor' | 'package' | 'receipt', string>>>;
}

/** A printer, and where its sheets come out. */
export interface RoomPrinter {
  readonly id: string;
  /** Takes the sheets of one sitting: paths of PDF files, as many as were written. */
  take(written: readonly { readonly fileName: string | null }[]): Promise<readonly string[]>;
}

export interface RoomOptions {
  readonly host: CeremonyHost;
  readonly people: People;
  readonly mode?: Mode;
  readonly printer: RoomPrinter;
  readonly arrangement: Arrangement;
  readonly onView?: (view: View) => void;
}

/** Sheets as PDF files in a rehearsal's folder. */
export function practicePrinter(folder: string): RoomPrinter {
  return {
    id: 'pdf-folder',
    async take(written) {
      const there = new Set(await readdir(folder));
      return written.flatMap(({ fileName }) =>
        fileName !== null && there.has(fileName) ? [join(folder, fileName)] : [],
      );
    },
  };
}

export class Room {
  readonly host: CeremonyHost;
  readonly people: People;
  readonly #mode: Mode;
  readonly #printer: RoomPrinter;
  readonly #arrangement: Arrangement;
  #heard: () => void = () => undefined;

  constructor({ host, people, mode = 'rehearsal', printer, arrangement, onView }: RoomOptions) {
    this.host = host;
    this.people = people;
    this.#mode = mode;
    this.#printer = printer;
    this.#arrangement = arrangement;
    host.onView((view) => {
      if (view !== null) onView?.(view);
      this.#heard();
    });
  }

  get view(): View {
    const view = this.host.view();
    if (view === null) throw new Error('No ceremony is open.');
    return view;
  }

  /** Until nothing runs any more and somebody is asked for something. */
  async settled(): Promise<View> {
    for (;;) {
      const { view } = this;
      const waits =
        view.busy !== null ||
        (view.screen === 'move-keys' && view.running) ||
        (/^(renew-|new-legacy-)?replug$/.test(view.screen) && view.refusal === null);
      if (!waits) return view;
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** Says it; the refusal it led to, or null. */
  async ask(event: PersonEvent): Promise<RefusalNote | null> {
    await this.host.dispatch(event);
    return (await this.settled()).refusal;
  }

  /** Says it and insists that it is taken. */
  async say(event: PersonEvent): Promise<View> {
    const { screen } = this.view;
    const note = await this.ask(event);
    if (note !== null) throw new SaidNo(note, `${screen}, ${event.type}`);
    return this.view;
  }

  /** Goes on as the screens ask until `there` is true of a view that asks somebody something. */
  async until(there: (view: View) => boolean): Promise<View> {
    let view = await this.settled();
    while (!there(view)) view = await this.say(await this.answerTo(view));
    return view;
  }

  /** The id of a stick: `practice stick B`. */
  async stick(label: string): Promise<string> {
    const found = (await this.host.volumes(this.#mode)).find((volume) => volume.label === label);
    if (found === undefined) throw new Error(`There is no stick ${label}.`);
    return found.id;
  }

  /** The stick that a person brings. */
  async stickOf(name: string): Promise<string> {
    const label = this.#arrangement.sticks[name];
    if (label === undefined) throw new Error(`${name} brings no stick.`);
    return this.stick(label);
  }

  async document(kind: 'descriptor' | 'package' | 'receipt'): Promise<string> {
    const wanted = this.#arrangement.documents?.[kind] ?? '';
    const found = await this.host.findDocuments({ kind, mode: this.#mode });
    const match = found.find(({ fileName }) => fileName.includes(wanted));
    if (match === undefined) throw new Error(`No ${kind} lies on any stick.`);
    return match.id;
  }

  /** What people do when a screen asks them and all goes well. */
  async answerTo(view: View): Promise<PersonEvent> {
    const { turn } = view;
    const name = turn?.name ?? '';
    switch (view.screen) {
      case 'descriptor':
        return { type: 'choose-document', id: await this.document('descriptor') };
      case 'descriptor-words':
        return { type: 'words', words: this.#arrangement.descriptorWords };
      case 'package':
        return { type: 'choose-document', id: await this.document('package') };
      case 'environment':
      case 'make-key':
      case 'renew-key':
      case 'next-key':
      case 'split-again':
      case 'prove':
      case 'legacy-proof':
      case 'legacy-restored':
      case 'set-ready':
      case 'new-legacy-prove':
      case 'roster-ready':
      case 'recover':
      case 'test-escrow':
      case 'move-keys':
      case 'words':
      case 'copy':
      case 'refresh-share':
      case 'refresh-ready':
        return { type: 'continue' };
      case 'new-legacy':
        return { type: 'new-legacy', split: null };
      case 'owner':
        return { type: 'owner', by: 'owner 1' };
      case 'new-passphrase':
        return { type: 'owner', by: view.facts.owner };
      case 'clock':
        return { type: 'clock', agrees: true };
      case 'handover':
        return { type: 'seated' };
      case 'identity': {
        const mayBeNew = view.purpose === 'enrol' || view.purpose === 'share';
        if (view.prefersKey) {
          return { type: 'identity', how: mayBeNew ? 'new-key' : 'existing-key' };
        }
        return mayBeNew ? { type: 'identity', how: 'new' } : await this.#identityOf(name);
      }
      case 'write':
        return view.medium === 'paper'
          ? { type: 'choose-printer', id: this.#printer.id }
          : { type: 'choose-volume', id: await this.stickOf(name) };
      case 'read-back':
        if (!view.onSheet) return { type: 'read', how: 'usb' };
        await this.#takeSheets(name, view.written);
        return { type: 'read', how: this.#paperWay(name) };
      case 'attest':
        return { type: 'sign' };
      case 'move-files':
        return { type: 'choose-volume', id: await this.stickOf('sync') };
      case 'ticket-key':
        return { type: 'choose-volume', id: await this.stickOf('operator') };
      case 'facts':
      case 'roster-facts':
      case 'organisation-facts':
      case 'surveys-wrapped':
      case 'drill-facts':
      case 'move-facts':
      case 'keys-moved':
      case 'rotate-facts':
      case 'version-facts':
      case 'set-facts':
      case 'version-change':
        return { type: 'agree' };
      case 'drill-round': {
        const next = view.shares.find(({ proved, failed }) => proved === null && failed === null);
        return next === undefined ? { type: 'continue' } : { type: 'who', index: next.index };
      }
      case 'refresh-facts': {
        const [operator = ''] = view.operators;
        const lives = view.custodians.map(({ index }) => index);
        return { type: 'refresh-agree', lives, operator, page: 'A4' };
      }
      case 'refresh-round': {
        const next = view.shares.find(({ standing }) => standing === 'waiting');
        if (next === undefined) throw new Error('Everybody has another share.');
        return { type: 'who', index: next.index };
      }
      case 'escrowed-email':
        return { type: 'escrowed-email', decision: 'go-on' };
      case 'who': {
        const [first] = view.waiting;
        if (first === undefined) throw new Error('Everybody has given a share.');
        return { type: 'who', index: first.index };
      }
      case 'share-in':
        return this.people.get(name).sheets.share === undefined
          ? { type: 'read', how: 'usb', volumeId: await this.stickOf(name) }
          : { type: 'read', how: this.#paperWay(name) };
      case 'save-bundle':
        return { type: 'choose-volume', id: await this.stickOf('sync') };
      case 'waiting':
        return { type: 'choose-document', id: await this.document('receipt') };
      case 'destruction':
        return { type: 'destruction', witness: view.witness, backupsTried: false };
      case 'destroyers': {
        const [first] = view.waiting;
        return first === undefined ? { type: 'continue' } : { type: 'who', index: first.index };
      }
      case 'destroy': {
        const left = view.things.find(({ gone }) => !gone);
        if (left === undefined) return { type: 'continue' };
        return { type: left.what === 'slot' ? 'erase-slot' : 'destroyed', id: left.id };
      }
      case 'plan':
      case 'roster-plan':
      case 'replug':
      case 'renew-stick':
      case 'renew-replug':
      case 'renew-print':
      case 'renew-read':
      case 'renew-destroy':
      // The embedded rehearsal has no legacy deployment to adopt.
      case 'legacy-split':
      case 'legacy-shares':
      case 'legacy-decision':
      case 'new-legacy-write':
      case 'new-legacy-replug':
      case 'closed':
      case 'compared':
      case 'drill-checked':
      case 'void':
      case 'destroyed':
        throw new Error(`Nobody knows what to say to the screen "${view.screen}".`);
    }
  }

  async #identityOf(name: string): Promise<PersonEvent> {
    return this.people.get(name).sheets.identity === undefined
      ? { type: 'identity', how: 'existing-usb', volumeId: await this.stickOf(name) }
      : { type: 'identity', how: 'existing-paper' };
  }

  #paperWay(name: string): 'camera' | 'typed' | 'file' {
    return this.people.get(name).hands.way ?? 'camera';
  }

  async #takeSheets(
    name: string,
    written: readonly { readonly fileName: string | null }[],
  ): Promise<void> {
    const sheets = await this.#printer.take(written);
    if (sheets.length !== written.length) {
      throw new Error(`The sheet of ${name} did not come out of the printer.`);
    }
    for (const sheet of sheets) await this.people.get(name).takeSheet(sheet);
  }
}
