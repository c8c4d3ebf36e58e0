/**
 * A ceremony host that shows whatever a test gives it: the real window, preload, policy and IPC
 * around fixtures. It stands for no proof of a ceremony, only of what screens look like.
 * @module
 */
import { BrowserWindow } from 'electron';
import type { HomeView } from '../../shared/ceremony/home.ts';
import type { View } from '../../shared/ceremony/view.ts';
import type { ToEntry } from '../../shared/ipc/entry.ts';
import {
  chainOf,
  documents,
  emptyHome,
  LOG_SAVED,
  printers,
  ticket,
  volumes,
} from '../../renderer/fixtures/answers.ts';
import { planOpened, planSaved } from '../../renderer/fixtures/plans.ts';
import type { CeremonyHost, EntryWindow, Platform } from '../../electron/main/host/ports.ts';

/** What the test steers, from Playwright's `evaluate`, by this name on globalThis. */
export interface Steering {
  show(view: View | null, home: HomeView | null, lists: 'filled' | 'empty'): void;
  /** `broken` runs in the page before it hears the first message. */
  openEntry(messages: readonly ToEntry[], broken?: string): Promise<void>;
  closeEntry(): void;
  /** One message more to the entry window that is open. */
  say(message: ToEntry): void;
  /** What the entry window's page sent. */
  readonly heard: unknown[];
  /** What people said to the ceremony, which stays as it is. */
  readonly said: unknown[];
}

interface MainPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
  start(): void;
}

const refuse = () => Promise.reject(new Error('Nothing happens in a picture.'));

export function createScriptedHost(platform: Platform): CeremonyHost {
  const listeners: ((view: View | null) => void)[] = [];
  let view: View | null = null;
  let home: HomeView = emptyHome;
  let filled = true;
  let entry: EntryWindow | null = null;
  const steering: Steering = {
    heard: [],
    said: [],
    show(next, nextHome, lists) {
      view = next;
      home = nextHome ?? home;
      filled = lists === 'filled';
      for (const listener of listeners) listener(view);
    },
    async openEntry(messages, broken) {
      entry = await platform.openEntryWindow('Conclave: secret entry');
      const port = entry.workerPort as MainPort;
      await new Promise<void>((resolve) => {
        port.on('message', ({ data }) => {
          steering.heard.push(data);
          if ((data as { type: string }).type === 'ready') resolve();
        });
        port.start();
      });
      if (broken !== undefined) {
        for (const window of BrowserWindow.getAllWindows()) {
          if (window.getParentWindow()) await window.webContents.executeJavaScript(broken);
        }
      }
      for (const message of messages) port.postMessage(message);
    },
    say(message) {
      (entry?.workerPort as MainPort | undefined)?.postMessage(message);
    },
    closeEntry() {
      entry?.destroy();
      entry = null;
    },
  };
  Object.assign(globalThis, { steering });
  return {
    home: () => Promise.resolve(home),
    view: () => view,
    onView: (listener) => void listeners.push(listener),
    volumes: () => Promise.resolve(filled ? volumes : []),
    printers: () => Promise.resolve(filled ? printers : []),
    findDocuments: ({ kind }) => Promise.resolve(filled ? documents(kind) : []),
    start: refuse,
    resume: refuse,
    dispatch(event) {
      steering.said.push(event);
      return Promise.resolve();
    },
    leave: refuse,
    openChain: ({ documentId }) => Promise.resolve(chainOf(documentId)),
    trustChain: refuse,
    makeTicket: () => Promise.resolve(ticket),
    savePlan: () => Promise.resolve(planSaved),
    openPlan: ({ mode }) => Promise.resolve({ ...planOpened, plan: { ...planOpened.plan, mode } }),
    printPlan: () => Promise.resolve({ description: 'A4 page on office', warning: null }),
    sayUnsealKeys(input) {
      steering.said.push(input);
      return Promise.resolve(null);
    },
    exportLog: () => Promise.resolve({ description: LOG_SAVED }),
    saveCalendar: () => Promise.resolve({ description: 'stick SYNC, file conclave-drills.ics' }),
    shutdown: () => Promise.resolve(),
  };
}
