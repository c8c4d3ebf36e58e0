/**
 * A laptop that holds real ceremonies, without a window: the real host and worker in mode
 * production, sticks that are really mounted, unmounted and mounted again, a printer behind a real
 * CUPS. Three things stand in for what a test machine lacks: the facts of the environment check are
 * those of a prepared laptop, the runtime counts as the packaged one, and the loop devices of the
 * sticks count as removable (removable.ts).
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost } from '../../electron/main/host/host.ts';
import type { Platform } from '../../electron/main/host/ports.ts';
import type { WorkerProcess } from '../../electron/worker/protocol.ts';
import { startNodeWorker } from '../../electron/worker/node-client.ts';
import { People } from '../../scripts/rehearse/people.ts';
import { headlessPlatform } from '../../scripts/rehearse/platform.ts';
import { Room, type Arrangement, type RoomPrinter } from '../../scripts/rehearse/room.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { startPrinter, type TestPrinter } from '../servers/cups.ts';
import { mountExt4, type TestVolume } from '../servers/volumes.ts';
import type { Desk } from './headless-platform.ts';
import { makeSync } from './people.ts';
import { findingsOf, PREPARED, type LaptopFacts } from './prepared-laptop.ts';
import { markRemovable, takeOut } from './removable.ts';

const WORKER = new URL('./worker-removable-entry.ts', import.meta.url);

/** Labels of the sticks by who brings each. */
export const REAL_STICKS = {
  operator: 'OPERATOR',
  'custodian 2': 'CUSTODIAN-2',
  sync: 'TRAVEL',
} as const;
type Owner = keyof typeof REAL_STICKS;

export interface ProductionLaptop extends Desk {
  readonly printer: TestPrinter;
  readonly sticks: Readonly<Record<Owner, TestVolume>>;
  /** What the environment check sees from now on. */
  facts: LaptopFacts;
  /** How many workers were ever started: each could hold secrets. */
  readonly workers: number;
  /** How often a stick was really taken out and put back. */
  readonly replugs: number;
  /** What the system calls removable; taken away and put back by tests. */
  readonly removable: string[];
  remove(): Promise<void>;
}

/** The tray of a printer, from which each sheet is taken once. */
function trayOf(printer: TestPrinter): RoomPrinter {
  let taken = 0;
  return {
    id: printer.name,
    async take() {
      const sheets = (await printer.sheets()).slice(taken);
      taken += sheets.length;
      return sheets;
    },
  };
}

export async function openProductionLaptop(): Promise<ProductionLaptop> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'conclave-production-'));
  const printer = await startPrinter();
  process.env['CUPS_SERVER'] = printer.server;
  const mount = (owner: Owner) => mountExt4({ sizeMiB: 8, label: REAL_STICKS[owner] });
  const sticks = {
    operator: await mount('operator'),
    'custodian 2': await mount('custodian 2'),
    sync: await mount('sync'),
  };
  const volumes = Object.values(sticks);
  const removable = volumes.flatMap(({ device }) => device ?? []);
  const looks = markRemovable(removable);
  const people = new People();
  const sync = await makeSync('production');
  const documents: NonNullable<Arrangement['documents']> & Record<string, string> = {};
  let facts = PREPARED;
  let workers = 0;
  let replugs = 0;

  const platform: Platform = {
    ...headlessPlatform({
      dataFolder,
      rehearsalFolder: dataFolder,
      attend: (title, window) => people.attend(title, window),
      startWorker(): WorkerProcess {
        workers += 1;
        return startNodeWorker(WORKER, { removable });
      },
    }),
    rehearsalFolder: null,
    productionRefused: null,
    checkEnvironment: () => findingsOf(facts),
  };
  const host = createHost(platform);

  /** As a person does it: out, until the host has looked and found it gone; then in again. */
  async function replug(label: string): Promise<void> {
    const owner = (Object.keys(REAL_STICKS) as Owner[]).find((name) => REAL_STICKS[name] === label);
    if (owner === undefined) throw new Error(`Nobody brings a stick ${label}.`);
    await takeOut(sticks[owner], looks);
    await sticks[owner].remount();
    replugs += 1;
  }
  let out: string | null = null;
  const room = new Room({
    host,
    people,
    mode: 'production',
    printer: trayOf(printer),
    arrangement: {
      sticks: REAL_STICKS,
      descriptorWords: eightWords(hexToBytes(sync.descriptor.digest)),
      documents,
    },
    onView(view) {
      if (view.screen !== 'replug' && view.screen !== 'new-legacy-replug') out = null;
      else if (out === null) {
        out = view.volumeLabel;
        void replug(out);
      }
    },
  });

  const laptop: ProductionLaptop = {
    dataFolder,
    people,
    sync,
    host,
    room,
    printer,
    sticks,
    removable,
    get facts() {
      return facts;
    },
    set facts(now) {
      facts = now;
    },
    get workers() {
      return workers;
    },
    get replugs() {
      return replugs;
    },
    stickFolder: (name) => sticks[name].path,
    async carry(kind, digest, bytes) {
      const id = digest.slice(0, 8);
      await writeFile(join(sticks.sync.path, `conclave-${kind}-${id}.json`), bytes);
      documents[kind] = id;
      return id;
    },
    async remove() {
      await host.shutdown();
      for (const volume of volumes) await volume.dispose();
      delete process.env['CUPS_SERVER'];
      await printer.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
  const { descriptor } = sync;
  await laptop.carry('descriptor', descriptor.digest, descriptorType.toBytes(descriptor));
  return laptop;
}
