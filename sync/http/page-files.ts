/**
 * Serves the built page under `/`. Every file is read once at the start and has an address of its
 * own, so no address that comes from outside is ever turned into a path.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/** SECURITY: nothing inline, nothing from elsewhere, in nobody's frame. */
export const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()',
} as const;

/** @param folder of the built page; where there is none, sync serves its interface only */
export function registerPageFiles(app: FastifyInstance, folder: string): void {
  if (!existsSync(path.join(folder, 'index.html'))) {
    app.log.warn('the page is not built: sync serves its interface only');
    return;
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const type = TYPES[path.extname(file)];
    if (type === undefined) continue;
    const bytes = readFileSync(file);
    const name = path.relative(folder, file).split(path.sep).join('/');
    const isPage = name === 'index.html';
    // The link of an enrolment has its code in the fragment, which no server sees.
    for (const url of isPage ? ['/', '/enrol'] : [`/${name}`]) {
      app.get(
        url,
        { config: { access: 'public' }, schema: { hide: true } },
        async (_request, reply) =>
          reply
            .headers({
              ...PAGE_HEADERS,
              'content-type': type,
              // Their names change with their contents.
              'cache-control': isPage ? 'no-store' : 'public, max-age=31536000, immutable',
            })
            .send(bytes),
      );
    }
  }
}
