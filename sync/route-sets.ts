/**
 * The routes that the service carries besides health and OpenAPI, in one list.
 * @module
 */
import { alertRoutes } from './routes/alerts.ts';
import { auditRoutes } from './routes/audit.ts';
import { flowRoutes } from './routes/flow-routes.ts';
import { pageRoutes } from './routes/page.ts';
import { peopleRoutes } from './routes/people.ts';
import type { RouteSet } from './server.ts';

export const ROUTE_SETS: readonly RouteSet[] = [
  flowRoutes(),
  peopleRoutes,
  auditRoutes,
  pageRoutes,
  alertRoutes,
];
