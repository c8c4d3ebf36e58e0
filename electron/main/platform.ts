/**
 * Electron as the ceremony host sees it: a utility process that holds the secrets, windows for
 * secret entries, and what is known of the machine.
 * @module
 */
import { app, clipboard, MessageChannelMain, utilityProcess, type MessagePortMain } from 'electron';
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { FromWorker, WorkerProcess } from '../worker/protocol.ts';
import type { EntryWindow, Platform } from './host/ports.ts';
import { checkMachine } from './machine.ts';
import { whyNoProduction } from './production.ts';
import { refuseCall } from './refusals.ts';
import type { Windows } from './windows.ts';

export interface PlatformDeps {
  /** The built files. */
  readonly out: string;
  readonly windows: Windows;
  readonly dataFolder: string;
}

export function createPlatform(deps: PlatformDeps): Platform {
  return {
    startWorker: () => startWorker(join(deps.out, 'main', 'worker.cjs')),
    openEntryWindow: (title) => openEntryWindow(deps.windows, title),
    checkEnvironment: () => checkMachine(),
    application: `Conclave ${app.getVersion()}, Electron ${process.versions.electron}`,
    productionRefused: whyNoProduction(process.versions.electron, app.isPackaged),
    dataFolder: deps.dataFolder,
    rehearsalFolder: rehearsalFolder(deps.dataFolder),
    clearClipboard: () => {
      clipboard.clear();
      // SECURITY: on Linux what somebody only selected is kept, too; the middle button pastes it.
      clipboard.selection.clear();
    },
    now: () => new Date(),
  };
}

function rehearsalFolder(data: string): string {
  const folder = process.env['CONCLAVE_REHEARSAL_FOLDER'] || join(data, 'rehearsal-stick');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/**
 * SECURITY: the worker's environment leaves out what would make Node or the loader run other code.
 */
function workerEnvironment(): NodeJS.ProcessEnv {
  const dangerous = /^(?:NODE_|ELECTRON_|LD_|DYLD_)/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !dangerous.test(name))),
    // Survey keys that move are derived in these threads: one for each core.
    UV_THREADPOOL_SIZE: String(Math.max(4, cpus().length)),
  };
}

function startWorker(script: string): Promise<WorkerProcess> {
  const child = utilityProcess.fork(script, [], {
    serviceName: 'Conclave secrets',
    stdio: 'inherit',
    env: workerEnvironment(),
  });
  let exited = false;
  let killed = false;
  const exitListeners = new Set<() => void>();
  return new Promise((resolve, reject) => {
    child.once('exit', () => {
      exited = true;
      reject(refuseCall('worker-failed'));
      if (!killed) for (const listener of exitListeners) listener();
    });
    child.once('spawn', () =>
      resolve({
        post: (message, port) =>
          child.postMessage(message, port === undefined ? [] : [port as MessagePortMain]),
        onMessage: (listener) =>
          void child.on('message', (message: FromWorker) => listener(message)),
        onExit: (listener) => {
          exitListeners.add(listener);
          if (exited && !killed) listener();
        },
        kill: () => {
          killed = true;
          child.kill();
        },
      }),
    );
  });
}

/** The page gets one end of a channel, the worker the other; main keeps neither. */
async function openEntryWindow(windows: Windows, title: string): Promise<EntryWindow> {
  const { port1: pagePort, port2: workerPort } = new MessageChannelMain();
  const window = await windows.openEntry(title).catch(() => {
    throw refuseCall('entry-window-failed');
  });
  window.webContents.postMessage('entry:port', null, [pagePort]);
  window.show();
  window.focus();
  return {
    workerPort,
    destroy: () => {
      if (!window.isDestroyed()) window.destroy();
    },
  };
}
