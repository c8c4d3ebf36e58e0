/**
 * Whose key opens a survey key that an organisation keeps, in words. By itself, so that a page can say
 * it without the rest of a package.
 * @module
 */
import type { OrganisationWay } from './package.ts';

/** `team 9 of organisation 4`; part of a sentence. */
export function wayInWords({ organisationId, teamId }: OrganisationWay): string {
  const organisation = `organisation ${organisationId}`;
  return teamId === null ? organisation : `team ${teamId} of ${organisation}`;
}
