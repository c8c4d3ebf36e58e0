/**
 * Interoperability with CheckTick: its components, keys, stored survey keys, survey columns, Vault
 * paths and Vault documents, byte for byte. No policy: who may recover what is decided elsewhere.
 *
 * | to | use |
 * |---|---|
 * | put the platform key together, or take it apart | {@link xorComponents} |
 * | derive keys from it (PBKDF2-HMAC-SHA256) | {@link organisationKey}, {@link teamKey}, {@link userRecoveryKey}, {@link emailVerificationKey} |
 * | open the survey key of an organisation or team with the owner's passphrase | {@link openOrganisationKek} |
 * | seal and open a survey's KEK in Vault (hex text) | {@link sealKekBlob}, {@link openKekBlob} |
 * | seal and open a survey's KEK in the database (bytes) | {@link sealSurveyColumn}, {@link openSurveyColumn} |
 * | know whether a key is the one that CheckTick hashed | {@link fitsKeyHash} |
 * | open and compare the e-mail address of an escrow | {@link openEscrowEmail}, {@link sameEmail}, {@link visibleEmail} |
 * | know what CheckTick makes of a password before it derives a key | {@link normalisePhrase} |
 * | read and write CheckTick's Vault documents | {@link vaultPaths}, {@link parsePlatformMasterKey}, {@link parseRecoveryKek}, {@link withRecoveryRecorded} |
 * | read, check, make and open the legacy shares of its own commands | `legacy/`: {@link parseLegacyShare}, {@link judgeLegacyShares}, {@link splitLegacy} |
 * | know that an old component is the right one | {@link proveByEscrow}, {@link proveByOrganisation}, {@link proveByCheckValue} |
 *
 * Recovering one survey key, as the app does it:
 *
 * ```ts
 * const pmk = xorComponents(vaultComponent, custodianComponent);
 * const userKey = await userRecoveryKey(pmk, userId);
 * const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
 * const kek = await openKekBlob(userKey, path, escrow.encrypted_kek);
 * ```
 *
 * Keys go in and come out as `Uint8Array`; what comes out is the caller's to wipe. PBKDF2 and AES
 * run in WebCrypto (`globalThis.crypto`: Node 20, Electron's main process and workers). Refused
 * input is a `Refusal` with a code of `refusals.ts`.
 * @module
 */
export { xorComponents } from './components.ts';
export { sameEmail, visibleEmail } from './email.ts';
export { checktickId } from './ids.ts';
export {
  openEscrowEmail,
  openKekBlob,
  readKekBlob,
  sealEscrowEmail,
  sealKekBlob,
} from './kek-blob.ts';
export { fitsKeyHash, hashSurveyKey, type KeyHash } from './key-hash.ts';
export { emailVerificationKey, organisationKey, teamKey, userRecoveryKey } from './keys.ts';
export {
  judgeLegacyShares,
  type Agreement,
  type Candidate,
  type Suspect,
} from './legacy/agreement.ts';
export { likelyThreshold } from './legacy/threshold.ts';
export { combineLegacy, trimLegacySecret } from './legacy/combine.ts';
export type { Standing, UnprovedComponent } from './legacy/component.ts';
export { openOpensslShare } from './legacy/openssl.ts';
export {
  proveByCheckValue,
  proveByEscrow,
  proveByOrganisation,
  type ProvedBy,
  type ProvedComponent,
} from './legacy/proof.ts';
export { readLegacyCode, readLegacyComponent, readLegacyFile } from './legacy/read.ts';
export { formatLegacyShare, parseLegacyShare, type LegacyShare } from './legacy/share.ts';
export { splitLegacy } from './legacy/split.ts';
export {
  readTypedComponent,
  readTypedShare,
  viewTypedShare,
  type TypedView,
} from './legacy/typed.ts';
export { openOrganisationKek, wayKey, type KeyWay } from './organisation.ts';
export { normalisePhrase } from './python-text.ts';
export { openSurveyColumn, sealSurveyColumn, type Scrypt } from './survey-column.ts';
export {
  buildPlatformMasterKey,
  buildRecoveryKek,
  isoformat,
  parsePlatformMasterKey,
  parseRecoveryKek,
  parseSurveyKek,
  parseTeamOrganisation,
  ESCROW_ALGORITHM,
  vaultPaths,
  withRecoveryRecorded,
  withVaultComponent,
  type PlatformMasterKeyDocument,
  type RecoveryKekDocument,
  type SurveyKekDocument,
} from './vault.ts';
