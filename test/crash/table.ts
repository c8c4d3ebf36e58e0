/**
 * What lies on the table when a laptop has died, and what its people remember: sticks and sheets in
 * a folder, passphrases in a file beside them. A laptop begins from it in whatever process it runs.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHost } from '../../electron/main/host/host.ts';
import type { CeremonyHost } from '../../electron/main/host/ports.ts';
import type { WorkerProcess } from '../../electron/worker/protocol.ts';
import { Participant, People } from '../../scripts/rehearse/people.ts';
import { headlessPlatform } from '../../scripts/rehearse/platform.ts';
import { practicePrinter, Room } from '../../scripts/rehearse/room.ts';
import { STICKS } from '../support/headless-platform.ts';

/** Who may have anything in a pocket: everybody of the plans, and the ticket's own. */
const NAMES = [
  'custodian 1',
  'custodian 2',
  'custodian 3',
  'custodian 4',
  'operator',
  'operator 2',
  'witness',
] as const;

/** Parts of the names of what travels; and the descriptor's eight words, as the admin of sync reads them out. */
type Documents = Partial<Record<'descriptor' | 'descriptorWords' | 'package' | 'receipt', string>>;
type Sheets = Record<string, string>;

/** As it stands in the file. */
interface Remembered {
  readonly documents: Documents;

  readonly people: Readonly<Record<string, Person>>;
}

interface Person {
  readonly words: string;
  /** On every piece of paper that this person ever had. */
  readonly papers: readonly string[];
  readonly sheets: Sheets;
}

/** A laptop with its people, on the folders of a table. */
export interface Table {
  readonly host: CeremonyHost;
  readonly room: Room;
  readonly people: People;
  /** Knows the words of the ticket. */
  readonly pocket: Participant;
  readonly rehearsalFolder: string;
  /** Every passphrase that this person ever wrote down. */
  readonly papersOf: (name: string) => readonly Uint8Array[];
}

const POCKET = 'ticket';
/** The file beside the folders of a table. */
export const REMEMBERED = 'remembered.json';
const file = (root: string) => join(root, REMEMBERED);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const read = (root: string) => JSON.parse(readFileSync(file(root), 'utf8')) as Remembered;
const bytesOf = (kept: string) => new Uint8Array(Buffer.from(kept, 'base64'));

/** Writes down what everybody remembers, at once. */
export function rememberTable(
  root: string,
  people: People,
  pocket: Participant,
  documents: Documents,
): void {
  const everybody = [...NAMES.map((name) => people.get(name)), pocket];
  const before = existsSync(file(root)) ? read(root).people : {};
  const papers = (name: string, words: Uint8Array) => [
    ...new Set([...(before[name]?.papers ?? []), text(words)]),
  ];
  const remembered: Remembered = {
    documents,
    people: Object.fromEntries(
      everybody.map(({ person: { words }, sheets }, at): [string, Person] => {
        const name = NAMES[at] ?? POCKET;
        const kept = Object.entries(sheets).map(([kind, pdf]) => [kind, text(pdf)]);
        return [
          name,
          { words: text(words), papers: papers(name, words), sheets: Object.fromEntries(kept) },
        ];
      }),
    ),
  };
  writeFileSync(file(root), JSON.stringify(remembered));
}

/** Another document lies on the travelling stick now. */
export function carryTo(root: string, documents: Documents): void {
  const kept = read(root);
  const both = { ...kept.documents, ...documents };
  writeFileSync(file(root), JSON.stringify({ ...kept, documents: both }));
}

/** Seconds: how fast the laptop is says nothing here, and ten seconds at each of hundreds of moments is an hour. */
const MEASURED = 0.05;

function measuringBriefly(worker: WorkerProcess): WorkerProcess {
  return {
    ...worker,
    post: (message, port) =>
      worker.post(
        message.command === 'measure-move' ? { ...message, input: { seconds: MEASURED } } : message,
        port,
      ),
  };
}

export function openTable(root: string, startWorker: () => WorkerProcess): Table {
  const { documents, people: kept } = read(root);
  const people = new People();
  const pocket = new Participant(POCKET);
  for (const [name, { words, sheets }] of Object.entries(kept)) {
    const participant = name === POCKET ? pocket : people.get(name);
    participant.person.words = bytesOf(words);
    for (const [kind, pdf] of Object.entries(sheets)) {
      participant.sheets[kind as keyof typeof participant.sheets] = bytesOf(pdf);
    }
  }
  const rehearsalFolder = join(root, 'table');
  const host = createHost(
    headlessPlatform({
      dataFolder: join(root, 'laptop'),
      rehearsalFolder,
      attend: (title, window) =>
        people.attend(title, {
          ...window,
          // Whatever was written down is on paper before the laptop can die of the next thing.
          onMessage: (listener) =>
            window.onMessage((message, ports) => {
              listener(message, ports);
              rememberTable(root, people, pocket, documents);
            }),
        }),
      startWorker: () => measuringBriefly(startWorker()),
    }),
  );
  const { descriptorWords = '' } = documents;
  const arrangement = { sticks: STICKS, descriptorWords, documents };
  const room = new Room({ host, people, printer: practicePrinter(rehearsalFolder), arrangement });
  return {
    host,
    room,
    people,
    pocket,
    rehearsalFolder,
    papersOf: (name) => [people.get(name).person.words, ...(kept[name]?.papers ?? []).map(bytesOf)],
  };
}
