/**
 * What a recovery package says openly, for the machine. The Vault path is computed from the facts
 * on the screen: there is no second field that could differ.
 * @module
 */
import type { RecoverPackage } from '../../../shared/bundle/package.ts';
import type { RecoverPackageFacts } from '../../../shared/ceremony/events.ts';
import { vaultPaths } from '../../../shared/checktick/index.ts';
import type { Roster, Role } from '../../../shared/identity/roster.ts';
import type { ManifestDocument } from '../../../shared/sharing/manifest.ts';
import { refuseDocument } from '../../../shared/encoding/refusals-documents.ts';

export function recoverFacts(
  { ticketId, facts }: RecoverPackage,
  { body: manifest, digest }: ManifestDocument,
  roster: Roster,
): RecoverPackageFacts {
  if (manifest.keyVersion !== facts.keyVersion) throw refuseDocument('document-damaged', 'package');
  const inRole = (role: Role) =>
    roster.people
      .filter(({ roles }) => roles.includes(role))
      .map(({ name, publicKey }) => ({ name, publicKey }));
  return {
    ticketId,
    facts,
    vaultPath: vaultPaths.userSurveyRecoveryKek(facts.userId, facts.surveyId),
    setLabel: manifest.label,
    setId: manifest.setId,
    threshold: manifest.threshold,
    count: manifest.count,
    manifestDigest: digest,
    custodians: manifest.shares.map(({ index, custodian, media }) => ({
      index,
      name: custodian.name,
      publicKey: custodian.publicKey,
      media: [...new Set(media.map(({ kind }) => kind))],
    })),
    operators: inRole('operator'),
    witnesses: inRole('witness'),
  };
}
