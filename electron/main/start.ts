/**
 * Starts the app: locks it down, opens the window, connects the window to the ceremony host.
 * @module
 */
import { app, Menu } from 'electron';
import { join } from 'node:path';
import { VIEW_CHANGED } from '../../shared/ipc/contract.ts';
import { reportFault } from './fault.ts';
import { handlersOf } from './handlers.ts';
import type { CeremonyHost, Platform } from './host/ports.ts';
import { registerIpc } from './ipc.ts';
import { lockContents, lockDefaultSession, lockSwitches } from './lockdown.ts';
import { forbidCoreDumps } from './machine.ts';
import { createPlatform } from './platform.ts';
import { dataFolder, prepareProfile } from './profile.ts';
import { declareScheme } from './scheme.ts';
import { createWindows } from './windows.ts';

export interface StartDeps {
  readonly createHost: (platform: Platform) => CeremonyHost;
  /** The folder of the built files; `out` in the app's own folder when it is not given. */
  readonly out?: string;
}

export function start({ createHost, out = join(app.getAppPath(), 'out') }: StartDeps): void {
  const data = dataFolder();
  const profile = prepareProfile(data);
  lockSwitches();
  declareScheme();
  // SECURITY: what a second instance was called with is not looked at; its arguments are ignored.
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  process.on('exit', () => profile.remove());
  lockContents();
  Menu.setApplicationMenu(null);

  let host: CeremonyHost | null = null;
  const windows = createWindows({ out, currentView: () => host?.view() ?? null });
  app.on('second-instance', () => {
    windows.main()?.show();
    windows.main()?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  stopHostBeforeQuitting(() => host);

  void app
    .whenReady()
    .then(async () => {
      lockDefaultSession();
      // SECURITY: before the first window, so that its process inherits it.
      await forbidCoreDumps();
      const platform = createPlatform({ out, windows, dataFolder: data });
      host = createHost(platform);
      host.onView((view) => windows.main()?.webContents.send(VIEW_CHANGED, view));
      registerIpc({
        handlers: handlersOf(host),
        knownSender: () => windows.main()?.webContents.id ?? null,
      });
      await windows.openMain();
    })
    .catch((error: unknown) => {
      reportFault('could not start', error);
      app.exit(3);
    });
}

/** The worker and every window end first; then the process, whatever they answered. */
function stopHostBeforeQuitting(host: () => CeremonyHost | null): void {
  let stopping = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (stopping) return;
    stopping = true;
    const ended = host()?.shutdown() ?? Promise.resolve();
    void ended
      .catch((error: unknown) => reportFault('while closing', error))
      .then(() => app.exit(0));
  });
}
