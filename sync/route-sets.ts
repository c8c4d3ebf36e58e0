/**
 * The routes that the service carries besides health and OpenAPI, in one list.
 * @module
 */
import { alertRoutes } from './routes/alerts.ts';
import { auditRoutes } from './routes/audit.ts';
import { flowRoutes } from './routes/flow-routes.ts';
import { pageRoutes } from './routes/page.ts';
import { peopleRoutes } from './routes/people.ts';
import type { OnStep } from './trust/context.ts';
import type { RouteSet } from './server.ts';

/** @param onStep for tests that kill a commit between two writes */
export function routeSets(onStep?: OnStep): readonly RouteSet[] {
  return [flowRoutes(onStep), peopleRoutes, auditRoutes, pageRoutes, alertRoutes];
}
