/**
 * Where the survey keys of an organisation come from before they are wrapped anew: users' escrows where
 * its owner forgot the passphrase, its own entries where it moves from another key version.
 * @module
 */
import { openHalf } from '../../shared/bundle/organisation-half.ts';
import type { SurveyEscrow } from '../../shared/bundle/organisation-package.ts';
import type { PackagedSurvey, WhyNotOpened } from '../../shared/bundle/organisation.ts';
import type { OrganisationPackage } from '../../shared/bundle/package.ts';
import { fitsKeyHash, openKekBlob, vaultPaths } from '../../shared/checktick/index.ts';
import { organisationKeyFromHalf } from '../../shared/checktick/organisation-half.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { openStoredKey } from '../../shared/escrow/move.ts';
import { Refusal } from '../../shared/refusal.ts';
import { wipingAfter } from '../../shared/secret/secret.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { refuseWorker } from './refusals.ts';
import { type KeyOf, withTeamKeys } from './way-keys.ts';

/** The survey's key, the caller's to wipe, or why it is none. */
export type OpenSource = (
  survey: PackagedSurvey,
  stored: SurveyEscrow,
) => Promise<Uint8Array | WhyNotOpened>;

/**
 * Lends what opens them, and wipes it afterwards.
 * @param platformKey of the version of the package
 * @param passphrase UTF-8; only an organisation that moves is opened with it
 * @throws Refusal `sealed-not-openable` of a half that is not for this version
 */
export async function withSources<T>(
  platformKey: Uint8Array,
  body: OrganisationPackage,
  passphrase: Uint8Array,
  work: (open: OpenSource) => Promise<T>,
): Promise<T> {
  const { mode, audience, facts, moves } = body;
  const of = { mode, audience, keyVersion: facts.keyVersion };
  const privateKey = escrowPrivateKey(platformKey, of);
  return wipingAfter([privateKey], async () => {
    if (moves === undefined) {
      return work(({ surveyId, userId, escrow: { kind } }, stored) => {
        if (userId === null || kind === 'organisation') throw refuseWorker('package-not-open');
        return openStoredKey({ platformKey, privateKey }, of, {
          userId,
          surveyId,
          kind,
          ...stored,
        });
      });
    }
    const { from, ceremonyId, nonce, sealed } = moves;
    const place = { mode, audience, from, to: facts.keyVersion, ceremonyId, nonce };
    const half = await openHalf(place, privateKey, sealed);
    const before = await wipingAfter([half], () =>
      organisationKeyFromHalf(half, facts.organisationId, passphrase),
    );
    return withTeamKeys(before, (keyOf) =>
      work((survey, stored) => openOwn(keyOf, survey, stored)),
    );
  });
}

async function openOwn(
  keyOf: KeyOf,
  { surveyId, teamId }: PackagedSurvey,
  { bytes, keyHash }: SurveyEscrow,
): Promise<Uint8Array | WhyNotOpened> {
  const path = vaultPaths.surveyKek(surveyId);
  try {
    const kek = await openKekBlob(await keyOf(teamId), path, bytesToHex(bytes));
    if (keyHash === null || (await fitsKeyHash(kek, keyHash))) return kek;
    kek.fill(0);
    return 'entry-not-the-surveys';
  } catch (error) {
    // One damaged entry takes nothing away from the others.
    if (error instanceof Refusal && error.code === 'not-opened') return 'entry-not-opened';
    throw error;
  }
}
