/**
 * The routes that the service carries besides health and OpenAPI, in one list.
 * @module
 */
import type { RouteSet } from './server.ts';

export const ROUTE_SETS: readonly RouteSet[] = [];
