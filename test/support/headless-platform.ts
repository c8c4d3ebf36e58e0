/**
 * A laptop without a window, for integration tests: the real host on a fresh data folder, the
 * worker as a real thread (with cheap age files), scripted people; and a sync that is only a key,
 * to make the documents that a real one would send.
 * @module
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost } from '../../electron/main/host/host.ts';
import type { CeremonyHost } from '../../electron/main/host/ports.ts';
import type { WorkerProcess } from '../../electron/worker/protocol.ts';
import { startNodeWorker } from '../../electron/worker/node-client.ts';
import { Participant, People } from '../../scripts/rehearse/people.ts';
import { headlessPlatform } from '../../scripts/rehearse/platform.ts';
import { practicePrinter, Room, type Arrangement } from '../../scripts/rehearse/room.ts';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import {
  packageType,
  type PackageDocument,
  type RecoverFacts,
  type RecoverPackage,
} from '../../shared/bundle/package.ts';
import {
  sealRecoverPackage,
  type PackageEmails,
  type StoredKey,
} from '../../shared/bundle/recover-package.ts';
import { parseTicket, type TicketDocument } from '../../shared/bundle/ticket.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import type { ManifestDocument } from '../../shared/sharing/manifest.ts';
import { receiptType, type Receipt } from '../../shared/bundle/receipt.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { Input } from '../../shared/ipc/contract.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { KeyRack } from './key-rack.ts';
import { saidOf } from './documents.ts';
import { makeSync, randomId, type TestSync } from './people.ts';

const WORKER = new URL('./worker-entry.ts', import.meta.url);
const KEYS_WORKER = new URL('./worker-keys-entry.ts', import.meta.url);

export const PLAN: Plan = {
  label: '2026 A',
  threshold: 3,
  custodians: [
    { name: 'custodian 1', medium: 'paper', mail: 'custodian.1@hospital.example' },
    { name: 'custodian 2', medium: 'usb', mail: 'custodian.2@hospital.example' },
    { name: 'custodian 3', medium: 'paper' },
    { name: 'custodian 4', medium: 'usb', mail: 'custodian.4@hospital.example' },
  ],
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'paper', mail: 'witness@audit.example' },
  page: 'A4',
};

export const STICKS = {
  operator: 'practice stick A',
  /** The witness has a stick where a test prints nothing. */
  witness: 'practice stick E',
  'custodian 2': 'practice stick B',
  'custodian 3': 'practice stick D',
  'custodian 4': 'practice stick C',
  sync: 'practice stick F',
} as const;

/** Ends a worker as a crash does: nobody asked it to. */
interface Crashable {
  crash(): void;
}

function crashable(worker: WorkerProcess): WorkerProcess & Crashable {
  const exits: (() => void)[] = [];
  return {
    ...worker,
    onExit: (listener) => void exits.push(listener),
    crash() {
      worker.kill();
      for (const listener of exits) listener();
    },
  };
}

/** A laptop with its people and a sync, in the mode of that sync. */
export interface Desk {
  readonly dataFolder: string;
  readonly people: People;
  readonly sync: TestSync;
  readonly host: CeremonyHost;
  readonly room: Room;
  /** The folder of the stick that somebody brings; `sync` is the travelling one. */
  stickFolder(name: 'operator' | 'sync'): string;
  /** Puts a document onto the travelling stick. Returns the part of its name that is its own. */
  carry(kind: string, digest: string, bytes: Uint8Array): Promise<string>;
}

/** A sync, and a way for its documents to the laptop. */
export type Courier = Pick<Desk, 'sync' | 'carry'>;

export interface Laptop extends Desk {
  readonly root: string;
  readonly rehearsalFolder: string;
  /** The window is gone without a word; a new one opens on what lies on the disk. */
  restart(): Promise<void>;
  crashWorker(): void;
  remove(): Promise<void>;
}

/**
 * @param keys of people who keep a share with a YubiKey
 * @param stickFaults of StickFaults: makes its sticks fail
 * @param mounted labels of sticks that are no folders, by who brings one
 */
export async function openLaptop(
  keys?: KeyRack,
  stickFaults?: SharedArrayBuffer,
  mounted: Partial<Record<keyof typeof STICKS, string>> = {},
): Promise<Laptop> {
  const root = await mkdtemp(join(tmpdir(), 'conclave-laptop-'));
  const dataFolder = join(root, 'laptop');
  const rehearsalFolder = join(root, 'table');
  await mkdir(rehearsalFolder);
  const people = new People();
  const sync = await makeSync('rehearsal');
  const documents: { descriptor?: string; package?: string; receipt?: string } = {};
  const arrangement: Arrangement = {
    sticks: { ...STICKS, ...mounted },
    descriptorWords: eightWords(hexToBytes(sync.descriptor.digest)),
    documents,
  };
  let worker: (WorkerProcess & Crashable) | null = null;
  const boot = () => {
    const host = createHost(
      headlessPlatform({
        dataFolder,
        rehearsalFolder,
        attend: (title, window) => people.attend(title, window),
        startWorker() {
          worker = crashable(
            keys === undefined
              ? startNodeWorker(WORKER)
              : startNodeWorker(KEYS_WORKER, {
                  softwareKeys: keys.channel,
                  ...(stickFaults === undefined ? {} : { stickFaults }),
                }),
          );
          return worker;
        },
      }),
    );
    const printer = practicePrinter(rehearsalFolder);
    return { host, room: new Room({ host, people, printer, arrangement }) };
  };
  let running = boot();
  await running.host.volumes('rehearsal');
  const laptop: Laptop = {
    root,
    dataFolder,
    rehearsalFolder,
    people,
    sync,
    get host() {
      return running.host;
    },
    get room() {
      return running.room;
    },
    stickFolder: (name) => join(rehearsalFolder, STICKS[name]),
    async carry(kind, digest, bytes) {
      const id = digest.slice(0, 8);
      await writeFile(join(rehearsalFolder, STICKS.sync, `conclave-${kind}-${id}.json`), bytes);
      if (kind === 'package' || kind === 'receipt' || kind === 'descriptor') documents[kind] = id;
      return id;
    },
    async restart() {
      // What a power cut leaves is what was synced; the worker is gone with its process.
      worker?.kill();
      running = boot();
    },
    crashWorker: () => worker?.crash(),
    async remove() {
      await running.host.shutdown();
      await rm(root, { recursive: true, force: true });
    },
  };
  const { descriptor } = sync;
  await laptop.carry('descriptor', descriptor.digest, descriptorType.toBytes(descriptor));
  return laptop;
}

