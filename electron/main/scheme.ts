/**
 * The `app:` scheme: the only place that a window of Conclave can load anything from.
 * @module
 */
import { protocol, type Session } from 'electron';
import { readFile } from 'node:fs/promises';
import type { ServedFile } from './files.ts';

export const SCHEME = 'app';

/** The two kinds of page: each has a host of its own, so that neither is the other's origin. */
export type Page = 'main' | 'entry';

export const PAGE_URLS: Readonly<Record<Page, string>> = {
  main: 'app://main/index.html',
  entry: 'app://entry/entry.html',
};

const COMMON = [
  "default-src 'none'",
  "style-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** The entry page compiles the QR reader's WebAssembly and loads that one file by fetch. */
const POLICIES: Readonly<Record<Page, string>> = {
  main: [...COMMON, "script-src 'self'", "img-src 'self'", "connect-src 'none'"].join('; '),
  entry: [...COMMON, "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'"].join('; '),
};

/** Before the app is ready, once. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves one page's files, and only its origin's, in a session of its own. */
export function serve(session: Session, page: Page, files: ReadonlyMap<string, ServedFile>): void {
  const origin = new URL(PAGE_URLS[page]);
  session.protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    if (request.method !== 'GET') return new Response(null, { status: 405 });
    const served = url.host === origin.host ? files.get(url.pathname) : undefined;
    if (!served) return new Response(null, { status: 404 });
    return new Response(new Uint8Array(await readFile(served.file)), {
      headers: {
        'content-type': served.type,
        'content-security-policy': POLICIES[page],
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': 'no-store',
      },
    });
  });
}
