/**
 * The ceremony host's platform without Electron: a worker thread for the secrets, and people who
 * act at entry windows by script. Rehearsals and tests only: production is refused here.
 * @module
 */
import { tmpdir } from 'node:os';
import { checkEnvironment } from '../../electron/environment/check.ts';
import { machineFacts } from '../../electron/environment/facts.ts';
import type { Platform } from '../../electron/main/host/ports.ts';
import { entryChannel, startNodeWorker } from '../../electron/worker/node-client.ts';
import type { Port, WorkerProcess } from '../../electron/worker/protocol.ts';
import type { FromEntry, ToEntry } from '../../shared/ipc/entry.ts';

export interface HeadlessOptions {
  readonly dataFolder: string;
  /** Holds the folders that count as sticks, and the sheets as PDF files. */
  readonly rehearsalFolder: string;
  /** Sits down at an entry window. `title` says who is meant, as a window's title bar does. */
  readonly attend: (title: string, window: Port<ToEntry, FromEntry>) => void;
  /** Another thread than the product's: tests with cheap age files. */
  readonly startWorker?: () => WorkerProcess;
}

export function headlessPlatform(options: HeadlessOptions): Platform {
  const { startWorker = () => startNodeWorker() } = options;
  return {
    startWorker: () => Promise.resolve(startWorker()),
    openEntryWindow(title) {
      const { workerPort, window } = entryChannel();
      options.attend(title, window);
      return Promise.resolve({ workerPort, destroy: () => window.close() });
    },
    checkEnvironment: () =>
      checkEnvironment({
        facts: machineFacts,
        runtime: {
          electronVersion: undefined,
          packaged: false,
          arguments: [...process.execArgv, ...process.argv],
          nodeOptions: process.env['NODE_OPTIONS'],
          userId: process.geteuid?.(),
          profileFolders: [],
          processIds: [process.pid],
          temporaryFolder: tmpdir(),
        },
      }),
    application: `Conclave headless, Node ${process.versions.node}`,
    productionRefused:
      'This Conclave runs without a window. Real ceremonies need the installed package.',
    dataFolder: options.dataFolder,
    rehearsalFolder: options.rehearsalFolder,
    clearClipboard: () => undefined,
    now: () => new Date(),
  };
}