const inDays = (days: number) => formatTime(new Date(Date.now() + days * 86_400_000));

/** What every package of the laptop's sync says. */
export function packageFacts({ sync }: Courier, epoch = 0) {
  return {
    mode: sync.mode,
    audience: sync.audience,
    nonce: randomId(),
    epoch,
    issuedAt: inDays(0),
    expiresAt: inDays(14),
    recipient: sync.recipient.publicKey,
    receiptHead: null,
  };
}

export async function carrySetupPackage(laptop: Courier, epoch = 0): Promise<PackageDocument> {
  const document = await packageType.sign(
    { ...packageFacts(laptop, epoch), kind: 'setup', keyVersion: 'v1' },
    [laptop.sync.signer],
  );
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  return document;
}

export const FACTS: RecoverFacts = {
  requestCode: 'ABC-123-XYZ',
  requestId: '7d444840-9dc0-41d1-b245-5ffdce74fad2',
  userId: 7,
  userName: 'account 7',
  surveyId: 31,
  surveyName: 'Ward survey',
  keyVersion: 'v1',
};

/**
 * The operator makes a ticket onto their stick; the words go into a pocket of their own.
 * @param identity how the operator's comes in: from that stick, made by a YubiKey, or made anew
 */
export async function makeTicket(
  laptop: Desk,
  identity: 'usb' | 'key' | 'new' = 'usb',
  more: Partial<Pick<Input<'ticket:make'>, 'kind' | 'descriptor'>> = {},
): Promise<{ readonly ticket: TicketDocument; readonly pocket: Participant }> {
  const { host, room, people, sync } = laptop;
  const volumeId = await room.stickOf('operator');
  const pocket = new Participant('operator');
  const operator = people.get('operator');
  const before = identity === 'new' ? [operator, operator] : [operator];
  people.expect(...before, pocket, ...(identity === 'key' ? [operator] : []));
  const { words } = await host.makeTicket({
    mode: sync.mode,
    kind: 'recover',
    operator: 'operator',
    volumeId,
    identity,
    identityVolumeId: identity === 'usb' ? volumeId : null,
    ...more,
  });
  const folder = laptop.stickFolder('operator');
  for (const name of await readdir(folder)) {
    if (!/^conclave-ticket-.*json$/.test(name)) continue;
    const ticket = parseTicket(new Uint8Array(await readFile(join(folder, name))), sync.mode);
    if (eightWords(hexToBytes(ticket.digest)) === words) return { ticket, pocket };
  }
  throw new Error('No ticket on the stick has these words.');
}

/** A recovery package sealed to a ticket. */
export async function carryRecoverPackage(
  laptop: Courier,
  { body, digest }: TicketDocument,
  set: {
    readonly manifest: ManifestDocument;
    readonly roster: RecoverPackage['roster'];
    readonly vaultComponent: Uint8Array;
    /** Given: the package says that the escrow holds an address, or none where it is null. */
    readonly emails?: PackageEmails;
  } & StoredKey,
): Promise<PackageDocument> {
  const { manifest, roster, vaultComponent, emails = null, ...stored } = set;
  const sealed = await sealRecoverPackage(
    {
      ...packageFacts(laptop, 1),
      kind: 'recover',
      ticketId: body.ticketId,
      ticketDigest: digest,
      facts: FACTS,
      ...(emails === null
        ? {}
        : { escrowedEmail: emails.escrowed === null ? ('none' as const) : ('sealed' as const) }),
      ...(stored.sealedEscrow === undefined ? {} : { escrow: saidOf(stored.sealedEscrow) }),
      manifest: envelopeToJson(manifest.envelope),
      roster,
    },
    body.recipient,
    { vaultComponent, emails, ...stored },
  );
  const document = await packageType.sign(sealed, [laptop.sync.signer]);
  await laptop.carry('package', document.digest, packageType.toBytes(document));
  return document;
}

/** A receipt as sync signs it; `change` makes it another one. */
export async function carryReceipt(
  laptop: Courier,
  bundle: BundleDocument,
  change: Partial<Receipt> = {},
): Promise<Receipt> {
  const { kind, nonce, packageDigest, ceremonyId, epoch } = bundle.body;
  const body: Receipt = {
    mode: laptop.sync.mode,
    audience: laptop.sync.audience,
    sequence: 1,
    previous: null,
    kind,
    outcome: 'committed',
    nonce,
    packageDigest,
    bundleDigest: bundle.digest,
    ceremonyId,
    keyVersion: 'v1',
    at: inDays(0),
    epoch: epoch + 1,
    statement: 'It was written and read back.',
    readBack: ['Vault: platform/master-key'],
    ...change,
  };
  const document = await receiptType.sign(body, [laptop.sync.signer]);
  await laptop.carry('receipt', document.digest, receiptType.toBytes(document));
  return body;
}
