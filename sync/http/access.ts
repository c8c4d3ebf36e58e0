/**
 * Who may call a route. Every route says it in its config; one that says nothing is refused when
 * it is registered, so that none is open by oversight.
 *
 * @example
 * app.post('/v1/bundles', { config: { access: ['operator'] }, schema: … }, handler);
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Admin, type Role, ROLES } from '../admins/admins.ts';
import { refuseAdmin } from '../admins/refusals.ts';
import { authenticate } from '../admins/token-rows.ts';
import type { Site } from '../config/people.ts';
import type { Database } from '../database/database.ts';
import { failureRecorder, type SignInWay } from '../people/failures.ts';
import { machineOf, showsCertificate, verifiedCertificate } from '../people/machines.ts';
import { refusePeople } from '../people/refusals.ts';
import { findSession, type Session } from '../people/sessions.ts';
import { isFromBrowser, requireOwnPage, sessionCookie } from './browser.ts';

/** `public`, any signed-in admin, or the roles of which one is needed. */
export type Access = 'public' | 'any-admin' | readonly [Role, ...Role[]];

/** How the caller showed who he is. */
export type SignIn = 'certificate' | 'token' | 'session';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Only for who signed in so: a token alone must not make new keys. */
    signIn?: 'session';
    /** A request that the page makes by itself (polling, events): it keeps no session alive. */
    quiet?: boolean;
  }
  interface FastifyRequest {
    /** Who called; null on public routes. Handlers use {@link adminOf}. */
    admin: Admin | null;
    signIn: SignIn | null;
    /** The browser's session; null for tokens and certificates. */
    session: Session | null;
  }
  interface FastifyInstance {
    /** Writes down that somebody failed to sign in. Never throws. */
    noteFailedSignIn(request: FastifyRequest, how: SignInWay): Promise<void>;
  }
}

/** The signed-in admin of a route that is not public. */
export function adminOf(request: FastifyRequest): Admin {
  if (request.admin === null) throw refuseAdmin('not-signed-in');
  return request.admin;
}

interface Found {
  readonly admin: Admin;
  readonly signIn: SignIn;
  readonly session?: Session;
}

const has = ({ admin }: Found, role: Role): boolean => admin.roles.includes(role);

/**
 * SECURITY: CheckTick's own token or certificate lies on a web server. It stores survey keys and
 * reads nothing: whoever takes it learns nothing from sync.
 */
function onlyEscrows(found: Found): boolean {
  return found.signIn !== 'session' && found.admin.roles.every((role) => role === 'escrower');
}

/** @param site sync's own web address; without one there are no sessions */
export function installAccess(
  app: FastifyInstance,
  database: Database,
  site: Site | undefined,
): void {
  const record = failureRecorder(database);
  app.decorateRequest('admin', null);
  app.decorateRequest('signIn', null);
  app.decorateRequest('session', null);
  app.decorate('noteFailedSignIn', (request: FastifyRequest, how: SignInWay) =>
    record(how, request.ip),
  );
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) {
      throw new Error(
        `the route ${String(route.method)} ${route.url} does not say who may call it`,
      );
    }
  });

  async function identify(request: FastifyRequest): Promise<Found | undefined> {
    const certificate = verifiedCertificate(request.raw.socket);
    const machine = certificate && (await machineOf(database, certificate));
    if (machine !== undefined) {
      // SECURITY: a browser that holds a machine's certificate sends it whoever made the request.
      if (isFromBrowser(request)) requireOwnPage(request, site);
      return { admin: machine, signIn: 'certificate' };
    }
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const [scheme, token] = authorization.split(' ');
      const admin =
        scheme?.toLowerCase() === 'bearer' && token !== undefined
          ? await authenticate(database, token)
          : undefined;
      if (admin === undefined) await app.noteFailedSignIn(request, 'token');
      return admin && { admin, signIn: 'token' };
    }
    const found = await identifyBySession(request);
    // Forged, expired, not registered or revoked: a machine that is let in by nothing else either.
    if (found === undefined && showsCertificate(request.raw.socket)) {
      await app.noteFailedSignIn(request, 'certificate');
    }
    return found;
  }

  async function identifyBySession(request: FastifyRequest): Promise<Found | undefined> {
    const cookie = site && sessionCookie(request, site);
    if (cookie === undefined) return undefined;
    const quiet = request.routeOptions.config.quiet === true;
    const found = await findSession(database, cookie, { quiet });
    if (found === undefined) return undefined;
    requireOwnPage(request, site);
    return { ...found, signIn: 'session' };
  }

  // After the rate limit (onRequest), so that guessing costs no database query; before the body.
  app.addHook('preParsing', async (request) => {
    const { access, signIn } = request.routeOptions.config;
    // Unknown addresses have no access setting; their handler answers 404.
    if (access === undefined) return;
    if (access === 'public') {
      if (isFromBrowser(request)) requireOwnPage(request, site);
      return;
    }
    const found = await identify(request);
    if (found === undefined) throw refuseAdmin('not-signed-in');
    const { admin } = found;
    if (access === 'any-admin' ? onlyEscrows(found) : !access.some((role) => has(found, role))) {
      const roles = access === 'any-admin' ? ROLES.filter((role) => role !== 'escrower') : access;
      throw refuseAdmin('wrong-role', roles.join(' or '));
    }
    if (signIn !== undefined && found.signIn !== signIn) throw refusePeople('session-needed');
    request.admin = admin;
    request.signIn = found.signIn;
    request.session = found.session ?? null;
  });
}
