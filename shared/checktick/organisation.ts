/**
 * The way to a survey key that an organisation keeps: platform key and owner's passphrase →
 * organisation key → team key → the survey's KEK.
 * @module
 */
import { openKekBlob } from './kek-blob.ts';
import { organisationKey, teamKey } from './keys.ts';
import { vaultPaths } from './vault.ts';

/** Whose key wraps a survey key. `teamId` null: the organisation's own. */
export interface KeyWay {
  readonly organisationId: number;
  readonly teamId: number | null;
}

/**
 * The key that wraps the survey keys of a team, or of an organisation without teams.
 *
 * @param pmk 16 to 64 bytes.
 * @param passphrase UTF-8, exactly as the owner types it.
 * @returns 32 bytes; the caller wipes them.
 * @throws Refusal `checktick-id`, `component-length`.
 */
export async function wayKey(
  pmk: Uint8Array,
  { organisationId, teamId }: KeyWay,
  passphrase: Uint8Array,
): Promise<Uint8Array> {
  const organisation = await organisationKey(pmk, organisationId, passphrase);
  if (teamId === null) return organisation;
  try {
    return await teamKey(organisation, teamId);
  } finally {
    organisation.fill(0);
  }
}

/**
 * Opens what lies at `surveys/{id}/kek`.
 *
 * @returns 32 bytes; the caller wipes them.
 * @throws Refusal `not-opened` when passphrase, numbers or entry are not the right ones; `hex-text`
 *   and `blob-length` of an entry that nothing can open; those of {@link wayKey}.
 */
export async function openOrganisationKek(
  pmk: Uint8Array,
  way: KeyWay & { readonly surveyId: number },
  passphrase: Uint8Array,
  hexText: string,
): Promise<Uint8Array> {
  const key = await wayKey(pmk, way, passphrase);
  try {
    return await openKekBlob(key, vaultPaths.surveyKek(way.surveyId), hexText);
  } finally {
    key.fill(0);
  }
}
