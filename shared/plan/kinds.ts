/**
 * Which ceremonies can be planned, what people call them, and who comes to one.
 * @module
 */
import type { CeremonyKind } from '../transcript/log.ts';

/** A destruction has no plan: it is held where the remnants are. */
export const PLANNED_KINDS = [
  'split',
  'adopt',
  'rotate',
  'new-version',
  'add-set',
  'recover',
  'recover-member',
  'migrate-organisation',
  'roster',
  'drill',
  'activate',
  'retire',
  'refresh',
  'migrate-escrows',
] as const satisfies readonly CeremonyKind[];
export type PlannedKind = (typeof PLANNED_KINDS)[number];

/** Those that make a share set, as `plansSet` says (transcript/log.ts); apart from it for the window. */
export const SET_KINDS = [
  'split',
  'adopt',
  'rotate',
  'new-version',
  'add-set',
] as const satisfies readonly PlannedKind[];

export const CEREMONY_NAMES: Readonly<Record<PlannedKind, string>> = {
  split: 'split of a new platform key',
  adopt: 'adoption of the platform key',
  rotate: 'new shares of the platform key',
  'new-version': 'making of a new platform key beside the one in use',
  'add-set': 'making of another share set of the same platform key',
  recover: 'recovery of one survey’s key',
  'recover-member': 'recovery of a survey of an organisation',
  'migrate-organisation': 'survey keys of an organisation, wrapped anew',
  roster: 'change of who takes part',
  drill: 'drill',
  activate: 'putting of another key version to use',
  retire: 'retirement of a key version',
  refresh: 'refresh of the shares, one by one',
  'migrate-escrows': 'moving of survey keys to another key version',
};

/** What somebody does who comes: `owner` of an organisation, `other` brings or fetches something. */
export const EXPECTED_ROLES = ['custodian', 'operator', 'witness', 'owner', 'other'] as const;
export type ExpectedRole = (typeof EXPECTED_ROLES)[number];
