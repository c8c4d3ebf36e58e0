/**
 * The kinds of entries in a ceremony's transcript: a closed list. Every entry has the leaves
 * `kind` (text) and `at` (time); what else it has, and in which words an auditor reads it, stands
 * here. Names of people are leaves of their own, so that they can be withheld later.
 * @module
 */

import { DESTRUCTION_KINDS } from './kinds-destruction.ts';
import { LEGACY_KINDS } from './kinds-legacy.ts';
import { VERSION_KINDS } from './kinds-version.ts';

/** What each kind has besides `kind` and `at`. A trailing `?` marks a leaf that may be absent. */
export const ENTRY_KINDS = {
  ...LEGACY_KINDS,
  ...DESTRUCTION_KINDS,
  ...VERSION_KINDS,
  /** ceremony, label, keyVersion, threshold, count, application (name and version) */
  'ceremony-opened': ['ceremony', 'application'],
  /**
   * A plan that was prepared was loaded from a stick: its digest (the SHA-256 of the file), for which
   * mode it was made, and when and where the ceremony was to be.
   */
  'plan-loaded': ['digest', 'madeFor', 'begins', 'minutes', 'place'],
  /** The descriptor whose eight words were typed (`how` typed) or that was trusted before. */
  'descriptor-trusted': ['digest', 'audience', 'how'],
  'package-imported': ['digest', 'nonce', 'packageKind', 'epoch', 'expiresAt'],
  /**
   * The plan as the people agreed: label, keyVersion, threshold, count; per custodian
   * `custodian.<index>.name`, `.medium` and, if he gave one, `.mail`; `witness.mail` as well. With a
   * rule for the media `policy.allowed`, `.kinds` and `.apart`. Where a plan was loaded `plan`, its
   * digest, and one leaf for each thing that was agreed on otherwise: `changed.<n>`.
   */
  'plan-agreed': ['label', 'keyVersion', 'threshold', 'count', 'page'],
  /** One leaf per probe: `probe.<id>` = pass | fail | unknown. */
  'environment-checked': ['standing'],
  'clock-compared': ['agrees'],
  'person-seated': ['name', 'role'],
  /** A personal identity was made and read back, or opened. */
  'identity-ready': ['name', 'role', 'publicKey', 'how'],
  /**
   * The identity is made by a YubiKey: which one, and what it said of itself when it made the
   * credential, in base64; the statement in leaves of 4,000 symbols. `clientDataHash` is the digest of
   * mode, ceremony and person (shared/identity/key-identity.ts).
   */
  'identity-on-key': [
    'name',
    'role',
    'publicKey',
    'model',
    'firmware',
    'serial?',
    'format',
    'authenticatorData',
    'clientDataHash',
    'statement.1',
  ],
  'key-made': [
    'componentId',
    'componentBytes',
    'check.custodianComponent',
    'check.vaultComponent',
    'check.platformKey',
    'escrowKey.digest?',
  ],
  /**
   * Adopt: the platform key that was in use, its check values from now on, and what of before opens
   * it as well: `any 3 of 4 legacy shares`.
   */
  'key-restored': [
    'legacy',
    'componentId',
    'componentBytes',
    'check.custodianComponent',
    'check.vaultComponent',
    'check.platformKey',
    'escrowKey.digest',
  ],
  /**
   * New shares: everybody agreed that they take the place of this set (`replaces`, its manifest), and
   * on the roster with them: its number, the digest of the one before it. One leaf per change
   * (`change.<n>`), and per further set of the key, which ends with it (`ends.<n>`).
   */
  'rotation-agreed': ['label', 'replaces', 'serial', 'previous'],
  /**
   * A new platform key: everybody agreed that version `nextVersion` comes beside `keyVersion`, whose set
   * (`beside`, its manifest) stays in use, and on the roster with it. One leaf per change (`change.<n>`).
   */
  'version-agreed': ['keyVersion', 'nextVersion', 'label', 'beside', 'serial', 'previous'],
  /**
   * Another set of the same key: everybody agreed that it comes beside the set `label` (`beside`, its
   * manifest), whose shares are given and which stays in use, and on the roster with it. One leaf per
   * further set that opens the same key (`joined.<n>`), and per change (`change.<n>`).
   */
  'set-agreed': ['keyVersion', 'label', 'beside', 'serial', 'previous'],
  /** Another set: the custodian component in use was put together from these shares, and proved. */
  'component-restored': [
    'indexes',
    'componentId',
    'componentBytes',
    'check.custodianComponent',
    'check.vaultComponent',
    'check.platformKey',
    'escrowKey.digest?',
  ],
  /** New shares: the platform key stays; check values of its new halves. */
  'key-renewed': [
    'componentId',
    'componentBytes',
    'check.custodianComponent',
    'check.vaultComponent',
    'check.platformKey',
    'escrowKey.digest',
  ],
  /** One leaf per share: `share.<index>` = public key. */
  'component-split': ['setId', 'generation', 'threshold', 'count'],
  /** About to be written: without the next kind after it, the medium may hold something. */
  'share-writing': ['index', 'custodian', 'medium'],
  'share-written': ['index', 'custodian', 'medium', 'description'],
  /**
   * Read again from its own medium; its key fits. `envelope`: of an OTP key, its digest; older logs
   * have none.
   */
  'share-read-back': ['index', 'custodian', 'medium', 'publicKey', 'envelope?'],
  /** Which YubiKey opens whose share. The serial number where the key tells it. */
  'key-registered': ['index', 'custodian', 'medium', 'model', 'firmware', 'serial?', 'backup'],
  /**
   * OTP: about to put a new secret into a slot that was `found` empty or configured. Without the next
   * kind after it, the slot may hold the secret or not. `verifier`: of the secret, see
   * slot-verifier.ts; older logs have none.
   */
  'slot-programming': ['index', 'custodian', 'serial?', 'model', 'slot', 'found', 'verifier?'],
  /** OTP: a new secret, which nobody else has, in a slot; or a slot as it was found. */
  'slot-programmed': ['index', 'custodian', 'serial?', 'slot', 'touch', 'verifier?'],
  'slot-used': ['index', 'custodian', 'serial?', 'slot', 'touch'],
  /**
   * FIDO2: what the key said of itself when it made the credential, in base64; the statement in
   * leaves of 4,000 symbols (`statement.1`, …). It proves the hardware to whoever has the maker's
   * root certificate.
   */
  'key-attested': [
    'index',
    'custodian',
    'serial?',
    'format',
    'authenticatorData',
    'clientDataHash',
    'statement.1',
  ],
  /**
   * OTP: after a reveal, under a fresh challenge; digests of the old envelope and the new one. On
   * paper also the numbers of both sheets; the new one was read back.
   */
  'envelope-renewed': ['index', 'custodian', 'before', 'after', 'oldSheet?', 'sheet?'],
  /** OTP on paper: a new sheet is about to be printed. The one that was given still counts. */
  'envelope-printing': ['index', 'custodian', 'sheet'],
  /**
   * OTP: no new envelope took the place of the one that was given, whose challenge has been answered
   * once. `envelope` is its digest, `sheet` the sheet that it is on; without, the stick was looked at.
   */
  'envelope-kept': ['index', 'custodian', 'sheet?', 'envelope', 'reason'],
  /**
   * OTP on a stick: the new envelope is about to take the old one's name. Without another entry after
   * it, the stick may hold either.
   */
  'envelope-making': ['index', 'custodian', 'before', 'after'],
  /** OTP on a stick that did not answer afterwards, or with neither of the two envelopes. */
  'envelope-unknown': ['index', 'custodian', 'before', 'after?', 'reason'],
  /** OTP on paper: the custodian destroyed these sheets, `witness` saw it; `good` is the one that counts. */
  'sheets-destroyed': ['index', 'custodian', 'sheets', 'good', 'witness'],
  /** The custodian's own statement, signed by the seal that follows. */
  'share-attested': ['index', 'custodian', 'statement'],
  /** A random quorum of the media just written gave the component back. */
  'quorum-proved': ['indexes'],
  'set-signed': ['manifestDigest', 'rosterDigest'],
  /** The page of whole digests for the witness's file. `head` is what was printed on it. */
  'witness-page-printed': ['description', 'head'],
  /** Recover: sync's half was compared before the first share was asked for. */
  'vault-component-checked': ['fits'],
  /**
   * Of a sealed escrow also which one, and whether CheckTick keeps a hash of the survey's key; of a
   * survey key that an organisation keeps `organisationId` and `teamId`.
   */
  'facts-agreed': [
    'requestCode',
    'userId',
    'surveyId',
    'keyVersion',
    'escrow?',
    'escrowDigest?',
    'keyHash?',
    'organisationId?',
    'teamId?',
  ],
  /**
   * Survey keys of an organisation are wrapped anew: one leaf per survey that goes along (`survey.<n>`),
   * and `left.<n>` with those that stay as they are. `further`: how many the package had no room for.
   * `movesFrom`: it keeps its passphrase, and comes from that key version.
   */
  'organisation-agreed': [
    'requestCode',
    'organisationId',
    'owner',
    'keyVersion',
    'passphrase',
    'further',
    'movesFrom?',
  ],
  /**
   * One leaf per survey that was wrapped and read back (`moved.<n>`, and `.entry`, the digest of what
   * is to be written), and `left.<n>` with those whose escrow did not open or held another key.
   */
  'surveys-wrapped': ['organisationId', 'owner', 'passphrase', 'movesFrom?'],
  /**
   * Change of the roster: its number, the digest of the one before it. One leaf per change
   * (`change.<n>`), and for each new admin of sync `admin.<n>.name`, `.user`, `.roles`, `.key`.
   */
  'roster-agreed': ['serial', 'previous'],
  'roster-signed': ['rosterDigest'],
  /**
   * `sheet`: of an OTP key's envelope on paper, which is made anew. `envelope` is its digest, on a
   * stick too; `standing` what the laptop knew of it before the key was asked: newest, not-known,
   * replaced, not-counted (shared/ledger/known-envelopes.ts). `madeIn`: the ceremony in which it was
   * locked; older logs have none.
   */
  'share-accepted': ['index', 'medium', 'sheet?', 'envelope?', 'madeIn?', 'standing?'],
  /**
   * OTP: the custodian chose to use an envelope that is over, because what counts is lost; `witness`
   * was there. Written before the key is asked. `live`, `liveSheet`: what counted instead.
   */
  'replaced-envelope-used': [
    'index',
    'custodian',
    'envelope',
    'madeIn?',
    'standing',
    'sheet?',
    'live?',
    'liveSheet?',
    'replacedAt?',
    'destroyedAt?',
    'reason',
    'witness',
  ],
  /** A share that was given; with `readBackOf` (a name), what was just written for that person. */
  'share-refused': ['code', 'culprit?', 'readBackOf?', 'index?'],
  /**
   * Of a sealed escrow also which one, and how its key compared with CheckTick's hash. `owner`: who
   * typed the organisation's passphrase.
   */
  'kek-opened': [
    'userId',
    'surveyId',
    'escrow?',
    'escrowDigest?',
    'surveyKey?',
    'organisationId?',
    'owner?',
  ],
  /** How the escrowed address compared, and what those who gave shares decided; no address. */
  'escrowed-email-compared': ['outcome', 'account', 'stated', 'decision', 'decidedBy', 'reason?'],
  'bundle-made': ['digest', 'signedEntries'],
  'bundle-written': ['digest', 'description'],
  'receipt-imported': ['digest', 'outcome', 'statement'],
  exception: ['text'],
  paused: [],
  resumed: [],
  /** One leaf per medium to destroy: `medium.<n>`. */
  'declared-void': ['reason'],
  'ceremony-closed': ['outcome'],
} as const satisfies Record<string, readonly string[]>;

export type EntryKind = keyof typeof ENTRY_KINDS;
