/**
 * Who may call a route. Every route says it in its config; one that says nothing is refused when
 * it is registered, so that none is open by oversight.
 *
 * @example
 * app.post('/v1/bundles', { config: { access: ['operator'] }, schema: … }, handler);
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Admin, Role } from '../admins/admins.ts';
import { refuseAdmin } from '../admins/refusals.ts';
import { authenticate } from '../admins/token-rows.ts';
import type { Database } from '../database/database.ts';

/** `public`, any signed-in admin, or the roles of which one is needed. */
export type Access = 'public' | 'any-admin' | readonly [Role, ...Role[]];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Who called; null on public routes. Handlers use {@link adminOf}. */
    admin: Admin | null;
  }
}

/** The signed-in admin of a route that is not public. */
export function adminOf(request: FastifyRequest): Admin {
  if (request.admin === null) throw refuseAdmin('not-signed-in');
  return request.admin;
}

export function installAccess(app: FastifyInstance, database: Database): void {
  app.decorateRequest('admin', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) {
      throw new Error(
        `the route ${String(route.method)} ${route.url} does not say who may call it`,
      );
    }
  });
  // After the rate limit (onRequest), so that guessing costs no database query; before the body.
  app.addHook('preParsing', async (request) => {
    const access = request.routeOptions.config.access;
    // Unknown addresses have no access setting; their handler answers 404.
    if (access === undefined || access === 'public') return;
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    const admin =
      scheme?.toLowerCase() === 'bearer' && token !== undefined
        ? await authenticate(database, token)
        : undefined;
    if (admin === undefined) throw refuseAdmin('not-signed-in');
    if (access !== 'any-admin' && !access.some((role) => admin.roles.includes(role))) {
      throw refuseAdmin('wrong-role', access.join(' or '));
    }
    request.admin = admin;
  });
}
