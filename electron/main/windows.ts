/**
 * The app's window, and the short-lived windows for secret entries in front of it.
 * @module
 */
import { app, BrowserWindow, dialog, type WebPreferences } from 'electron';
import { join } from 'node:path';
import type { View } from '../../shared/ceremony/view.ts';
import { listFiles } from './files.ts';
import { lockedSession } from './lockdown.ts';
import { PAGE_URLS, serve, type Page } from './scheme.ts';

export interface WindowsDeps {
  /** The built files: `preload/` and `renderer/` below it. */
  readonly out: string;
  /** What is shown, to ask before closing a ceremony that is going on. */
  readonly currentView: () => View | null;
}

export interface Windows {
  openMain(): Promise<BrowserWindow>;
  main(): BrowserWindow | null;
  /** Covers the main window's content; shows nothing until its page is loaded. */
  openEntry(title: string): Promise<BrowserWindow>;
}

/** Screens at which closing the window interrupts nothing. */
const RESTING = new Set<View['screen']>(['waiting', 'closed', 'void']);

export function createWindows({ out, currentView }: WindowsDeps): Windows {
  const files = listFiles(join(out, 'renderer'));
  let main: BrowserWindow | null = null;
  let entries = 0;
  let quitting = false;
  app.on('before-quit', () => {
    quitting = true;
  });

  const preferences = (page: Page, partition: string): WebPreferences => {
    const session = lockedSession(partition, page);
    serve(session, page, files);
    return {
      session,
      preload: join(out, 'preload', `${page}.cjs`),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      autoplayPolicy: 'no-user-gesture-required',
      // SECURITY: DevTools in front of a running ceremony would show whatever is typed.
      devTools: !app.isPackaged,
    };
  };

  return {
    main: () => main,
    async openMain() {
      const window = new BrowserWindow({
        width: 1280,
        height: 800,
        minWidth: 1024,
        minHeight: 700,
        show: false,
        title: 'Conclave',
        icon: join(out, '..', 'resources', 'icons', 'conclave-256.png'),
        webPreferences: preferences('main', 'main'),
      });
      main = window;
      window.on('closed', () => {
        main = null;
      });
      window.on('close', (event) => {
        if (!quitting && interrupts(currentView()) && !confirmClosing(window)) {
          event.preventDefault();
        }
      });
      window.once('ready-to-show', () => window.show());
      await window.loadURL(PAGE_URLS.main);
      return window;
    },
    async openEntry(title) {
      if (!main) throw new Error('There is no main window.');
      entries += 1;
      const parent = main;
      const window = new BrowserWindow({
        ...parent.getContentBounds(),
        parent,
        frame: false,
        show: false,
        title,
        skipTaskbar: true,
        resizable: false,
        movable: false,
        minimizable: false,
        fullscreenable: false,
        // SECURITY: a partition without `persist:` is in memory, and of this window alone.
        webPreferences: preferences('entry', `entry-${entries}`),
      });
      // A second screen or a recorder does not get it, where the system knows how to refuse.
      window.setContentProtection(true);
      const follow = () => {
        if (!window.isDestroyed()) window.setBounds(parent.getContentBounds());
      };
      parent.on('move', follow);
      parent.on('resize', follow);
      window.once('closed', () => {
        if (parent.isDestroyed()) return;
        parent.off('move', follow);
        parent.off('resize', follow);
        parent.focus();
      });
      await window.loadURL(PAGE_URLS.entry).catch((error: unknown) => {
        // Nobody else knows of this window yet: hidden, it would lie over the next one for ever.
        if (!window.isDestroyed()) window.destroy();
        throw error;
      });
      return window;
    },
  };
}

function interrupts(view: View | null): boolean {
  return view !== null && !RESTING.has(view.screen);
}

function confirmClosing(window: BrowserWindow): boolean {
  const stay = 0;
  const choice = dialog.showMessageBoxSync(window, {
    type: 'warning',
    title: 'Conclave',
    message: 'Close Conclave while a ceremony is going on?',
    detail:
      'This ceremony cannot be continued afterwards. Home will list by name what was already ' +
      'written, so that it can be destroyed.',
    buttons: ['Go on with the ceremony', 'Close and interrupt it'],
    defaultId: stay,
    cancelId: stay,
    noLink: true,
  });
  return choice !== stay;
}
