/**
 * The kinds of entries in a ceremony's transcript: a closed list. Every entry has the leaves
 * `kind` (text) and `at` (time); what else it has, and in which words an auditor reads it, stands
 * here. Names of people are leaves of their own, so that they can be withheld later.
 * @module
 */

/** What each kind has besides `kind` and `at`. A trailing `?` marks a leaf that may be absent. */
export const ENTRY_KINDS = {
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
  /** Adopt: the package was opened. One leaf per version found: `version.<n>`. */
  'adopt-package-opened': [],
  /** Adopt, in a rehearsal: everybody said that what is brought was made for practice. */
  'legacy-practice': [],
  /** Adopt: legacy shares by number, or `whole`; no digit. */
  'legacy-given': ['numbers', 'by', 'source'],
  'legacy-taken-back': ['numbers'],
  /**
   * `agreed`: what came out was compared with more shares than are needed. `needed`: so many fit each
   * other, and not as many as was said.
   */
  'legacy-compared': ['standing', 'agreed', 'suspects?', 'needed?'],
  /**
   * Adopt: `proof` escrow, organisation or none; of which survey, and with the vault component of
   * which place. Where several were tried, one leaf for each: `opened.<n>`, `unopened.<n>`. Where
   * none opened it is `none` with what did not, and another entry may follow. `owner`: who typed the
   * passphrase of the organisation.
   */
  'legacy-proved': ['proof', 'place?', 'userId?', 'surveyId?', 'owner?', 'wrong?'],
  /** Adopt: one person typed this sentence, at the own seat; counts with another's for that place. */
  'legacy-answered': ['name', 'place', 'sentence'],
  /** Adopt: two people of the plan answer for it. */
  'legacy-decided': ['place', 'by.1.name', 'by.2.name'],
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
  /** Adopt: the component of the new set was split once more, as CheckTick's own command does. */
  'new-legacy-split': ['threshold', 'count'],
  /** About to be written onto a stick, in the clear. */
  'new-legacy-writing': ['number', 'custodian'],
  'new-legacy-written': ['number', 'custodian', 'description'],
  'new-legacy-read-back': ['number', 'custodian', 'description'],
  /** All of them, as they were read back, gave the component. */
  'new-legacy-proved': ['threshold', 'count'],
  /** They were left before that: whatever was written is to be destroyed. `done`: read back. */
  'new-legacy-left': ['done', 'count'],
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
  /**
   * Destruction: which set is over and why (`standing` void or superseded), who watches; one leaf per
   * thing to destroy (`thing.<n>`). Of a superseded set `backups`: what was said of the backups; where
   * none was tried `backups.reason`, and who answers for it beside the witness.
   */
  'destruction-agreed': [
    'setId',
    'generation',
    'label',
    'standing',
    'witness',
    'backups?',
    'backups.reason?',
    'backups.by.name?',
  ],
  /**
   * Destruction of a replaced set: two people say that since the day `on` no backup of Vault or of the
   * database is left that holds the old other half; `since`: such a backup is from then or before, UTC.
   */
  'backups-gone': ['setId', 'label', 'on', 'since?', 'by.1.name', 'by.2.name'],
  /**
   * Paper, a stick, or the envelope of a key: destroyed before the eyes of those who sign. `strip`: the
   * number of the bag or strip that it was in.
   */
  'medium-destroyed': ['index', 'custodian', 'medium', 'description', 'strip?'],
  /**
   * A legacy share by number, or 0: the component that was never split. `written`: by
   * whom, if it is not one of before.
   */
  'legacy-destroyed': ['number', 'custodian', 'description', 'written?', 'strip?'],
  /** By name alone; `complete`: everything there was looked at. One leaf per finding: `file.<n>`. */
  'leftovers-looked-for': ['where', 'looked', 'complete'],
  /**
   * The file of a share was removed from a stick, and looked for when the stick had been taken out and
   * put back: `gone`. One leaf for each name: `file.<n>`. The stick itself is destroyed besides.
   */
  'share-file-removed': ['index', 'custodian', 'where', 'gone', 'file.1'],
  /**
   * OTP: the slot was read empty. `found`: as it was before (`configured` or `empty`). `proved`: a
   * configured one answered as the secret that was drawn for the share does; older logs have nothing.
   */
  'slot-erased': ['index', 'custodian', 'serial', 'slot', 'found', 'proved?', 'empty'],
  /**
   * OTP: the slot was not erased, on purpose; the envelope is what is destroyed. Without `slot` nobody
   * there knew which one it is.
   */
  'slot-left': ['index', 'custodian', 'serial?', 'slot?', 'reason'],
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
   * Which version becomes the active one, and in whose place, as everybody agreed: `otherSet` is the
   * manifest of its set; how many survey keys are stored under either, where the package says so. One leaf
   * per further set of that version (`further.<n>`), here and where one is retired.
   */
  'activation-agreed': [
    'keyVersion',
    'activates',
    'label',
    'otherLabel',
    'otherSet',
    'storedUnder?',
    'storedUnderOther?',
  ],
  /** Which version is retired, as everybody agreed. */
  'retirement-agreed': [
    'keyVersion',
    'retires',
    'label',
    'otherLabel',
    'otherSet',
    'storedUnder?',
    'storedUnderOther?',
  ],
  /**
   * Refresh: everybody agreed whose shares live on, as the next `generation` of the set `replaces` (its
   * manifest), with the roster `roster`, which is not signed yet; `operator` signs for it. By the new
   * numbers `custodian.<index>.name`; whose share ends because it did not come: `ends.<index>`, by the
   * number of before.
   */
  'refresh-agreed': [
    'setId',
    'label',
    'keyVersion',
    'generation',
    'threshold',
    'count',
    'page',
    'replaces',
    'roster',
    'operator',
  ],
  /**
   * Refresh: the share `before` (its number until now) signed for another one, which was made of it, and
   * was wiped. `publicKey`: of the new one.
   */
  'share-refreshed': ['index', 'before', 'custodian', 'publicKey'],
  /** Refresh: by the operator; each share has signed for itself, the old one and the new one. */
  'refreshed-set-signed': ['manifestDigest', 'rosterDigest'],
  /**
   * Survey keys that move: every file of the package lies on the stick as the package says; `kept`: so
   * many came back in an earlier ceremony with the same package.
   */
  'move-files-compared': ['description', 'files', 'kept'],
  /** One of those: its digest and counts as that ceremony's shares sealed them. */
  'moved-file-kept': [
    'file',
    'files',
    'digest',
    'moved',
    'notCompared',
    'notOpened',
    'notTheSurveys',
    'sealedWithoutHash',
    'madeIn',
  ],
  /**
   * What moves, as everybody agreed: survey keys of either kind in so many files; `otherSet` is the
   * manifest of the version that they move to. `minutes`: as this laptop was measured.
   */
  'move-agreed': [
    'keyVersion',
    'movesTo',
    'label',
    'otherLabel',
    'otherSet',
    'checktick',
    'sealed',
    'files',
    'minutes',
    'handsOver?',
  ],
  /**
   * What opens organisations of the version that is emptied, with an owner’s passphrase, was sealed for
   * the version that is active; `digest`: of the sealed bytes.
   */
  'organisation-half-sealed': ['keyVersion', 'movesTo', 'digest'],
  /**
   * The survey keys of one file were moved, what comes back was written and read back: `from` is the
   * digest of the file that went out, `digest` of the one that comes back. `left.<n>` with those that
   * stay where they are.
   */
  'file-moved': [
    'file',
    'files',
    'from',
    'digest',
    'moved',
    'notCompared',
    'notOpened',
    'notTheSurveys',
    'sealedWithoutHash',
  ],
  /** Everybody read what became of all of them. */
  'move-read': ['moved', 'notCompared', 'notOpened', 'notTheSurveys', 'sealedWithoutHash'],
  /**
   * Drill: what is proved, as everybody agreed. `proofKey`: in a full drill, the key of the test escrow
   * that the shares open together.
   */
  'drill-agreed': ['setId', 'label', 'keyVersion', 'generation', 'proofKey?'],
  /** Drill without sync: what is read, on this laptop's word, as everybody agreed. */
  'check-agreed': ['setId', 'label', 'keyVersion', 'generation'],
  /** Drill: the share that was accepted has signed the nonce; its signature is in the bundle. */
  'share-proved': ['index', 'custodian', 'medium'],
  /** Drill: its custodian was called. `why`: absent, unreadable, wrong. */
  'share-not-proved': ['index', 'custodian', 'why'],
  'platform-key-checked': ['fits', 'indexes'],
  /**
   * Full drill: its key has signed, and the signature is in the bundle. `restoreMs`: from the first
   * share to the platform key, and in words with the target.
   */
  'test-escrow-opened': ['restoreMs', 'restored'],
  /** Full drill. `why`: too-few, not-restored, not-opened. */
  'test-escrow-not-opened': ['why'],
  /** Full drill: from the beginning to the bundle, and in words with the target. */
  'full-drill-timed': ['begunAt', 'wholeMs', 'whole'],
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
