/**
 * Whose key opens a survey key that an organisation keeps, in words. By itself, so that a page can say
 * it without the rest of a package.
 * @module
 */
/** `team 9 of organisation 4`; part of a sentence. */
export function wayInWords({
  organisationId,
  teamId,
}: {
  readonly organisationId: number;
  readonly teamId: number | null;
}): string {
  const organisation = `organisation ${organisationId}`;
  return teamId === null ? organisation : `team ${teamId} of ${organisation}`;
}
