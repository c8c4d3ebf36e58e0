/**
 * Kinds of entries about key versions and their shares in use: which one is active, refreshed shares,
 * survey keys that move, drills.
 * @module
 */

/** What each has besides `kind` and `at`, as in kinds.ts. */
export const VERSION_KINDS = {
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
} as const;
