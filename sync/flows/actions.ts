/**
 * Everything that is approved at sync, by its action.
 * @module
 */
import { approveBundle } from './incoming/approve.ts';
import { acceptDifference } from './incoming/accept-difference.ts';
import { approveRelease } from './packages/release.ts';
import { approveRequest } from './requests/approve.ts';
import { confirming, disabling, inviting } from '../approvals/admin-actions.ts';
import type { Approvables } from '../approvals/statements.ts';

export const APPROVABLES: Approvables = {
  'request-approve': approveRequest,
  'package-release': approveRelease,
  'bundle-approve': approveBundle,
  'difference-accept': acceptDifference,
  'admin-invite': inviting,
  'admin-confirm': confirming,
  'admin-disable': disabling,
};
