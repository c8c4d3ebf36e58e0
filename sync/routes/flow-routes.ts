/**
 * The routes of the flows.
 * @module
 */
import type { OnStep } from '../flows/context.ts';
import { flowMeanings } from '../flows/refusals.ts';
import type { RouteSet } from '../server.ts';
import { registerBundles } from './bundles.ts';
import { registerDocuments } from './documents.ts';
import { registerPackages } from './packages.ts';
import { registerRequests } from './requests.ts';

/** @param onStep for tests that kill a commit between two writes */
export function flowRoutes(onStep?: OnStep): RouteSet {
  return {
    meanings: flowMeanings,
    register(app, service) {
      const context = { ...service, ...(onStep === undefined ? {} : { onStep }) };
      registerDocuments(app, context);
      registerPackages(app, context);
      registerBundles(app, context);
      registerRequests(app, context);
    },
  };
}
