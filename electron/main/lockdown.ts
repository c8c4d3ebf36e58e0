/**
 * What the app may not do: reach a network, open pages, ask for devices, keep anything.
 * @module
 */
import { app, type Session, session as sessions, type WebContents } from 'electron';
import { PAGE_URLS, SCHEME, type Page } from './scheme.ts';

/** Switches of Chromium: before the app is ready. */
export function lockSwitches(): void {
  const { commandLine } = app;
  // SECURITY: no name resolves, so nothing that slips past the filters below finds a host.
  commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp');
  commandLine.appendSwitch('no-proxy-server');
  commandLine.appendSwitch('disable-background-networking');
  commandLine.appendSwitch('disable-component-update');
  commandLine.appendSwitch('disable-domain-reliability');
  commandLine.appendSwitch('disable-breakpad');
  commandLine.appendSwitch('no-pings');
  // SECURITY: shaders and code are cached in files; typed text must not be guessable from them.
  commandLine.appendSwitch('disable-gpu-shader-disk-cache');
  commandLine.appendSwitch('disable-http-cache');
}

/** Every web contents that is ever made, ours or not. */
export function lockContents(): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  });
}

/** A session in memory for one page; `name` must not be used again for another window. */
export function lockedSession(name: string, page: Page): Session {
  const session = sessions.fromPartition(name, { cache: false });
  lockSession(session, page);
  return session;
}

/** The session that Chromium makes unasked: no window uses it. */
export function lockDefaultSession(): void {
  lockSession(sessions.defaultSession, null);
}

function lockSession(session: Session, page: Page | null): void {
  const allowed = page === null ? null : new URL(PAGE_URLS[page]);
  session.setSpellCheckerEnabled(false);
  // SECURITY: no filter is given, so every request of every scheme comes by here.
  session.webRequest.onBeforeRequest((details, callback) => {
    const url = new URL(details.url);
    callback({ cancel: url.protocol !== `${SCHEME}:` || url.host !== allowed?.host });
  });
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    answer(
      page === 'entry' &&
        permission === 'media' &&
        'mediaTypes' in details &&
        onlyVideo(details.mediaTypes) &&
        isPage(contents, 'entry'),
    );
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin, details) =>
      page === 'entry' &&
      permission === 'media' &&
      details.mediaType === 'video' &&
      new URL(origin).host === allowed?.host,
  );
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}

/** SECURITY: the camera, never the microphone. */
function onlyVideo(types: readonly string[] | undefined): boolean {
  return types !== undefined && types.length > 0 && types.every((type) => type === 'video');
}

/** Whether a web contents shows the page that it was made for. */
export function isPage(contents: WebContents | null, page: Page): boolean {
  return contents !== null && contents.getURL() === PAGE_URLS[page];
}
