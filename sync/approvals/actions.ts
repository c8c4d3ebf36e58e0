/**
 * Everything that is approved at sync, by its action.
 * @module
 */
import { approveBundle } from '../flows/bundle-approve.ts';
import { acceptDifference } from '../flows/difference-accept.ts';
import { approveRelease } from '../flows/package-release.ts';
import { approveRequest } from '../flows/request-approve.ts';
import { confirming, disabling, inviting } from './admin-actions.ts';
import type { Approvables } from './statements.ts';

export const APPROVABLES: Approvables = {
  'request-approve': approveRequest,
  'package-release': approveRelease,
  'bundle-approve': approveBundle,
  'difference-accept': acceptDifference,
  'admin-invite': inviting,
  'admin-confirm': confirming,
  'admin-disable': disabling,
};
