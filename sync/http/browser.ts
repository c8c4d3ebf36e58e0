/**
 * What protects a browser's session: the cookie's flags, and the check that a changing request
 * comes from sync's own page.
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Site } from '../config/people.ts';
import { refusePeople } from '../people/refusals.ts';

/** A script of our own page sets it; a form cannot, and another site's script may not (CORS). */
const OWN_HEADER = 'x-conclave';
const UNCHANGING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** `__Host-`: only from this very host, over TLS, for all paths. Browsers enforce it. */
function cookieName(site: Site): string {
  return site.secure ? '__Host-conclave' : 'conclave-rehearsal';
}

export function sessionCookie(request: FastifyRequest, site: Site): string | undefined {
  return request.cookies[cookieName(site)];
}

export function setSessionCookie(reply: FastifyReply, site: Site, value: string): void {
  reply.setCookie(cookieName(site), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: site.secure,
  });
}

export function clearSessionCookie(reply: FastifyReply, site: Site): void {
  reply.clearCookie(cookieName(site), {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: site.secure,
  });
}

/** Whether a browser sent this: it tells where from, and no script can keep it from doing so. */
export function isFromBrowser(request: FastifyRequest): boolean {
  return request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined;
}

/**
 * SECURITY: cross-site request forgery. A changing request needs the origin of this sync (or, where
 * a browser sends none, its word that the request is same-origin) and the header `x-conclave: 1`.
 * @throws Refusal `not-from-our-page`
 */
export function requireOwnPage(request: FastifyRequest, site: Site | undefined): void {
  if (UNCHANGING.has(request.method)) return;
  const { origin } = request.headers;
  const same =
    origin === undefined
      ? request.headers['sec-fetch-site'] === 'same-origin'
      : origin === site?.origin;
  if (!same || request.headers[OWN_HEADER] !== '1') throw refusePeople('not-from-our-page');
}
